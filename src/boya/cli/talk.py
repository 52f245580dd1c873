"""How commands talk: data on stdout, everything else on stderr."""

import json
import secrets
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

__all__ = ["Meter", "Progress", "choose_seed", "emit", "say", "table", "wrote"]


def say(text: str) -> None:
    """Tell the person something that is not data."""
    print(text, file=sys.stderr, flush=True)


def emit(data: Mapping[str, Any], text: str, as_json: bool) -> None:
    """Print the result: one JSON object, or its text."""
    print(json.dumps(data, ensure_ascii=False, indent=2, default=str) if as_json else text)


class Meter:
    """A progress line on stderr: rewritten in place on a terminal, every tenth of the way in a log."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._is_terminal = sys.stderr.isatty()
        self._tenth = -1
        self._open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._open:
            print(file=sys.stderr)

    def show(self, done: int, total: int, eta_second: float | None) -> None:
        """Show how far the work is, and how many seconds remain when that is known."""
        left = "" if eta_second is None or done >= total else f", {round(eta_second)} s left"
        line = f"{done} of {total} {self.noun}{left}"
        if self._is_terminal:
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
            self._open = True
        elif total and done * 10 // total > self._tenth:
            self._tenth = done * 10 // total
            say(line)


class Progress(Meter):
    """A meter that is called with how much is done and how much there is, and reckons the time that remains."""

    def __init__(self, noun: str) -> None:
        super().__init__(noun)
        self._began = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Show how far the work is."""
        passed = time.monotonic() - self._began
        self.show(done, total, passed / done * (total - done) if done else None)


def choose_seed(seed: int | None) -> int:
    """Return the given seed, or draw one and tell it."""
    if seed is None:
        seed = secrets.randbelow(2**31)
        say(f"seed {seed} (the same music again: --seed {seed})")
    return seed


def wrote(paths: Sequence[Path]) -> str:
    """Return what was written, one line per file, with sizes.

    >>> wrote([])
    ''
    """
    return "\n".join(f"wrote {path} ({path.stat().st_size / 1000:.1f} kB)" for path in paths)


def table(rows: Sequence[Sequence[object]]) -> str:
    """Return rows as aligned columns.

    >>> print(table([("track", "notes"), ("bass", 12)]))
    track  notes
    bass   12
    """
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells)
