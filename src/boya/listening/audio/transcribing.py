"""A recording as notes: one voice by the pitch tracker, several by the network; which of them, it can tell by itself.

Conventions: a recording has seconds and no bars: a score of it is at `QPM`, and its timeline says that this is assumed. `how`
is "one" for one voice, "many" for several, "auto" to find out. Same recording, same notes.
"""

import os
from collections.abc import Sequence
from itertools import dropwhile
from pathlib import Path

import numpy as np

from boya.errors import InputError
from boya.listening.audio.decoding import notes_in
from boya.listening.audio.network import likelihoods
from boya.listening.audio.notes import Heard
from boya.listening.audio.pitch import RATE
from boya.listening.audio.reading import MOST_SECOND, Recording, limited, open_recording
from boya.listening.audio.voice import hear_voice
from boya.score import TICKS_PER_QUARTER, Score, Track, note_array

__all__ = ["HOWS", "QPM", "choose", "heard_notes", "score_of", "transcribe"]

HOWS = ("auto", "one", "many")
QPM = 120
TRIED_SECOND = 30.0  # of a recording, to find out whether it is one voice
SILENT = 1e-3  # of full scale


def transcribe(path: str | os.PathLike[str], *, how: str = "auto") -> Score:
    """Write down the notes of a recording: WAV, or with the extra `sound` FLAC, OGG and MP3.

    Parameters
    ----------
    path
        The sound file; up to five hours.
    how
        "one" for one voice, sung or played; "many" for several at once, which needs `pip install --no-deps basic-pitch`; "auto"
        finds out which it is.

    Returns
    -------
    One track; 120 quarters a minute are assumed.

    Raises
    ------
    InputError
        if `how` is none of these, or no note is heard: silence, noise.
    FileError
        if the file cannot be read; `FormatError` where it is broken, `LimitError` where it is too long.
    MissingExtraError
        if what it needs is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from boya.sound import render, write_wav
    >>> name = f"{tempfile.mkdtemp()}/a.wav"
    >>> played = Score((Track(note_array([(0, 480, 60, 90), (480, 480, 64, 90)]), program=73),))
    >>> write_wav(render(played), name)
    >>> transcribe(name).tracks[0].notes["pitch"].tolist()
    [60, 64]
    """
    opened = open_recording(path)
    return score_of(heard_notes(opened, choose(opened, how)), title=Path(path).stem)


def choose(recording: Recording, how: str = "auto") -> str:
    """Return whether to hear "one" voice or "many". Errors are those of `transcribe`."""
    if how not in HOWS:
        raise InputError(f"how must be one of {', '.join(HOWS)}; got {how!r}")
    return how if how != "auto" else "one" if _is_one(recording) else "many"


def heard_notes(recording: Recording, how: str, most_second: float = MOST_SECOND) -> list[Heard]:
    """Return the notes of so many seconds, of "one" voice or of "many". Errors are those of `transcribe`."""
    blocks = limited(recording.blocks(RATE), RATE, most_second)
    notes = notes_in(likelihoods(blocks)) if how == "many" else hear_voice(blocks).notes()
    if not notes:
        raise InputError(f"{recording.path} must hold music; no note is heard in it, only silence or noise")
    return notes


def _is_one(recording: Recording) -> bool:
    """Whether one voice sounds, in the first half minute that is not silent."""
    sounding = dropwhile(lambda block: not np.abs(block).max(initial=0) > SILENT, recording.blocks(RATE))
    voice = hear_voice(limited(sounding, RATE, TRIED_SECOND))
    if voice.is_silent:
        raise InputError(f"{recording.path} must hold music; it is silent")
    return voice.is_one


def score_of(notes: Sequence[Heard], title: str = "") -> Score:
    """Return notes as a score of one track.

    >>> score_of([Heard(0.5, 1.0, 60, 60.1, 90)]).tracks[0].notes[["onset", "duration"]].tolist()
    [(480, 480)]
    """
    per_second = QPM / 60 * TICKS_PER_QUARTER
    rows = [(round(n.onset * per_second), max(round((n.end - n.onset) * per_second), 1), n.pitch, n.velocity) for n in notes]
    return Score((Track(note_array(rows)),), title=title)
