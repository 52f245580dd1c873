"""The likeliest keys and numerals of a score, all at once.

A hidden Markov chain over frames: its states are a key (24), a numeral (`vocabulary`) and an inversion. From frame to frame a
state stays or another chord comes, in the same key or in a new one. A key changes where a chord can be heard in both: the last
chord is taken as the chord that sounds alike in the new key, and the next one follows it there (a pivot); or, at a price, from
anywhere.
The likeliest path is found exactly (Viterbi).

Conventions: what is said of every key has 12 tonics first, then rows or states, those of major before those of minor; scores are
natural logarithms.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from boya.theory.analysis.frames import Frames
from boya.theory.analysis.odds import Odds
from boya.theory.analysis.vocabulary import Vocabulary, vocabulary

__all__ = ["Path", "decode", "fits"]

MOST_ALIKE = 3  # rows of a mode that sound alike: VII and V/III

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Path:
    """Tonic and state of each frame, and whether a chord begins there. `[shape=(n,)]`"""

    tonic: Ints
    state: Ints
    begins: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Tables:
    """What depends on the vocabulary alone: where rows, states and chords stand in flat arrays."""

    first_state: Ints  # of each row
    state_fit: Ints  # of each (tonic, state), index into a flat (quality, inversion, root)
    row_chord: Ints  # of each flat (tonic, row), its chord: quality * 12 + root
    row_key: Ints  # of each flat (tonic, row), its key: mode * 12 + tonic
    chord_rows: Ints  # of each (key, chord), up to MOST_ALIKE flat (tonic, row); the number of them all where there is none


def fits(frames: Frames, odds: Odds) -> Floats:
    """Return how well each chord fits each frame. `[shape=(n, n_qualities, 4 inversions, 12 roots)]`"""
    words = vocabulary()
    share, silent = frames.share, 1 - frames.share
    inside, outside = share * odds.inside[frames.manner], share * odds.outside[frames.manner]
    is_member = np.zeros((len(words.qualities), 12))
    for row, tones in zip(is_member, words.members, strict=True):
        row[tones[tones >= 0]] = 1
    fit = np.empty((len(share), len(words.qualities), 12))
    for root in range(12):
        turn = (np.arange(12) - root) % 12
        there, here = odds.present[:, turn], is_member[:, turn]
        fit[:, :, root] = share @ there.T + silent @ odds.absent[:, turn].T + inside @ here.T + outside @ (1 - here).T
    full = np.repeat(fit[:, :, None, :], 4, axis=2)
    known = np.flatnonzero(frames.bass >= 0)
    intervals = (frames.bass[known, None] - np.arange(12)) % 12
    full[known] += np.moveaxis(odds.bass[:, :, intervals], 2, 0)
    full[frames.share.sum(axis=1) == 0] = 0
    return full * frames.weight[:, None, None, None]


def _scale_fits(frames: Frames, odds: Odds) -> Floats:
    """Return what the notes foreign to each row's chord and to its key take away. `[shape=(n, 12 tonics, n_rows)]`"""
    words = vocabulary()
    turned = np.stack([np.roll(frames.share, -tonic, axis=1) for tonic in range(12)], axis=1)
    strange = np.zeros((len(words.rows), 12))
    for i, row in enumerate(words.rows):
        strange[i] = odds.strange[("major", "minor").index(row.mode)]
        strange[i, [(row.offset + m) % 12 for m in words.members[words.row_quality[i]] if m >= 0]] = 0
    found: Floats = (turned @ strange.T) * frames.weight[:, None, None]
    return found


def decode(frames: Frames, odds: Odds, home: Floats | None = None) -> Path:
    """Return the likeliest path.

    Parameters
    ----------
    home
        odds of each key in this piece, mode * 12 + tonic `[shape=(24,)]`
    """
    words, tables = vocabulary(), _tables()
    fit, strange = fits(frames, odds).reshape(len(frames.place), -1), _scale_fits(frames, odds)
    n, n_states = len(fit), len(words.state_row)
    if not n:
        return Path(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool))
    home = np.zeros(24) if home is None else home
    home_of_row = home[tables.row_key].reshape(12, -1)
    price = _key_price(odds)
    source = np.zeros((n, 12, len(words.rows)), dtype=np.int32)
    stayed = np.zeros((n, 12, n_states), dtype=bool)
    best = fit[0][tables.state_fit] + (strange[0] + odds.first + home_of_row)[:, words.state_row] + odds.inversion
    for t in range(1, n):
        arrived, source[t] = _moved(best, words, odds, price, odds.change[frames.place[t]])
        arrived += home_of_row
        new = arrived[:, words.state_row] + odds.inversion
        kept = best + odds.keep[frames.place[t]][words.state_row]
        stayed[t] = kept >= new
        best = np.where(stayed[t], kept, new) + fit[t][tables.state_fit] + strange[t][:, words.state_row]
    return _retraced(best, source, stayed, words)


