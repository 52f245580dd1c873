"""The odds of an analysis: what sounds under each chord, which chord follows which, when chords and keys change.

Conventions: all arrays are natural logarithms. Source of the counts: `data/analysis_odds.toml`: textbooks, and
unlabelled chorales as they were heard with them; no analysis by anyone is counted. A count is smoothed: what follows a numeral is
mixed with how often each numeral occurs at all, and a change of key unseen in the counts keeps a small share. The weights below
were chosen by how well the odd-numbered analysed pieces of music21 were told (`boya.proof.annotated`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.theory.analysis.vocabulary import MODES_HERE, Vocabulary, vocabulary
from boya.theory.tables import load_table

__all__ = ["Odds", "odds", "odds_of"]

MIXED = 60.0
LEAST_ROW, LEAST_CHROMATIC = 0.3, 4.0
LEAST_KEY = 0.5
NOTES, MANNERS, BASS, STAY, FOLLOW = 1.3, 1.2, 0.6, 0.8, 1.4
STRANGE, NO_PIVOT, HOME, KEY = 1.0, -3.0, 0.15, 0.85

_CHROMATIC = ("secondary", "neapolitan", "augmented sixth")
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Odds:
    """Logarithms of odds.

    Attributes
    ----------
    present, absent
        that an interval above the root sounds in a frame, and that it does not `[shape=(n_qualities, 12)]`
    inside, outside
        of the manner of a note of the chord, and of one foreign to it `[shape=(N_MANNERS,)]`
    bass
        of the interval of the bass above the root `[shape=(n_qualities, 4 inversions, 12)]`
    inversion
        of each state given its row `[shape=(n_states,)]`
    change, keep
        that a row gives way at each place, and that it does not `[shape=(4 places, n_rows)]`
    follow
        that a row follows a row of its mode `[shape=(n_rows, n_rows)]`
    first
        of each row on its own, in its mode `[shape=(n_rows,)]`
    strange
        of a note foreign to the chord, by its interval above the tonic: nothing in the scale, a loss outside it `[shape=(2, 12)]`
    no_pivot
        of a change of key in which the last chord has no part
    home
        of each key at a place in the music: mode of the piece's key, interval from its tonic, mode `[shape=(2, 12, 2)]`
    key
        of the next key, given that the chord changes: mode, interval of the tonics, mode `[shape=(2, 12, 2)]`
    """

    present: Floats
    absent: Floats
    inside: Floats
    outside: Floats
    bass: Floats
    inversion: Floats
    change: Floats
    keep: Floats
    follow: Floats
    first: Floats
    strange: Floats
    no_pivot: float
    home: Floats
    key: Floats


@cache
def odds() -> Odds:
    """Return the odds of the table."""
    return odds_of(load_table("analysis_odds"), vocabulary())


def odds_of(table: Mapping[str, Any], words: Vocabulary) -> Odds:
    """Return the odds of a table of counts."""
    present = np.array([table["sounds"][q] for q in words.qualities])
    manners = np.array(table["manners"], dtype=float) + 0.5
    inside, outside = np.log(manners / manners.sum(axis=1, keepdims=True))
    bass = np.array([[_bass(table, q, inversion) for inversion in range(4)] for q in words.qualities])
    change = _changes(table, words)
    first, follow = _rows(table, words)
    return Odds(
        NOTES * np.log(present),
        NOTES * np.log1p(-present),
        MANNERS * inside,
        MANNERS * outside,
        BASS * np.log(bass),
        _inversions(table, words),
        STAY * np.log(change),
        STAY * np.log1p(-change),
        FOLLOW * follow,
        FOLLOW * first,
        STRANGE * np.array(table["strange"]),
        NO_PIVOT,
        HOME * _shares(table["home"], (1, 2)),
        KEY * _shares(table["keys"], (1, 2)),
    )


def _bass(table: Mapping[str, Any], quality: str, inversion: int) -> list[float]:
    """Odds of each interval in the bass; an inversion that the quality has not is never chosen."""
    rows = table["bass"][quality]
    found: list[float] = rows[inversion] if inversion < len(rows) else rows[0]
    return found


def _inversions(table: Mapping[str, Any], words: Vocabulary) -> Floats:
    """Odds of each state given its row."""
    found = []
    for row, inversion in zip(words.state_row.tolist(), words.state_inversion.tolist(), strict=True):
        counts = np.array(table["inversions"][words.rows[row].quality])
        counts = counts + 0.1
        own = np.array(table["inversions_of"].get(f"{words.rows[row].mode} {words.rows[row].text}", [0] * len(counts)))
        mixed = own + MIXED * counts / counts.sum()
        found.append(np.log(mixed[inversion] / mixed.sum()))
    return np.array(found)


def _changes(table: Mapping[str, Any], words: Vocabulary) -> Floats:
    """Share of the times that each row gives way at each place: what is usual there, times what is usual for the row."""
    found = np.empty((len(table["change"]), len(words.rows)))
    for i, row in enumerate(words.rows):
        seen, expected = table["leaves"][row.mode].get(row.text, (0, 0))
        found[:, i] = np.array(table["change"]) * (seen + MIXED) / (expected + MIXED)
    return np.clip(found, 0.005, 0.97)


def _rows(table: Mapping[str, Any], words: Vocabulary) -> tuple[Floats, Floats]:
    """Odds of each row on its own, and after each row of its mode."""
    n = len(words.rows)
    first, follow = np.full(n, -np.inf), np.full((n, n), -np.inf)
    for mode, low, high in zip(MODES_HERE, words.first[:-1], words.first[1:], strict=True):
        counts = np.zeros((high - low, high - low))
        at = {words.rows[i].text: i - low for i in range(low, high)}
        for before, after in table["follow"][mode].items():
            for name, count in after.items():
                counts[at[before], at[name]] = count
        least = [LEAST_CHROMATIC if words.rows[i].kind in _CHROMATIC else LEAST_ROW for i in range(low, high)]
        alone = np.array([table["rows"][mode].get(words.rows[i].text, 0) for i in range(low, high)]) + least
        alone = alone / alone.sum()
        first[low:high] = np.log(alone)
        mixed = counts + MIXED * alone
        follow[low:high, low:high] = np.log(mixed / mixed.sum(axis=1, keepdims=True))
    return first, follow


def _shares(counts: Any, axes: tuple[int, ...]) -> Floats:
    """Odds of counts, none of them impossible."""
    mixed = np.array(counts, dtype=float) + LEAST_KEY
    found: Floats = np.log(mixed / mixed.sum(axis=axes, keepdims=True))
    return found
