"""Sound: from a score to audio and to WAV files, from pip alone, or with any SoundFont.

Conventions: audio is float32 in -1 to 1, `[shape=(frames, 2)]`, left then right; times in seconds, rates in frames a second.
"""

import os

from boya.score import Score
from boya.sound.modal import Audio
from boya.sound.render import TAIL_SECOND, render_builtin
from boya.sound.soundfont import render_soundfont
from boya.sound.wav import wav_bytes, write_wav

__all__ = ["TAIL_SECOND", "render", "render_soundfont", "wav_bytes", "write_wav"]


def render(score: Score, *, sample_rate: int = 44100, soundfont: str | os.PathLike[str] | None = None) -> Audio:
    """Return the sound of a score: its length and 1.5 seconds more for the last notes and the hall to ring.

    A score without notes gives silence of that length. The same score gives the same audio.

    Parameters
    ----------
    score
        Any score; drum tracks use the General MIDI drum keys.
    sample_rate
        Frames per second, 8000-192000.
    soundfont
        A SoundFont file (`.sf2`, `.sf3`) to play with FluidSynth or tinysoundfont; None uses the built-in voices.

    Returns
    -------
    `[shape=(frames, 2)]`, peaks at most 1.

    Raises
    ------
    InputError
        if the rate is out of range or the score lasts longer than an hour.
    FileError
        if the SoundFont is missing or broken.
    MissingExtraError
        if a SoundFont is given and no player of SoundFonts is installed.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> audio = render(Score((Track(note_array([(0, 480, 60, 90)])),)))
    >>> audio.shape
    (88200, 2)
    """
    if soundfont is None:
        return render_builtin(score, sample_rate)
    return render_soundfont(score, soundfont, sample_rate)
