"""The voices of the built-in synthesizer: each a settings class and a function from a strike to a stereo tone.

A new voice is a new file here and one line in `VOICES`; which General MIDI program uses it is said in `sound/data/patches.toml`.
A voice returns float32 `[shape=(2, n_frames)]`, about unit loudness at any force, in tune, without the release: the renderer
sets the level of each note and fades it out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from boya.sound.modal import Audio
from boya.sound.voices import blown, bowed, mallet, organ, plucked, synth
from boya.sound.wave import Strike

__all__ = ["VOICES", "Voice"]


@dataclass(frozen=True)
class Voice:
    """How to play one kind of instrument."""

    tone: Callable[[Strike, Any], Audio]
    settings: type[Any]
    is_held: bool  # whether it sounds as long as the key is down; struck voices die away by themselves


VOICES = {
    "plucked": Voice(plucked.tone, plucked.Plucked, is_held=False),
    "mallet": Voice(mallet.tone, mallet.Mallet, is_held=False),
    "organ": Voice(organ.tone, organ.Organ, is_held=True),
    "bowed": Voice(bowed.tone, bowed.Bowed, is_held=True),
    "blown": Voice(blown.tone, blown.Blown, is_held=True),
    "synth": Voice(synth.tone, synth.Synth, is_held=True),
}
