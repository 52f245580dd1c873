"""A melody, or a row of chords, set for four voices by exact search: no hard rule of voice leading is broken.

The rules and the search are those of `boya.theory.voices`; chords are spelled out, one for each beat.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from boya.composing.checks import wished
from boya.composing.piece import Piece
from boya.composing.works.given_score import heard, key_of
from boya.composing.works.saying import said_of
from boya.composing.works.selection import Words, read_melody
from boya.errors import RequestError
from boya.score import Score
from boya.theory.keys import key_name

if TYPE_CHECKING:
    from boya.theory.voices import Harmony

__all__ = ["chorale"]


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
    from boya.theory.voices import harmonise_melody, realise  # noqa: PLC0415  (tables of their own, which nobody else needs)

    wishes = {"chords": chords, "key": key, "melody": melody}
    if score is None:
        told = key or "C major"
        return _piece(wished(realise, chords, told), told, wishes, ())
    known = heard(score, with_chords=False)
    home = key_of(known, key)
    number = None if melody is None else read_melody(melody, known)
    found = wished(lambda: harmonise_melody(known, home, track=number))
    return _piece(found, key or key_name(*home), wishes, (score,))


def _piece(found: "Harmony", key: str, wishes: Mapping[str, object], given: tuple[Score, ...]) -> Piece:
    """The four voices, and why each chord is there."""
    numerals, reasons = [reason.roman for reason in found.reasons], [reason.text() for reason in found.reasons]
    said = {"key": key, "numerals": numerals, "reasons": reasons, "said": []}
    return Piece(found.score, said_of("chorale", wishes), said, given=given)