def _moved(best: Floats, words: Vocabulary, odds: Odds, price: Floats, change: Floats) -> tuple[Floats, Ints]:
    """Best score of arriving at each row of each key by a new chord, and the flat (tonic, state) it came from."""
    tables = _tables()
    n_states = best.shape[1]
    by_row = np.maximum.reduceat(best, tables.first_state, axis=1)
    is_best = best == by_row[:, words.state_row]
    state_of = np.minimum.reduceat(np.where(is_best, np.arange(n_states), n_states), tables.first_state, axis=1)
    source = np.arange(12)[:, None] * n_states + state_of
    by_row = by_row + change
    leaving, through = _through_pivots(by_row, odds, price)
    came = source.reshape(-1)[through]
    arrived, at = np.empty_like(by_row), np.empty(by_row.shape, dtype=np.int64)
    for low, high in zip(words.first[:-1], words.first[1:], strict=True):
        paths = leaving[:, :, None][:, low:high] + odds.follow[low:high, low:high]
        best_before = paths.argmax(axis=1)
        arrived[:, low:high] = np.take_along_axis(paths, best_before[:, None, :], axis=1)[:, 0]
        at[:, low:high] = np.take_along_axis(came[:, low:high], best_before, axis=1)
    fresh, fresh_row = _from_anywhere(by_row, words, odds, price)
    better = fresh > arrived
    return np.where(better, fresh, arrived), np.where(better, source.reshape(-1)[fresh_row], at)


def _through_pivots(by_row: Floats, odds: Odds, price: Floats) -> tuple[Floats, Ints]:
    """Score of leaving each row of each key, where the row may have been heard in another key before; and the flat row it was."""
    tables = _tables()
    padded = np.append(by_row.reshape(-1), -np.inf)
    alike = padded[tables.chord_rows]
    which = alike.argmax(axis=2)
    sounding = np.take_along_axis(alike, which[:, :, None], axis=2)[:, :, 0]
    where = np.take_along_axis(tables.chord_rows, which[:, :, None], axis=2)[:, :, 0]
    candidates = sounding[:, tables.row_chord] + price[:, tables.row_key]
    key = candidates.argmax(axis=0)
    pivoted = candidates[key, np.arange(len(key))]
    same = by_row.reshape(-1) + price[tables.row_key, tables.row_key]
    own = same >= pivoted
    flat = np.arange(len(key))
    through = np.where(own, flat, where[key, tables.row_chord])
    return np.where(own, same, pivoted).reshape(by_row.shape), through.reshape(by_row.shape)


def _from_anywhere(by_row: Floats, words: Vocabulary, odds: Odds, price: Floats) -> tuple[Floats, Ints]:
    """Score of each row of each key as the first of a new key without a pivot, and the flat row before it."""
    n_rows = by_row.shape[1]
    halves = [by_row[:, low:high] for low, high in zip(words.first[:-1], words.first[1:], strict=True)]
    tops = np.concatenate([half.max(axis=1) for half in halves])
    where = np.concatenate(
        [np.arange(12) * n_rows + low + half.argmax(axis=1) for low, half in zip(words.first, halves, strict=False)]
    )
    candidates = tops[:, None] + price
    np.fill_diagonal(candidates, -np.inf)
    key = candidates.argmax(axis=0)
    row_key = _tables().row_key
    fresh = (candidates.max(axis=0)[row_key] + odds.no_pivot).reshape(by_row.shape) + odds.first
    return fresh, where[key][row_key].reshape(by_row.shape)


def _key_price(odds: Odds) -> Floats:
    """Odds of going from a key (mode * 12 + tonic) to a key. `[shape=(24, 24)]`"""
    turn = (np.arange(12)[None, :] - np.arange(12)[:, None]) % 12
    return np.block([[odds.key[before, turn, after] for after in range(2)] for before in range(2)])


@cache
def _tables() -> _Tables:
    """The tables of the vocabulary."""
    words = vocabulary()
    n_rows, tonics = len(words.rows), np.arange(12)[:, None]
    row = words.state_row
    roots = (tonics + words.row_offset) % 12
    state_fit = (words.row_quality[row] * 4 + words.state_inversion) * 12 + roots[:, row]
    row_chord = words.row_quality * 12 + roots
    row_key = (np.arange(n_rows) >= words.first[1]) * 12 + tonics
    chord_rows = np.full((24, len(words.qualities) * 12, MOST_ALIKE), 12 * n_rows)
    n_alike = np.zeros(chord_rows.shape[:2], dtype=np.int64)
    for flat, (key, chord) in enumerate(zip(row_key.reshape(-1).tolist(), row_chord.reshape(-1).tolist(), strict=True)):
        chord_rows[key, chord, n_alike[key, chord]] = flat
        n_alike[key, chord] += 1
    first_state = np.searchsorted(row, np.arange(n_rows))
    return _Tables(first_state, state_fit, row_chord.reshape(-1), row_key.reshape(-1), chord_rows)


def _retraced(best: Floats, source: NDArray[np.int32], stayed: NDArray[np.bool_], words: Vocabulary) -> Path:
    """The path that ends best."""
    n, n_states = len(source), best.shape[1]
    tonic, state, begins = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), np.ones(n, dtype=bool)
    tonic[-1], state[-1] = divmod(int(best.argmax()), n_states)
    for t in range(n - 1, 0, -1):
        if stayed[t, tonic[t], state[t]]:
            tonic[t - 1], state[t - 1], begins[t] = tonic[t], state[t], False
        else:
            tonic[t - 1], state[t - 1] = divmod(int(source[t, tonic[t], words.state_row[state[t]]]), n_states)
    return Path(tonic, state, begins)
