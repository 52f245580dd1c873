"""Which bars and tracks of a score a person means.

Conventions: bars and tracks are counted from 1 in words, from 0 in what is returned; a word that names several tracks, such as a
role, means all of them.
"""

import re
from collections.abc import Iterable

from boya.composing.checks import contradiction
from boya.errors import InputError, RequestError
from boya.score import ROLES, Score, Track
from boya.theory.instruments import find_instrument, instrument
from boya.theory.tables import folded, nearest_names

__all__ = ["read_bars", "read_melody", "read_tracks", "selected", "track_label"]

Words = str | int | Iterable[str | int]
MOST_NAMED = 12

_SPAN = re.compile(r"(\d{1,9})(?:\s*(?:-|–|\.\.)\s*(\d{1,9}))?$")


def read_bars(words: Words | None, n_bars: int) -> list[int]:
    """Return bars of a piece; all of them if none are named.

    Parameters
    ----------
    words
        "5-8", "1-2, 7", a number, or several

    Raises
    ------
    RequestError
        if the text is no list of bars, a span is empty, or a bar is not there.

    Examples
    --------
    >>> read_bars("1-2, 7", 8), read_bars(None, 3)
    ([0, 1, 6], [0, 1, 2])
    """
    if words is None:
        return list(range(n_bars))
    found: set[int] = set()
    for word in _each(words):
        match = _SPAN.match(word)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last:
            raise RequestError(f"bars look like 5-8 or 1-2, 7, counted from 1; got {word!r:.40}")
        if last > n_bars:
            raise contradiction(f"bars {word}", "the score", f"it has {n_bars} bar{'s' * (n_bars != 1)}")
        found |= set(range(first - 1, last))
    if not found:
        raise RequestError("bars must name at least one bar, as 5-8; got none")
    return sorted(found)


def read_tracks(words: Words | None, score: Score) -> list[int]:
    """Return tracks of a score by number, role, name or instrument; all of them if none are named.

    Raises
    ------
    RequestError
        if a word names no track; the message offers the nearest.

    Examples
    --------
    >>> score = Score((Track(program=73, role="melody"), Track(program=0, role="chords", name="Left hand")))
    >>> read_tracks("flute", score), read_tracks("left hand, 1", score), read_tracks("chords", score)
    ([0], [0, 1], [1])
    """
    if words is None:
        return list(range(len(score.tracks)))
    found: set[int] = set()
    for word in _each(words):
        found |= _meant(word, score)
    if not found:
        raise RequestError("tracks must name at least one track, as melody or 2; got none")
    return sorted(found)


def read_melody(words: Words, score: Score) -> int:
    """Return the number of the one track that is named as the melody.

    Raises
    ------
    RequestError
        if a word names no track, or more than one are named.
    """
    numbers = read_tracks(words, score)
    if len(numbers) != 1:
        raise RequestError(f"melody must name one track; {words!r:.40} names {len(numbers)}")
    return numbers[0]


def selected(
    score: Score, n_bars: int, bars: Words | None = None, tracks: Words | None = None, locked: Words | None = None
) -> tuple[list[int], list[int]]:
    """Return bars and tracks to be written: those named, without the locked ones.

    Raises
    ------
    RequestError
        if nothing is left, or a track is both named and locked.
    """
    kept = set() if locked is None else set(read_tracks(locked, score))
    named = read_tracks(tracks, score)
    both = kept & set(named) if tracks is not None else set()
    if both:
        raise contradiction("tracks", "locked", f"{track_label(score, min(both))} is named in both")
    left = [number for number in named if number not in kept]
    if not left:
        raise RequestError("nothing is left to write: every track is locked; lock fewer tracks")
    return read_bars(bars, n_bars), left


def track_label(score: Score, number: int) -> str:
    """Return how a person calls a track.

    >>> track_label(Score((Track(program=73, role="melody"),)), 0)
    'track 1 (Flute, melody)'
    """
    track = score.tracks[number]
    words = [track.name or ("drums" if track.is_drum else instrument(track.program).name), track.role]
    return f"track {number + 1} ({', '.join(word for word in dict.fromkeys(words) if word)})"


def _each(words: Words) -> list[str]:
    """Single words."""
    if isinstance(words, bool) or not isinstance(words, str | int | Iterable):
        raise RequestError(f"bars and tracks are named by words or numbers; got {words!r:.40}")
    rows = [words] if isinstance(words, str | int) else list(words)
    return [word.strip() for row in rows for word in re.split(r"[,;，、]", str(row)) if word.strip()]


def _meant(word: str, score: Score) -> set[int]:
    """The tracks that a word names."""
    if word.isascii() and word.isdigit():
        if not 1 <= int(word[:9]) <= len(score.tracks):
            raise RequestError(f"tracks must be 1-{len(score.tracks)}, or roles and names; got {word[:20]}")
        return {int(word) - 1}
    name = folded(word)
    names = [_names(track) for track in score.tracks]
    found = {number for number, known in enumerate(names) if name in map(folded, known)}
    played = {} if found else {number: track.program for number, track in enumerate(score.tracks) if not track.is_drum}
    found = found or {number for number, program in played.items() if program == _program(word)}
    if not found:
        known = list(dict.fromkeys(each for row in names for each in row))
        near = nearest_names(word, known)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known[:MOST_NAMED])}"
        raise RequestError(f"tracks must be numbers, roles or names of this score; got {word!r:.40}; {hint}")
    return found


def _names(track: Track) -> list[str]:
    """What a track may be called."""
    names = [track.role, track.name, "drums" if track.is_drum else instrument(track.program).name]
    return [name for name in dict.fromkeys(names) if name]


def _program(word: str) -> int | None:
    """The program of an instrument's name, None if it is none."""
    try:
        return None if folded(word) in ROLES else find_instrument(word).program
    except InputError:
        return None
