"""The second stage of a search for what was sung: the recording laid over the melody of each place, moment by moment.

The melody of a place becomes a *contour*: its pitch at every moment, in the key and at the tempo in which the place was found.
Moments and contour are aligned by dynamic time warping with free ends on the side of the piece, from half as fast to twice as
fast, at `BEND` for each step that is off the tempo. All places are aligned at once, so arrays have the places last.

Source: Sakoe & Chiba, "Dynamic programming algorithm optimization for spoken word recognition", IEEE Trans. ASSP 26, 1978
(steps); J.-S. R. Jang & H.-R. Lee, "Hierarchical filtering method for content-based music retrieval via acoustic input", ACM
Multimedia 2001 (contours in place of notes).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.listening.search.segment import Segment
from boya.listening.search.sung import N_PITCHES, Sung
from boya.listening.search.voting import Places

__all__ = ["Around", "around", "unlikeness"]

BEND = 0.3
OUTSIDE = 4.0  # cost of a moment beyond the line
SLACK_SECOND, SLACK = 1.0, 1.12  # how much earlier a place is looked at, in seconds and for each second before the gram
SPARE = 16  # notes of the piece that are looked at on both sides, besides two for each of the query
_KNOWN = 3  # notes of the query that tell the tempo

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Around:
    """The notes around places. `[shape=(notes, places)]`, and `[shape=(places,)]` from `transposition` on.

    Attributes
    ----------
    notes
        numbers in the segment
    is_inside
        whether they are of the same line
    run
        which note of the query each would be, were nothing wrong: 0 for the first
    pitches, gaps
        of the notes; pitches in the key of the query
    transposition
        semitones by which the piece is higher
    ratio
        steps of the piece for a second of the query
    """

    notes: Ints
    is_inside: NDArray[np.bool_]
    run: Ints
    pitches: Ints
    gaps: Ints
    transposition: Ints
    ratio: NDArray[np.float64]


def around(segment: Segment, query: Sung, places: Places) -> Around:
    """Return the notes around places; the middle one of three runs tells the tempo."""
    most = 2 * len(query) + SPARE
    notes = places.notes + np.arange(-most, most)[:, None]
    line = segment.line_at(places.notes)
    is_inside = (notes >= segment.starts[line]) & (notes < segment.starts[line + 1].astype(np.int64))
    notes = np.clip(notes, 0, segment.n_notes - 1)
    transposition = segment.pitches[places.notes].astype(np.int64) - query.pitches[places.asked]
    pitches, gaps = segment.pitches[notes] - transposition, np.maximum(segment.gaps[notes], 1).astype(np.int64)
    run = np.cumsum(np.diff(pitches, axis=0, prepend=pitches[:1]) != 0, axis=0)
    run += places.asked - run[most]
    ratios = []
    for later in range(_KNOWN):
        at = np.minimum(places.asked + later, len(query) - 1)
        lasts = np.where(is_inside & (run == at), gaps, 0).sum(axis=0)
        ratios.append(np.maximum(lasts, 1) / (query.onsets()[at + 1] - query.onsets()[at]))
    return Around(notes, is_inside, run, pitches, gaps, transposition, np.median(ratios, axis=0))


def unlikeness(query: Sung, places: Places, near: Around) -> Floats:
    """Return how badly moments fit each place, in nats for each moment: 0 where all are sure. `[shape=(places,)]`"""
    likely = np.pad(query.likely, ((0, 0), (0, 1)), constant_values=-OUTSIDE)
    contour = _contours(query, places, near)
    before = np.full(contour.shape, np.inf, dtype=np.float32)
    last = cost = -likely[0][contour]
    for moment in likely[1:]:
        cost_before, cost = cost, -moment[contour]
        new = np.full_like(last, np.inf)
        new[1:] = last[:-1]
        np.minimum(new[2:], last[:-2] + np.float32(BEND), out=new[2:])
        np.minimum(new[1:], before[:-1] + cost_before[1:] + np.float32(BEND), out=new[1:])
        new += cost
        before, last = last, new
    return np.asarray(last.min(axis=0) / len(likely), dtype=np.float32)


def _contours(query: Sung, places: Places, near: Around) -> Ints:
    """The pitch of each place at each moment; `N_PITCHES` outside its line. `[shape=(moments, places)]`"""
    onsets = np.cumsum(near.gaps, axis=0) - near.gaps
    middle, columns = len(onsets) // 2, np.arange(len(places))
    lead = SLACK * query.onsets()[places.asked + 1] + SLACK_SECOND
    n_moments = round(SLACK * len(query.likely) + 2 * SLACK_SECOND / query.hop_second)
    seconds = np.arange(n_moments)[:, None] * query.hop_second - lead
    steps = (onsets[middle] + near.gaps[middle] + seconds * near.ratio).astype(np.float32)
    at = np.full(steps.shape, -1, dtype=np.int64)
    for row in onsets:
        at += row <= steps
    pitches = near.pitches[at, columns]
    is_known = (at >= 0) & (at < len(onsets) - 1) & near.is_inside[at, columns] & (pitches >= 0) & (pitches < N_PITCHES)
    return np.where(is_known, pitches, N_PITCHES)
