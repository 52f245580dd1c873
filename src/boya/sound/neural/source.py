"""Networks as a source of tones: what `voices="neural"` plays; programs and drums without a network are played live."""

from dataclasses import replace
from functools import partial

from boya.score import Track
from boya.sound import patches
from boya.sound.neural.table import pupil
from boya.sound.tones import Instrument, Live, voiced
from boya.sound.voices import VOICES
from boya.sound.voices.layers import Layer

__all__ = ["Neural"]


class Neural(Live):
    """The built-in voices, and what they taught.

    >>> Neural().instrument(Track(program=40)).name, Neural().instrument(Track(program=40)).is_held
    ('neural violin', True)
    """

    def instrument(self, track: Track) -> Instrument:
        """Return the network of the track's program, at the level of the live voice; the live voice where there is none."""
        live, sound = super().instrument(track), patches.patch(track.program, track.name)
        found = pupil(sound)
        if found is None:
            return live
        voice = VOICES["neural"]
        settings = voice.settings(found.network, found.name, Layer(VOICES[sound.voice].tone, sound.settings))
        return replace(live, name=f"neural {found.name}", tone=partial(voiced, voice.tone, settings))
