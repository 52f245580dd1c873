"""Name the chords of music that carries no chord symbols.

Conventions: a unit is a beat or a bar of the score; each unit gets one of 96 chords (8 qualities on 12 roots) or none. A hidden
Markov chain: the notes that sound in a unit and its lowest note are drawn from the chord's profile, and a chord lasts or changes
with odds that depend on the place in the bar; the likeliest path is found exactly (Viterbi).

Source of all odds: `data/chord_profiles.toml`, counted on the `train` pieces of pop909 against their chord annotations. Share
of the 27,368 beats of pop909 `valid` with the right root: .939; with the right root and triad: .859 (looked at once); 4 ms a
piece. Command: `python tests/theory/measure.py chords DATA`. On 8 of these pieces music21's
`chordify` with its own root finding has the right root in .636 of the beats and the right triad in .367, this .959 and .942 (rows
of `boya.proof.theory_analysis`).
"""

from collections.abc import Iterable
from functools import cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.score import Chord, Score, note_ends
from boya.theory.tables import load_table

__all__ = ["UNITS", "heard_in_units", "likeliest_path", "name_chords", "silent_units", "sounding_in_units", "unit_bounds"]

UNITS = ("beat", "bar")
NOTES_WEIGHT, BASS_WEIGHT = 2.0, 1.0
SHORTEST_BASS = 0.12
SILENT_UNITS = 4

Array = NDArray[np.float64]


def name_chords(score: Score, unit: str = "beat") -> tuple[Chord, ...]:
    """Return the chords of a score from its notes; equal neighbours are one chord.

    Parameters
    ----------
    score
        any music; drums are not heard
    unit
        "beat" or "bar": the shortest time between two chords

    Returns
    -------
    tuple of Chord
        without gaps from tick 0 to the end of the last unit; root None where nothing sounds for four units; empty for an
        empty score

    Raises
    ------
    InputError
        if `unit` is another word.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> tones = [(0, 960, p, 80) for p in (48, 64, 67)] + [(960, 960, p, 80) for p in (43, 62, 65, 71)]
    >>> [(c.root, c.quality) for c in name_chords(Score((Track(note_array(tones)),)))]
    [(0, 'maj'), (7, '7')]
    """
    if unit not in UNITS:
        raise InputError(f"unit must be beat or bar; got {unit!r}")
    bounds, kinds = unit_bounds(score, unit)
    if len(bounds) < 2:
        return ()
    shares, bass = heard_in_units(score, bounds)
    path = likeliest_path(_emissions(shares, bass), kinds)
    path[silent_units(shares)] = -1
    return tuple(_merged(path.tolist(), bounds.tolist()))


