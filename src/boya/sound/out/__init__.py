"""Out: audio to files, whole or not at all."""

from boya.sound.out.saving import AUDIO_SUFFIXES, check_audio_path, save_audio
from boya.sound.out.wav import wav_bytes, write_wav

__all__ = ["AUDIO_SUFFIXES", "check_audio_path", "save_audio", "wav_bytes", "write_wav"]
