"""A piece in a few hundred numbers that a person can read: what plays, when in the bar, how long, in what metre and tempo.

Conventions: counted on rows of `boya.representation.note_rows`. A *lane* is a class of drums, the bass or the rest; a *place* a
sixteenth of the bar, up to 24. Counts on places are notes a bar, other counts shares of the notes they are counted among; all of
them under a square root, so that rare things are not lost. Pitch classes count from the tonic that `find_key` hears.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from boya.representation.note_rows import DRUMS, FIELDS, UNKNOWN, NoteRows
from boya.theory.drums import DRUM_CLASSES, drum_class
from boya.theory.keys import find_key

__all__ = ["HISTOGRAM", "describe", "description_names"]

LANES = (*DRUM_CLASSES, "percussion", "bass", "others")
BASS, OTHERS = LANES.index("bass"), LANES.index("others")
PLACES, STEPS_PER_PLACE, STEPS_PER_QUARTER = 24, 3, 12
BASS_PROGRAMS = range(32, 40)
TOGETHER = 8
_COLUMN = {name: column for column, name in enumerate(FIELDS)}

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


def _tables() -> dict[str, tuple[str, ...]]:
    """Names of the numbers, by what is counted."""
    kinds = ("drums", "bass", "others")
    return {
        "instrument": (*(f"program {n}" for n in range(DRUMS)), "drums"),
        "place": tuple(f"{lane} on sixteenth {place + 1}" for lane in LANES for place in range(PLACES)),
        "part of the quarter": tuple(f"{kind} at {step}/12 of a quarter" for kind in kinds for step in range(STEPS_PER_QUARTER)),
        "length": tuple(f"{kind} of length {n}" for kind in ("bass", "others") for n in range(FIELDS["duration"])),
        "degree": tuple(f"{kind}, {n} above the tonic" for kind in ("bass", "others") for n in range(12)),
        "octave": tuple(f"octave {n}" for n in range(11)),
        "together": tuple(f"{n + 1} at once" for n in range(TOGETHER)),
        "metre": tuple(f"metre {n}" for n in range(FIELDS["metre"])),
        "tempo": tuple(f"tempo {n}" for n in range(FIELDS["tempo"])),
    }


TABLES = _tables()
HISTOGRAM = ("length", "degree", "octave")
"""what a plain histogram of pitches and lengths knows"""


def description_names(tables: tuple[str, ...] = tuple(TABLES)) -> tuple[str, ...]:
    """Return the name of each number.

    >>> description_names()[0], len(description_names())
    ('program 0', 616)
    """
    return tuple(name for table in tables for name in TABLES[table])


def describe(rows: NoteRows, tables: tuple[str, ...] = tuple(TABLES)) -> Floats:
    """Describe a piece; all zero where it has no notes. [shape=(n,)], numbers as in `description_names`

    Examples
    --------
    >>> from boya.representation.note_rows import note_rows
    >>> from boya.score import Score, Track, note_array
    >>> waltz = Score((Track(note_array([(0, 480, 60, 80), (480, 480, 64, 80)])),))
    >>> found = dict(zip(description_names(), describe(note_rows(waltz)).tolist()))
    >>> found["others on sixteenth 5"], round(found["octave 5"], 2)
    (1.0, 1.0)
    """
    counted = {table: np.zeros(len(names)) for table, names in TABLES.items()}
    if len(rows):
        _count(rows, counted)
    return np.asarray(np.sqrt(np.concatenate([counted[table] for table in tables])), dtype=np.float32)


def _count(rows: NoteRows, counted: dict[str, NDArray[np.float64]]) -> None:
    """Fill the tables of a piece that has notes."""
    columns = {name: rows.values[:, at].astype(np.int64) for name, at in _COLUMN.items()}
    lane = _lanes(columns["instrument"], columns["pitch"])
    is_pitched, is_bass = lane >= BASS, (lane == BASS).astype(np.int64)
    n_bars = len(np.unique(rows.bar))
    place = np.minimum(columns["position"] // STEPS_PER_PLACE, PLACES - 1)
    counted["instrument"] += np.bincount(columns["instrument"], minlength=DRUMS + 1) / len(rows)
    counted["place"] += np.bincount(lane * PLACES + place, minlength=len(LANES) * PLACES) / n_bars
    kind = np.maximum(lane - BASS + 1, 0)
    counted["part of the quarter"] += _shares(kind, columns["position"] % STEPS_PER_QUARTER, 3, STEPS_PER_QUARTER)
    if is_pitched.any():
        pitch, other = columns["pitch"][is_pitched], 1 - is_bass[is_pitched]
        length = columns["duration"][is_pitched]
        weights = np.bincount(pitch % 12, weights=np.minimum(length, 24), minlength=12)
        counted["length"] += _shares(other, length, 2, FIELDS["duration"])
        counted["degree"] += _shares(other, (pitch - find_key(weights).tonic) % 12, 2, 12)
        counted["octave"] += np.bincount(pitch // 12, minlength=11) / len(pitch)
        at_once = np.minimum(np.unique(rows.time[is_pitched], return_counts=True)[1], TOGETHER) - 1
        counted["together"] += np.bincount(at_once, minlength=TOGETHER) / len(at_once)
    for name in ("metre", "tempo"):
        known = columns[name][columns[name] != UNKNOWN]
        counted[name] += np.bincount(known, minlength=FIELDS[name]) / len(rows)


def _lanes(instrument: Ints, pitch: Ints) -> Ints:
    """Lane of each note. [shape=(notes,)]"""
    lane = np.where(np.isin(instrument, BASS_PROGRAMS), BASS, OTHERS)
    return np.where(instrument == DRUMS, _drum_lanes()[pitch % DRUMS], lane)


@cache
def _drum_lanes() -> Ints:
    """Lane of each drum key. [shape=(128,)]"""
    found = [drum_class(key) for key in range(DRUMS)]
    return np.array([len(DRUM_CLASSES) if kind is None else kind for kind in found], dtype=np.int64)


def _shares(kind: Ints, value: Ints, n_kinds: int, n_values: int) -> NDArray[np.float64]:
    """Share of each value among the notes of its kind. [shape=(n_kinds * n_values,)]"""
    found = np.bincount(kind * n_values + value, minlength=n_kinds * n_values).reshape(n_kinds, n_values)
    return np.asarray(found / np.maximum(found.sum(axis=1, keepdims=True), 1)).ravel()