def unit_bounds(score: Score, unit: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the bounds of the units in ticks `[shape=(n + 1,)]`, and where each begins: 0 a bar, 1 a weak beat, 2 a middle one.

    >>> bounds, kinds = unit_bounds(Score(chords=(Chord(0, 1920, 0, "maj"),)), "beat")
    >>> bounds.tolist(), kinds.tolist()
    ([0, 480, 960, 1440, 1920], [0, 1, 2, 1])
    """
    bars = score.bar_bounds
    if unit == "bar":
        return bars, np.zeros(len(bars) - 1, dtype=np.int64)
    starts, kinds = [], []
    for first, end in zip(bars[:-1].tolist(), bars[1:].tolist(), strict=True):
        metre = score.timeline.metre_at(first)
        for beat, tick in enumerate(range(first, end, metre.ticks_per_beat)):
            starts.append(tick)
            kinds.append(0 if beat == 0 else 2 if 2 * beat == metre.numerator else 1)
    return np.array([*starts, int(bars[-1])], dtype=np.int64), np.array(kinds, dtype=np.int64)


def heard_in_units(score: Score, bounds: NDArray[np.int64]) -> tuple[Array, NDArray[np.int64]]:
    """Return how much of each unit each pitch class sounds (0-1) `[shape=(n, 12)]`, and its lowest one, or -1 `[shape=(n,)]`.

    >>> from boya.score import Track, note_array
    >>> shares, bass = heard_in_units(Score((Track(note_array([(0, 480, 60, 80)])),)), np.array([0, 960]))
    >>> float(shares[0, 0]), bass.tolist()
    (0.5, [0])
    """
    sounding = sounding_in_units(score, bounds)
    shares = np.minimum(sounding @ (np.arange(128)[:, None] % 12 == np.arange(12)), 1.0)
    low = sounding > SHORTEST_BASS
    return shares, np.where(low.any(axis=1), low.argmax(axis=1) % 12, -1)


def sounding_in_units(score: Score, bounds: NDArray[np.int64]) -> Array:
    """Return how much of each unit each pitch sounds, more than 1 where several notes of it do. `[shape=(n, 128)]`

    >>> from boya.score import Track, note_array
    >>> float(sounding_in_units(Score((Track(note_array([(0, 480, 60, 80)])),)), np.array([0, 960]))[0, 60])
    0.5
    """
    sounding = np.zeros((len(bounds) - 1, 128))
    for track in score.tracks:
        if not track.is_drum and track.n_notes:
            _add_sounding(sounding, track.notes["onset"], note_ends(track.notes), track.notes["pitch"], bounds)
    return sounding / np.maximum(np.diff(bounds), 1)[:, None]


def _add_sounding(
    sounding: Array, onset: NDArray[np.int64], end: NDArray[np.int64], pitch: NDArray[np.int64], bounds: NDArray[np.int64]
) -> None:
    """Add the ticks that each note sounds in each unit; one round of the loop for each unit that the longest note spans."""
    at = np.searchsorted(bounds, onset, side="right") - 1
    onset, pitch = onset.astype(np.int64), pitch.astype(np.int64)
    while len(at):
        stop = np.minimum(end, bounds[at + 1])
        np.add.at(sounding, (at, pitch), stop - onset)
        longer = (end > bounds[at + 1]) & (at + 2 < len(bounds))
        at, onset, end, pitch = at[longer] + 1, stop[longer], end[longer], pitch[longer]


def _emissions(shares: Array, bass: NDArray[np.int64]) -> Array:
    """Log odds of what is heard for each chord. `[shape=(n, n_qualities * 12)]`"""
    notes, basses, prior, _ = _odds()
    fit = NOTES_WEIGHT * shares @ notes.T + prior
    known = bass >= 0
    fit[known] += BASS_WEIGHT * basses[:, bass[known]].T
    return fit


def likeliest_path(emissions: Array, kinds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the chord of each unit (Viterbi) `[shape=(n,)]`, from log odds `[shape=(n, n_chords)]` and the kinds of the places.

    A change leads to any chord with equal odds, so one maximum serves all.

    >>> likeliest_path(np.log([[0.9, 0.1], [0.4, 0.6], [0.9, 0.1]]), np.array([0, 1, 2])).tolist()
    [0, 0, 0]
    """
    n, n_chords = emissions.shape
    change = _odds()[3]
    leave, stay = np.log(change / n_chords), np.log1p(-change)
    came_from = np.zeros((n, n_chords), dtype=np.int64)
    best = emissions[0].copy()
    for t in range(1, n):
        top = int(best.argmax())
        moved, kept = best[top] + leave[kinds[t]], best + stay[kinds[t]]
        came_from[t] = np.where(kept >= moved, np.arange(n_chords), top)
        best = np.maximum(kept, moved) + emissions[t]
    path = np.empty(n, dtype=np.int64)
    path[-1] = best.argmax()
    for t in range(n - 1, 0, -1):
        path[t - 1] = came_from[t, path[t]]
    return path


def silent_units(shares: Array) -> NDArray[np.bool_]:
    """Return which units lie in a silence of at least `SILENT_UNITS`, or in music that is silent throughout. `[shape=(n,)]`

    >>> silent_units(np.zeros((2, 12))).tolist()
    [True, True]
    """
    quiet = shares.sum(axis=1) == 0
    runs = [(value, len(list(run))) for value, run in groupby(quiet.tolist())]
    return np.repeat([value and (n >= SILENT_UNITS or len(runs) == 1) for value, n in runs], [n for _, n in runs])


def _merged(path: Iterable[int], bounds: list[int]) -> Iterable[Chord]:
    """Chords from one index per unit."""
    names = [row["quality"] for row in load_table("chord_profiles")["profile"]]
    units = zip(path, bounds[:-1], bounds[1:], strict=True)
    for index, run in groupby(units, key=lambda unit: unit[0]):
        spans = list(run)
        onset, duration = spans[0][1], spans[-1][2] - spans[0][1]
        yield Chord(onset, duration, None, "") if index < 0 else Chord(onset, duration, index % 12, names[index // 12])


@cache
def _odds() -> tuple[Array, Array, Array, Array]:
    """Log odds of notes and bass for each chord `[shape=(n_chords, 12)]`, of each chord, and the odds of a change by place."""
    table = load_table("chord_profiles")
    rows = [(row, root) for row in table["profile"] for root in range(12)]
    notes = np.array([np.roll(row["notes"], root) for row, root in rows])
    basses = np.array([np.roll(row["bass"], root) for row, root in rows])
    prior = np.array([row["share"] for row, _ in rows])
    change = np.array([table["change"][place] for place in ("bar", "weak", "middle")])
    return np.log(notes), np.log(basses), np.log(prior), change
