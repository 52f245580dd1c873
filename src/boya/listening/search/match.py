"""What a search answers: the piece, the place in it, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from boya.listening.search.entry import Entry, bar_of

__all__ = ["Edit", "Match", "edits_of", "match_at"]

_WORDS = {
    "wrong": "another pitch",
    "extra": "not in the piece",
    "missing": "left out before it",
    "split": "two notes in the piece",
    "joined": "one note in the piece with the one before",
}


@dataclass(frozen=True)
class Edit:
    """Where query and piece differ: `kind` is wrong, extra, missing, split or joined, `note` the note of the query, from 0."""

    kind: str
    note: int

    def __str__(self) -> str:
        return f"note {self.note + 1}: {_WORDS[self.kind]}"


@dataclass(frozen=True)
class Match:
    """A place where the query was found.

    Attributes
    ----------
    piece, title, composer
        which piece
    voice
        which of its lines; empty where it has one without a name
    bar
        bar in which the match begins, counted from 0
    score
        1 is note for note and in rhythm; 1 less the distance for each note of the query (of one that was sung: see `singing`)
    distance
        wrong notes, and what counts as such
    n_right, n_notes
        notes of the query that the piece has at this place, and notes of the query
    transposition
        semitones by which the piece is higher
    tempo_ratio
        how many times as long the notes are in the piece; None where the query has no rhythm
    edits
        where they differ
    query
        name of the query, where several were asked
    """

    piece: str
    title: str
    composer: str
    voice: str
    bar: int
    score: float
    distance: float
    n_right: int
    n_notes: int
    transposition: int
    tempo_ratio: float | None
    edits: tuple[Edit, ...] = ()
    query: str = ""

    def why(self) -> str:
        """Return the reasons in words.

        >>> Match("a", "", "", "", 0, 0.9, 1.0, 11, 12, -2, 2.0, (Edit("wrong", 4),)).why()
        '11 of 12 notes, 2 semitones lower, 2 times as long; note 5: another pitch'
        """
        parts = [f"{self.n_right} of {self.n_notes} notes"]
        if self.transposition:
            how = "higher" if self.transposition > 0 else "lower"
            parts.append(f"{abs(self.transposition)} semitone{'s' * (abs(self.transposition) > 1)} {how}")
        if self.tempo_ratio is not None and abs(self.tempo_ratio - 1) > 0.02:
            parts.append(f"{self.tempo_ratio:.3g} times as long")
        return "; ".join([", ".join(parts), *map(str, self.edits)])


def edits_of(steps: Sequence[tuple[str, int, int]]) -> tuple[Edit, ...]:
    """Return the steps of an alignment that are no right notes."""
    return tuple(Edit(what, i + (what == "joined")) for what, i, _ in steps if what != "right")


def match_at(known: tuple[Entry, Sequence[str]], voice: int, onset: int, **told: Any) -> Match:
    """Return a match in a voice of a piece, from a step of it on; the rest of what a `Match` says is `told`."""
    entry, voices = known
    return Match(
        piece=entry.id,
        title=entry.title,
        composer=entry.composer,
        voice=voices[voice] if voice < len(voices) else "",
        bar=bar_of(entry.metres, onset),
        **told,
    )
