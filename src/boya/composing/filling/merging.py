"""Kept notes and written ones as one score."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from boya.composing.filling.desk import Desk
from boya.composing.filling.lanes import Row
from boya.composing.filling.passage import to_notes
from boya.score import NoteArray, Score, Track, note_ends

__all__ = ["merged"]


def merged(desk: Desk, rows: Iterable[tuple[Row, ...]]) -> Score:
    """Return the piece with what is kept and what is written, by track.

    Kept notes need not lie on steps. Where one of the same pitch is less than a step in the way, the written note gives way, or a
    player that hears the two overlap would end both at once.
    """
    return desk.sheet.score.with_tracks(_tracks(desk, rows))


def _tracks(desk: Desk, rows: Iterable[tuple[Row, ...]]) -> Iterator[Track]:
    """The tracks of the piece."""
    for track, kept, own in zip(desk.sheet.score.tracks, desk.kept, rows, strict=True):
        notes = to_notes(own)
        if not track.is_drum:
            _give_way(notes, kept)
        yield replace(track, notes=np.concatenate([kept, notes]))


def _give_way(notes: NoteArray, kept: NoteArray) -> None:
    """Shorten notes, in place, where a kept one of the same pitch would overlap them."""
    for pitch in np.intersect1d(notes["pitch"], kept["pitch"]):
        own = np.flatnonzero(notes["pitch"] == pitch)
        theirs = kept[kept["pitch"] == pitch]
        onsets, ends = notes["onset"][own], note_ends(notes[own])
        following = np.searchsorted(theirs["onset"], onsets, side="right")
        held = np.append(0, np.maximum.accumulate(note_ends(theirs)))[following]
        limits = np.append(theirs["onset"], np.iinfo(np.int32).max)[following]
        begins = np.where(held < ends, np.maximum(onsets, held), onsets)
        notes["onset"][own] = begins
        notes["duration"][own] = np.minimum(ends, limits) - begins
