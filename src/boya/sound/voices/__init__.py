"""The voices of the built-in synthesizer: each a settings class and a function from a strike to a stereo tone.

A new voice is a new file here and one line in `VOICES`; which General MIDI program uses it is said in `sound/data/patches.toml`,
which Chinese instrument in `chinese.toml`. A voice returns float32 `[shape=(2, n_frames)]`, about unit loudness at any force, in
tune, without the release: the renderer sets the level of each note and fades it out. `waveguides.py` and `filters.py` hold the
loops over samples, `performing.py`, `body.py` and `probe.py` what the acoustic models share.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from boya.sound.modal import Audio
from boya.sound.voices import analogue, blown, bow, bowed, fm, layers, mallet, neural, noises, organ, piano, string, synth, winds
from boya.sound.wave import Strike

__all__ = ["VOICES", "Voice"]


@dataclass(frozen=True)
class Voice:
    """How to play one kind of instrument."""

    tone: Callable[[Strike, Any], Audio]
    settings: type[Any]
    is_held: bool  # whether it sounds as long as the key is down; struck voices die away by themselves


VOICES = {
    # acoustic models
    "piano": Voice(piano.tone, piano.Piano, is_held=False),
    "string": Voice(string.tone, string.String, is_held=False),
    "bow": Voice(bow.tone, bow.Bow, is_held=True),
    "wind": Voice(winds.tone, winds.Wind, is_held=True),
    "mallet": Voice(mallet.tone, mallet.Mallet, is_held=False),
    # analogue models
    "analogue": Voice(analogue.tone, analogue.Analogue, is_held=True),
    # additive and hybrid
    "organ": Voice(organ.tone, organ.Organ, is_held=True),
    "fm": Voice(fm.tone, fm.FM, is_held=True),
    "layers": Voice(layers.tone, layers.Layers, is_held=True),
    "noises": Voice(noises.tone, noises.Noises, is_held=True),
    # tables read by a few moving readers: quick everywhere
    "bowed": Voice(bowed.tone, bowed.Bowed, is_held=True),
    "blown": Voice(blown.tone, blown.Blown, is_held=True),
    "synth": Voice(synth.tone, synth.Synth, is_held=True),
    # networks that the others taught
    "neural": Voice(neural.tone, neural.Neural, is_held=True),
}
