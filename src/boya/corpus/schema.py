"""The arrays of a packed corpus and how a score becomes their rows.

Conventions: one structured array per kind of thing, all pieces one after another. Times are ticks (1/480 quarter). A column
`<kind>_stop` of `pieces` (or `note_stop` of `tracks`) is the row after the last one of that piece; the row before it says where
it starts. Words (track names, chord qualities, section labels) are indices into the manifest's word list. -1 means none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import CorpusError
from boya.score import MODES, NOTE_DTYPE, ROLES, Score

__all__ = [
    "ARRAYS",
    "ASSUMED",
    "CHILDREN",
    "FORMAT_VERSION",
    "SPLITS",
    "Rows",
    "Words",
    "advance",
    "joined",
    "reworded",
    "score_rows",
    "shifted",
    "unjoined",
]

FORMAT_VERSION = 1
SPLITS = ("train", "valid", "test")
ASSUMED = ("tempo", "metre", "key")
CHILDREN = ("tracks", "chords", "sections", "keys", "metres", "tempos")

StructArray = NDArray[Any]
Rows = dict[str, StructArray]

ARRAYS: dict[str, np.dtype[Any]] = {
    "notes": NOTE_DTYPE,
    "tracks": np.dtype([("note_stop", "<i8"), ("program", "u1"), ("is_drum", "u1"), ("role", "i1"), ("name", "<i4")]),
    "chords": np.dtype([("onset", "<i4"), ("duration", "<i4"), ("root", "i1"), ("bass", "i1"), ("quality", "<i4")]),
    "sections": np.dtype([("onset", "<i4"), ("duration", "<i4"), ("label", "<i4")]),
    "keys": np.dtype([("tick", "<i4"), ("tonic", "u1"), ("mode", "u1")]),
    "metres": np.dtype([("tick", "<i4"), ("numerator", "u1"), ("denominator", "u1")]),
    "tempos": np.dtype([("tick", "<i4"), ("qpm", "<f8")]),
    "pieces": np.dtype([*((f"{kind}_stop", "<i8") for kind in CHILDREN), ("split", "u1"), ("assumed", "u1")]),
}


@dataclass
class Words:
    """A growing list of distinct words; each keeps the index it got first.

    >>> words = Words()
    >>> words.index("Piano"), words.index("Voice"), words.index("Piano")
    (0, 1, 0)
    """

    places: dict[str, int] = field(default_factory=dict)

    def index(self, word: str) -> int:
        """Return the index of `word`, giving it the next one if it is new."""
        return self.places.setdefault(word, len(self.places))

    @property
    def words(self) -> list[str]:
        """The words in the order of their indices."""
        return list(self.places)


def score_rows(score: Score, words: Words) -> Rows:
    """Return the rows of one piece for every array; offsets count from the piece's own first row.

    Parameters
    ----------
    score
        the piece.
    words
        where track names, chord qualities and section labels get their index.

    Raises
    ------
    CorpusError
        if a tick lies beyond what 32 bits hold.

    Examples
    --------
    >>> {kind: len(rows) for kind, rows in score_rows(Score(), Words()).items() if len(rows)}
    {'keys': 1, 'metres': 1, 'tempos': 1, 'pieces': 1}
    """
    timeline = score.timeline
    stops = np.cumsum([t.n_notes for t in score.tracks])
    lists: dict[str, list[tuple[Any, ...]]] = {
        "tracks": [
            (stop, t.program, t.is_drum, ROLES.index(t.role) if t.role else -1, words.index(t.name))
            for t, stop in zip(score.tracks, stops, strict=True)
        ],
        "chords": [(c.onset, c.duration, _or_none(c.root), _or_none(c.bass), words.index(c.quality)) for c in score.chords],
        "sections": [(s.onset, s.duration, words.index(s.label)) for s in score.sections],
        "keys": [(k.tick, k.tonic, MODES.index(k.mode)) for k in timeline.keys],
        "metres": [(m.tick, m.numerator, m.denominator) for m in timeline.metres],
        "tempos": [(t.tick, t.qpm) for t in timeline.tempos],
    }
    assumed = sum(1 << bit for bit, name in enumerate(ASSUMED) if name in timeline.assumed)
    lists["pieces"] = [(*(len(lists[kind]) for kind in CHILDREN), 0, assumed)]
    try:
        rows = {kind: np.array(values, dtype=ARRAYS[kind]) for kind, values in lists.items()}
    except OverflowError as error:
        raise CorpusError(f"times of a packed piece must be below 2**31 ticks; {error}") from error
    notes = [t.notes for t in score.tracks]
    return {"notes": np.concatenate(notes) if notes else np.empty(0, NOTE_DTYPE), **rows}


def joined(parts: Iterable[Rows]) -> Rows:
    """Return several pieces' rows as one set, offsets counted from its first row."""
    listed = list(parts)
    stops = dict.fromkeys(("note_stop", *(f"{kind}_stop" for kind in CHILDREN)), 0)
    moved: dict[str, list[StructArray]] = {kind: [np.empty(0, dtype)] for kind, dtype in ARRAYS.items()}
    for rows in listed:
        for kind in ARRAYS:
            moved[kind].append(shifted(kind, rows[kind], stops))
        advance(stops, rows)
    return {kind: np.concatenate(arrays) for kind, arrays in moved.items()}


def shifted(kind: str, rows: StructArray, stops: dict[str, int]) -> StructArray:
    """Return `rows` with their offset columns raised by what lies before."""
    columns = [name for name in rows.dtype.names or () if name in stops]
    if not columns:
        return rows
    rows = rows.copy()
    for name in columns:
        rows[name] += stops[name]
    return rows


def advance(stops: dict[str, int], rows: Rows) -> None:
    """Count `rows` into the offsets."""
    stops["note_stop"] += len(rows["notes"])
    for kind in CHILDREN:
        stops[f"{kind}_stop"] += len(rows[kind])


def unjoined(rows: Rows, index: int) -> Rows:
    """Return the rows of one piece of several, offsets counted from its own first row (the reverse of `joined`)."""
    pieces = rows["pieces"]
    found: Rows = {"pieces": pieces[index : index + 1].copy()}
    for kind in CHILDREN:
        start = int(pieces[f"{kind}_stop"][index - 1]) if index else 0
        found[kind] = rows[kind][start : int(pieces[f"{kind}_stop"][index])].copy()
        found["pieces"][f"{kind}_stop"] -= start
    first_track = int(pieces["tracks_stop"][index - 1]) if index else 0
    first_note = int(rows["tracks"]["note_stop"][first_track - 1]) if first_track else 0
    found["tracks"]["note_stop"] -= first_note
    last_note = first_note + (int(found["tracks"]["note_stop"][-1]) if len(found["tracks"]) else 0)
    return {**found, "notes": rows["notes"][first_note:last_note]}


def reworded(rows: Rows, places: NDArray[np.int32]) -> Rows:
    """Return rows whose word indices are replaced by `places[index]`."""
    columns = {"tracks": "name", "chords": "quality", "sections": "label"}
    return {kind: _replaced(array, columns[kind], places) if kind in columns else array for kind, array in rows.items()}


def _replaced(array: StructArray, column: str, places: NDArray[np.int32]) -> StructArray:
    """Replace one column by what `places` says."""
    array = array.copy()
    array[column] = places[array[column]]
    return array


def _or_none(value: int | None) -> int:
    """Write None as -1."""
    return -1 if value is None else value
