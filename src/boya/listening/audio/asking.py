"""A recording as a question for the search of tunes: hummed, sung or played.

One voice is asked for as `Sung`: by its notes, those of one pitch in a row as one, since whether a long note is one or the same
again is often not heard, and by what each moment says of all pitches. Its notes are written down once sparingly and once with
every short note that may be one. A voice on few pitches is asked for by its notes alone, more and less keen on attacks. Several
voices are written down once, and their lines asked for as those of any score. Only the first `ASKED_SECOND` are listened to.
Conventions: gaps are seconds, which are as good as any unit.
"""

import os
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.listening.audio.moments import MOMENT_SECOND, moments_of
from boya.listening.audio.notes import BEGIN, Heard, tuning_of
from boya.listening.audio.pitch import HOP_SECOND, RATE
from boya.listening.audio.reading import limited, open_recording
from boya.listening.audio.transcribing import choose, heard_notes, score_of
from boya.listening.audio.voice import Voice, hear_voice
from boya.listening.search import Query, queries_of
from boya.listening.search.query import MOST_NOTES
from boya.listening.search.sung import Sung, merged
from boya.listening.search.voices import FEWEST

__all__ = ["ASKED_SECOND", "audio_queries"]

ASKED_SECOND = 120.0
LONGEST_REST = 4.0  # seconds: a longer silence is no part of the rhythm
LEAST_GAP = 0.02
KEENNESSES = (1.0, 0.5, 2.0, 4.0)
BEGINS = (BEGIN, BEGIN / 3)
MOST_SUNG = 32  # merged notes of an excerpt; more would tell nothing new
KNOCK_SECOND, KNOCK_SEMITONES = 0.15, 10  # so short and so much lower than both its neighbours is an onset, no note
TAIL = -25.0  # decibels below the loudest frame: quieter ends are an echo

Floats = NDArray[np.float64]


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
    asked = [*_sung(voice)] or [*_written(voice)]
    if not asked:
        most = max(len(voice.notes(keenness)) for keenness in KEENNESSES)
        raise InputError(f"a recording to look for must have {FEWEST} notes; {most} are heard in {path}. Sing on, or louder")
    return asked


def _sung(voice: Voice) -> Iterator[Query]:
    """What a voice may have sung, with repeated notes as one, and its moments."""
    plain = voice.notes()
    if not plain:
        return
    moments = moments_of(voice, tuning_of([note.exact for note in plain]))
    loud = np.flatnonzero(voice.levels > voice.levels.max() + TAIL) * HOP_SECOND
    moments = moments[: int(loud[-1] / MOMENT_SECOND) + 1]
    ways = {tuple(note.pitch for note in notes): notes for notes in (_cleared(voice.notes(begin=at)) for at in BEGINS)}
    for notes in ways.values():
        if len(notes) >= FEWEST:
            yield from _laid(notes, moments, float(loud[0]))


def _laid(notes: list[Heard], moments: NDArray[np.float32], loud_second: float) -> Iterator[Query]:
    """Excerpts of notes with the moments they are heard in: all, or where they are many their beginning, middle and end."""
    heard = np.array([note.pitch for note in notes])
    onsets = np.array([note.onset for note in notes])[np.append(True, np.diff(heard) != 0)]
    pitches, gaps = merged(*_columns(notes))
    for part in _excerpts(len(pitches), MOST_SUNG):
        begin, lasts = float(onsets[part][0]), gaps[part]
        end = begin + float(lasts.sum())
        first = int(max(begin, loud_second) / MOMENT_SECOND)
        likely = moments[first : int(end / MOMENT_SECOND) + 1]
        if len(likely) and len(lasts) >= FEWEST:
            begin -= first * MOMENT_SECOND
            yield Sung(pitches[part], lasts, "sung", likely=likely, hop_second=MOMENT_SECOND, begin_second=begin)


def _written(voice: Voice) -> Iterator[Query]:
    """Excerpts of all that the voice may have sung, by more and less keen ears."""
    ways = {tuple(note.pitch for note in notes): notes for notes in map(voice.notes, KEENNESSES)}
    for notes in ways.values():
        if len(notes) >= FEWEST:
            pitches, gaps = _columns(notes)
            yield from (Query(pitches[part], gaps[part], "sung") for part in _excerpts(len(notes), MOST_NOTES))


def _cleared(notes: list[Heard]) -> list[Heard]:
    """Notes without what is heard where another one begins: short, and far below."""
    pitches = [note.pitch for note in notes]
    around = [[*pitches[max(at - 1, 0) : at], *pitches[at + 1 : at + 2]] for at in range(len(notes))]
    return [
        note
        for note, near in zip(notes, around, strict=True)
        if note.end - note.onset >= KNOCK_SECOND or note.pitch > min(near, default=0) - KNOCK_SEMITONES
    ]


def _columns(notes: list[Heard]) -> tuple[NDArray[np.int64], Floats]:
    """Pitches and gaps."""
    onsets = np.array([note.onset for note in notes])
    gaps = np.append(np.diff(onsets), notes[-1].end - notes[-1].onset).clip(LEAST_GAP, LONGEST_REST)
    return np.array([note.pitch for note in notes]), gaps


def _excerpts(n_notes: int, most: int) -> list[slice]:
    """Beginning, middle and end, or all."""
    last = max(n_notes - most, 0)
    return [slice(at, at + most) for at in sorted({0, last // 2, last})]
