"""How far a build is and when it will end, honestly: bytes decide, and what an earlier run did says nothing about the speed."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

__all__ = ["Clock", "Progress"]


@dataclass(frozen=True)
class Progress:
    """How far a build is; `eta_second` counts bytes, not files, as a quartet takes longer than a drum loop (None at first)."""

    done: int
    total: int
    rate: float  # files a second in this run
    elapsed_second: float
    eta_second: float | None


class Clock:
    """Counts files and bytes and tells the progress.

    >>> told: list[Progress] = []
    >>> clock = Clock(2, 200, told.append, now=iter([0.0, 3.0]).__next__)
    >>> clock.count(1, 150)
    >>> told[0].done, told[0].eta_second
    (1, 1.0)
    """

    def __init__(
        self, total: int, total_bytes: int, tell: Callable[[Progress], None] | None, now: Callable[[], float] = monotonic
    ) -> None:
        self._total, self._left_bytes, self._tell, self._now = total, total_bytes, tell, now
        self._done = self._worked = self._worked_bytes = 0
        self._start = now()

    def skip(self, n_pieces: int, n_bytes: int) -> None:
        """Count what an earlier run did."""
        self._done += n_pieces
        self._left_bytes -= n_bytes

    def count(self, n_pieces: int, n_bytes: int) -> None:
        """Count finished work and tell it."""
        self.skip(n_pieces, n_bytes)
        self._worked += n_pieces
        self._worked_bytes += n_bytes
        elapsed = self._now() - self._start
        eta = elapsed * max(self._left_bytes, 0) / self._worked_bytes if self._worked_bytes else None
        if self._tell:
            self._tell(Progress(self._done, max(self._total, self._done), self._worked / max(elapsed, 1e-9), elapsed, eta))
