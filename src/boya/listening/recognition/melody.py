"""Which notes are the melody, and which track.

Conventions: what is told is how likely each note is to be melody, float32 0-1, for each track of the score in the order of its
notes. Instruments and names of tracks are not read: all notes are heard as one stream, as in the published task. The skyline, the
highest note that begins while no higher one sounds, is the baseline.
Source: Chou et al. 2021 (MidiBERT) for the task; Uitdenbogerd and Zobel 1998 for the skyline.
"""

import numpy as np
from numpy.typing import NDArray

from boya.models.encoder import Encoder
from boya.representation.note_rows import DRUMS, PARTS, NoteRows, note_rows
from boya.score import Score, note_ends

__all__ = ["SAME_TIME", "melody_of_tracks", "part_shares", "skyline"]

SAME_TIME = 40
"""ticks within which notes begin together: a step"""


def part_shares(rows: NoteRows, encoder: Encoder) -> NDArray[np.float32]:
    """Return how likely each note is of each of PARTS, from all but the instruments. [shape=(notes, parts)]"""
    return encoder.parts(rows.hiding("instrument"))


def melody_of_tracks(score: Score, encoder: Encoder) -> tuple[NDArray[np.float32], ...]:
    """Return how likely each note of each track is to be melody; a note of drums never is.

    Raises
    ------
    RequestError
        if the score has no notes.
    """
    rows = note_rows(score)
    is_drum = rows.values[:, 1] >= DRUMS
    likely = np.where(is_drum, 0.0, part_shares(rows, encoder)[:, PARTS.index("melody")]).astype(np.float32)
    found = tuple(np.zeros(track.n_notes, dtype=np.float32) for track in score.tracks)
    for number, shares in enumerate(found):
        own = rows.source[:, 0] == number
        shares[rows.source[own, 1]] = likely[own]
    return found


def skyline(score: Score) -> tuple[NDArray[np.bool_], ...]:
    """Return which notes of each track are the highest of those that begin together while no higher note sounds.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> score = Score((Track(note_array([(0, 960, 72, 80), (0, 480, 60, 80), (480, 480, 64, 80)])),))
    >>> skyline(score)[0].tolist()
    [False, True, False]
    """
    found = tuple(np.zeros(track.n_notes, dtype=bool) for track in score.tracks)
    notes = [
        (round(onset / SAME_TIME), -pitch, int(end), track, place)
        for track, of in enumerate(score.tracks)
        if not of.is_drum
        for place, (onset, pitch, end) in enumerate(
            zip(of.notes["onset"].tolist(), of.notes["pitch"].tolist(), note_ends(of.notes).tolist(), strict=True)
        )
    ]
    last, top, until = -1, 0, 0
    for onset, low, end, track, place in sorted(notes):
        is_under = onset * SAME_TIME < until and -low < top
        if onset != last and not is_under:
            found[track][place] = True
            top, until = -low, end
        last = onset
    return found
