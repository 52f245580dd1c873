"""How large a file may be before Boya refuses it.

The defaults are far above any piece of music (an opera has some 10,000 quarters and 300,000 notes) and low enough that a hostile
file costs neither memory nor minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from boya.errors import LimitError
from boya.score import TICKS_PER_QUARTER, Track

__all__ = ["Limits", "check_tracks"]


@dataclass(frozen=True)
class Limits:
    """Largest accepted sizes.

    >>> Limits(notes=10).notes
    10
    """

    n_bytes: int = 32 * 2**20
    """Bytes of the file as it lies on disk."""
    unpacked_bytes: int = 64 * 2**20
    """Bytes of one compressed file once unpacked."""
    ratio: float = 200.0
    """Unpacked bytes per packed byte of a compressed file."""
    tracks: int = 1024
    """Tracks, staves or voices."""
    notes: int = 2_000_000
    """Notes of all tracks."""
    text_notes: int = 200_000
    """Notes of a MusicXML or ABC file, which take about 0.5 ms each to read."""
    length_quarter: int = 100_000
    """Length in quarters."""

    @property
    def length(self) -> int:
        """Length in ticks."""
        return self.length_quarter * TICKS_PER_QUARTER


def check_tracks(tracks: Sequence[Track], limits: Limits) -> None:
    """Raise if the tracks are too many, too full or too long."""
    for what, limit, found in (
        ("tracks", limits.tracks, len(tracks)),
        ("notes", limits.notes, sum(track.n_notes for track in tracks)),
        ("ticks", limits.length, max((track.end for track in tracks), default=0)),
    ):
        if found > limit:
            raise LimitError(
                f"a score may have {limit} {what}; it has {found}. Split it, or pass files.Limits with a higher limit."
            )
