"""The grammar of chorales: chords by their Roman numerals and functions, and what each costs after each.

Conventions: a chord is given in semitones above the tonic; a cost is a negative log probability in nats. The odds of a chord
after another are those counted for the pair, a quarter of them kept for chords that never followed, by how common they are.
Source: `data/grammar.toml`, counted on chorales of J. S. Bach.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from boya.score import MINOR_MODES

__all__ = ["Entry", "Grammar", "grammar"]

Floats = NDArray[np.float32]
UNSEEN = 0.25


@dataclass(frozen=True)
class Entry:
    """A chord of the grammar: numeral with figures, function, root and bass above the tonic, quality, and its count."""

    roman: str
    function: str
    root: int
    quality: str
    bass: int
    count: int


@dataclass(frozen=True, eq=False)
class Grammar:
    """Chords of a mode and their costs.

    Attributes
    ----------
    entries
        the chords, the commonest first
    follows
        cost of each chord after each `[shape=(n_chords, n_chords)]`
    opens, closes
        cost of each chord at the beginning and at the end `[shape=(n_chords,)]`
    """

    entries: tuple[Entry, ...]
    follows: Floats
    opens: Floats
    closes: Floats

    def share(self, before: int, after: int) -> float:
        """Return how often a chord follows another, 0-1."""
        return float(np.exp(-self.follows[before, after]))


@cache
def grammar(mode: str) -> Grammar:
    """Return the grammar of a mode; that of major or minor stands for the others by their third.

    >>> table = grammar("major")
    >>> [entry.roman for entry in table.entries[:4]], round(table.share(1, 0), 2)
    (['I', 'V', 'I6', 'vi'], 0.38)
    """
    text = (files("boya.theory.voices") / "data" / "grammar.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["minor" if mode in MINOR_MODES else "major"]
    entries = tuple(Entry(*(row[name] for name in ("roman", "function", "root", "quality", "bass", "count"))) for row in rows)
    place = {entry.roman: number for number, entry in enumerate(entries)}
    pairs = np.zeros((len(rows), len(rows)))
    for number, row in enumerate(rows):
        for name, count in row["next"].items():
            pairs[number, place[name]] = count
    use = np.array([entry.count for entry in entries], dtype=float)
    total = pairs.sum(axis=1, keepdims=True)
    share = np.where(total > 0, pairs / np.maximum(total, 1), use / use.sum())
    follows = (1 - UNSEEN) * share + UNSEEN * use / use.sum()
    edges = [np.array([row[name] for row in rows]) + 0.5 * use / use.sum() for name in ("first", "last")]
    opens, closes = (-np.log(edge / edge.sum()).astype(np.float32) for edge in edges)
    return Grammar(entries, -np.log(follows).astype(np.float32), opens, closes)
