"""The chords an analysis chooses from, as arrays.

Conventions: a *row* is a numeral in root position in a mode (`data/numerals.toml`), a *state* a row in one inversion. Rows and
states of major come first, those of minor after them; in a key, roots move with its tonic. A *chord* is a quality on a root: two
rows that sound alike (VII and V/III) are one chord.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from boya.theory.chords import chord_pitch_classes
from boya.theory.figured import parse_figured, with_figure
from boya.theory.tables import load_table

__all__ = ["MODES_HERE", "Numeral", "Vocabulary", "vocabulary"]

MODES_HERE = ("major", "minor")
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Numeral:
    """A numeral in root position: `offset` semitones above the tonic, a quality, and what it is."""

    mode: str
    text: str
    offset: int
    quality: str
    function: str
    kind: str
    degree: str
    of: str

    @property
    def n_inversions(self) -> int:
        """Number of chord tones."""
        return len(chord_pitch_classes(0, self.quality))

    def figured(self, inversion: int) -> str:
        """Return the numeral with its figure."""
        return with_figure(self.text, inversion)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """All rows and states.

    Attributes
    ----------
    rows
        of major, then of minor
    first
        first row of each mode, and the number of rows
    qualities
        Harte qualities in use
    row_quality, row_offset
        of each row `[shape=(n_rows,)]`
    state_row, state_inversion
        of each state `[shape=(n_states,)]`
    members
        semitones of the chord tones above the root, -1 where there is no fourth one `[shape=(n_qualities, 4)]`
    """

    rows: tuple[Numeral, ...]
    first: tuple[int, int, int]
    qualities: tuple[str, ...]
    row_quality: Ints
    row_offset: Ints
    state_row: Ints
    state_inversion: Ints
    members: Ints

    def find(self, mode: str, offset: int, quality: str, of: str | None = None) -> int | None:
        """Return the row of a chord in a mode: the one that leads to `of`, or else the first that sounds so, or None."""
        like = [i for i, row in enumerate(self.rows) if (row.mode, row.offset, row.quality) == (mode, offset % 12, quality)]
        return next((i for i in like if self.rows[i].of == of), like[0] if like else None)


@cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary of the table.

    >>> [row.text for row in vocabulary().rows[:5]]
    ['I', 'ii', 'iii', 'IV', 'V']
    """
    rows = tuple(_numeral(mode, row) for mode in MODES_HERE for row in load_table("numerals")[mode])
    qualities = tuple(dict.fromkeys(row.quality for row in rows))
    states = [(i, inversion) for i, row in enumerate(rows) for inversion in range(row.n_inversions)]
    n_major = sum(row.mode == "major" for row in rows)
    members = [[*chord_pitch_classes(0, q), -1][:4] for q in qualities]
    state_row, state_inversion = np.array(states, dtype=np.int64).T
    return Vocabulary(
        rows,
        (0, n_major, len(rows)),
        qualities,
        np.array([qualities.index(row.quality) for row in rows]),
        np.array([row.offset for row in rows]),
        state_row,
        state_inversion,
        np.array(members),
    )


def _numeral(mode: str, row: dict[str, str]) -> Numeral:
    """A row of the table."""
    chord = parse_figured(row["numeral"], 0, mode)
    return Numeral(mode, row["numeral"], chord.root, chord.quality, row["function"], row["kind"], chord.degree, chord.of)
