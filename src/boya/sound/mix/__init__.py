"""Mixing: places and colours of the parts, reverb and echo, loudness, and a finish that never passes the ceiling."""

from boya.sound.mix.loudness import loudness
from boya.sound.mix.peaks import true_peak
from boya.sound.mix.stage import Mix, mix_of, preset_names

__all__ = ["Mix", "loudness", "mix_of", "preset_names", "true_peak"]
