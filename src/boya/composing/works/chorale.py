"""A melody, or a row of chords, set for four voices by exact search: no hard rule of voice leading is broken.

The rules and the search are those of `boya.theory.voices`; chords are spelled out, one for each beat.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from boya.composing.piece import Piece
from boya.composing.works.given_score import heard
from boya.composing.works.saying import said_of
from boya.composing.works.selection import Words, read_tracks
from boya.errors import InputError, RequestError
from boya.score import Score
from boya.theory.keys import key_name, parse_key
from boya.theory.voices import Harmony, harmonise_melody, realise

__all__ = ["chorale"]

Found = TypeVar("Found")


def chorale(
    score: Score | None = None, *, chords: str | None = None, key: str | None = None, melody: Words | None = None
) -> Piece:
    """Set a melody, or chords, for soprano, alto, tenor and bass.

    Parameters
    ----------
    score
        where the melody is; it stays as it is in the soprano
    chords
        in its place, chords for four voices: Roman numerals or symbols, as "I ii6/5 V7 I"
    key
        "A minor"; that of the score, or found from its notes; C major for chords
    melody
        the track, by number, role or name; the highest one if left out

    Raises
    ------
    RequestError
        if neither or both are given, a word is unknown, or there is no setting that keeps the rules; the message names the bar.

    Examples
    --------
    >>> piece = chorale(chords="I IV V7 I", key="G major")
    >>> [track.name for track in piece.score.tracks], piece.report["numerals"]
    (['Soprano', 'Alto', 'Tenor', 'Bass'], ['I', 'IV', 'V7', 'I'])
    """
    if (score is None) == (chords is None):
        raise RequestError("a chorale is made of a score with a melody, or of chords; give one of them")
    wishes = {"chords": chords, "key": key, "melody": melody}
    if score is None:
        found = _ours(lambda: realise(chords or "", key or "C major"))
        return _piece(found, key or "C major", wishes, ())
    known = heard(score, with_chords=False)
    number = None if melody is None else _track(melody, known)
    home = known.timeline.keys[0] if key is None else None
    told = key_name(home.tonic, home.mode) if home else str(key)
    tonic = (home.tonic, home.mode) if home else _ours(lambda: parse_key(str(key)))
    return _piece(_ours(lambda: harmonise_melody(known, tonic, track=number)), told, wishes, (score,))


def _piece(found: Harmony, key: str, wishes: Mapping[str, object], given: tuple[Score, ...]) -> Piece:
    """The four voices, and why each chord is there."""
    numerals, reasons = [reason.roman for reason in found.reasons], [reason.text() for reason in found.reasons]
    said = {"key": key, "numerals": numerals, "reasons": reasons, "said": []}
    return Piece(found.score, said_of("chorale", wishes), said, given=given)


def _track(melody: Words, known: Score) -> int:
    """The number of the one track that is named."""
    numbers = read_tracks(melody, known)
    if len(numbers) != 1:
        raise RequestError(f"melody must name one track; {melody!r:.40} names {len(numbers)}")
    return int(next(iter(numbers)))


def _ours(work: Callable[[], Found]) -> Found:
    """Do it; what theory cannot do is a wish that cannot be met."""
    try:
        return work()
    except InputError as error:
        raise RequestError(str(error)) from error
