"""Sound: from a score to audio and to files, from pip alone, or with any SoundFont.

Conventions: audio is float32 in -1 to 1, `[shape=(frames, 2)]`, left then right; times in seconds, rates in frames a second.
"""

from boya.sound.effects import effect, effect_kinds
from boya.sound.feel import humanise, swing
from boya.sound.mix import loudness, preset_names, true_peak
from boya.sound.out import AUDIO_SUFFIXES, check_audio_path, save_audio, wav_bytes, write_wav
from boya.sound.render import TAIL_SECOND
from boya.sound.rendering import render, render_blocks, render_loop, render_stems
from boya.sound.soundfont.playing import render_soundfont

__all__ = [
    "AUDIO_SUFFIXES",
    "TAIL_SECOND",
    "check_audio_path",
    "effect",
    "effect_kinds",
    "humanise",
    "loudness",
    "preset_names",
    "render",
    "render_blocks",
    "render_loop",
    "render_soundfont",
    "render_stems",
    "save_audio",
    "swing",
    "true_peak",
    "wav_bytes",
    "write_wav",
]
