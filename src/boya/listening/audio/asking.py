"""A recording as a question for the search of tunes: hummed, sung or played.

One voice is asked for with its rhythm as it was sung. Whether a long note is one or the same again is often not heard, least of
all of a bow: so it is written down several times, more and less keen on attacks, and the search keeps what fits best. Several
voices are written down once, and their lines asked for as those of any score. Only the first `ASKED_SECOND` are listened to.
Conventions: gaps are seconds, which are as good as any unit.
"""

import os

import numpy as np

from boya.errors import InputError
from boya.listening.audio.notes import Heard
from boya.listening.audio.pitch import RATE
from boya.listening.audio.reading import limited, open_recording
from boya.listening.audio.transcribing import choose, heard_notes, score_of
from boya.listening.audio.voice import hear_voice
from boya.listening.search import Query, queries_of
from boya.listening.search.query import MOST_NOTES
from boya.listening.search.voices import FEWEST

__all__ = ["ASKED_SECOND", "audio_queries"]

ASKED_SECOND = 120.0
LONGEST_REST = 4.0  # seconds: a longer silence is no part of the rhythm
LEAST_GAP = 0.02
KEENNESSES = (1.0, 0.5, 2.0, 4.0)


def audio_queries(path: str | os.PathLike[str], *, how: str = "auto") -> list[Query]:
    """Return what to look for to find the tune of a recording.

    Parameters
    ----------
    path
        The sound file.
    how
        "one" voice, "many", or "auto"; see `transcribe`.

    Raises
    ------
    InputError
        if fewer than 4 notes are heard. Other errors are those of `transcribe`.
    """
    recording = open_recording(path)
    if choose(recording, how) == "many":
        return queries_of(score_of(heard_notes(recording, "many", ASKED_SECOND)))
    voice = hear_voice(limited(recording.blocks(RATE), RATE, ASKED_SECOND))
    ways = {tuple(note.pitch for note in notes): notes for notes in map(voice.notes, KEENNESSES)}
    asked = [query for notes in ways.values() if len(notes) >= FEWEST for query in _queries(notes)]
    if not asked:
        most = max(map(len, ways))
        raise InputError(f"a recording to look for must have {FEWEST} notes; {most} are heard in {path}. Sing on, or louder")
    return asked


def _queries(notes: list[Heard]) -> list[Query]:
    """Excerpts of a line: all of it, or where it is long its beginning, middle and end."""
    onsets = np.array([note.onset for note in notes])
    gaps = np.append(np.diff(onsets), notes[-1].end - notes[-1].onset).clip(LEAST_GAP, LONGEST_REST)
    pitches = np.array([note.pitch for note in notes])
    last = max(len(notes) - MOST_NOTES, 0)
    return [Query(pitches[at : at + MOST_NOTES], gaps[at : at + MOST_NOTES], "sung") for at in sorted({0, last // 2, last})]
