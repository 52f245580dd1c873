"""What an area is given to measure with, and how it writes a row.

Conventions: a row's command is what anyone can type in a copy of the repository; paths that are only true here never stand in it.
Commands and files of the repository (benchmarks, scripts, `.venv`) are looked for in the working folder; where they are not,
the area says so and goes on.
"""

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from boya.corpus import open_packed
from boya.corpus.packed import Packed
from boya.errors import InputError
from boya.evaluation.scoreboard import Row, hardware

__all__ = ["Setup", "median_second"]


def _silent(_: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Setup:
    """What to measure with.

    Attributes
    ----------
    area
        the area that is measured; stands in its rows
    packed
        folder of a packed corpus
    models
        folder of exported models that do not ship: `gan-likelihood`, `gan-dense`; `composer` where it does not
    data
        folder with `catalog.csv`, from which the corpus is built again when `slow`
    seed
        of everything drawn
    quick
        small numbers: shows that everything runs, the figures are noisy
    slow
        also what takes minutes
    note
        told what was left out, and why
    """

    area: str = ""
    packed: Path | None = None
    models: Path = Path("runs/models")
    data: Path | None = None
    seed: int = 0
    quick: bool = False
    slow: bool = False
    note: Callable[[str], None] = field(default=_silent, repr=False)

    @property
    def command(self) -> str:
        """The command that measures this area."""
        words = ["boya evaluate --area", self.area]
        words += ["--packed packed"] if self.packed else []
        words += [f"--seed {self.seed}"] if self.seed else []
        return " ".join(words + ["--quick"] * self.quick)

    def rng(self) -> np.random.Generator:
        """Return the generator of this run, the same each time."""
        return np.random.default_rng(self.seed)

    def corpus(self) -> Packed:
        """Open the packed corpus.

        Raises
        ------
        InputError
            if none is given.
        """
        if self.packed is None:
            raise InputError(f"the area {self.area} needs a packed corpus; give --packed FOLDER (made by: boya corpus build)")
        return open_packed(self.packed)

    def pick(self, full: int, quick: int) -> int:
        """Return one of two sizes."""
        return quick if self.quick else full

    def row(
        self,
        metric: str,
        model: str,
        value: float,
        unit: str = "",
        *,
        at_most: float | None = None,
        at_least: float | None = None,
        published: float | str | None = None,
        command: str | None = None,
    ) -> Row:
        """Return a row of this area, measured now.

        Parameters
        ----------
        at_most, at_least
            the bar: one of them, or none for a baseline
        command
            in place of `Setup.command`

        Raises
        ------
        InputError
            if the value is not finite.

        Examples
        --------
        >>> row = Setup("speed").row("compose, cold", "boya", 3.25, "s", at_most=4)
        >>> row.bar, row.holds, row.command
        (4, True, 'boya evaluate --area speed')
        """
        if not math.isfinite(value):
            raise InputError(f"a figure must be finite; {metric} of {model} is {value}")
        bar = at_most if at_most is not None else at_least
        holds = None if bar is None else bool(value <= bar if at_most is not None else value >= bar)
        told: dict[str, Any] = {"command": command or self.command, "hardware": hardware(), "published": published}
        return Row(self.area, metric, model, value, unit, bar, holds, date=datetime.now(UTC).date().isoformat(), **told)


def median_second(action: Callable[[], object], repeats: int) -> float:
    """Return the median time of several runs, in seconds; one run before them is not counted.

    >>> median_second(lambda: None, 3) < 1
    True
    """
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])
