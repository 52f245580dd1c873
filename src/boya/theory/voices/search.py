"""The cheapest way through a row of stages, exactly: dynamic programming over all voicings of all chords.

Conventions: costs are float32, without end where a hard rule would break. `Ways` keeps what every voicing costs from the left and
from the right, so that the best way through any voicing, and so the next best chord of any place, can be read off.
Source: R. Bellman, "Dynamic Programming", 1957.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

__all__ = ["Ways", "cheapest"]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Steps = Callable[[int], Floats]


@dataclass(frozen=True, eq=False)
class Ways:
    """All ways through the stages.

    Attributes
    ----------
    costs
        of each voicing by itself, a row for each stage
    steps
        the cost matrix from stage n to n + 1, `[shape=(n_before, n_after)]`
    left
        cost of the cheapest way to each voicing, itself included
    came
        the voicing before it on that way
    """

    costs: tuple[Floats, ...]
    steps: Steps
    left: tuple[Floats, ...]
    came: tuple[Ints, ...]

    @property
    def total(self) -> float:
        """Cost of the cheapest way; infinite where there is none."""
        return float(self.left[-1].min(initial=np.inf))

    @property
    def blocked(self) -> int | None:
        """The first stage that no way reaches, None where there is a way to the end."""
        return next((n for n, cost in enumerate(self.left) if not np.isfinite(cost).any()), None)

    @cached_property
    def right(self) -> tuple[Floats, ...]:
        """Cost of the cheapest way from each voicing to the end, without itself."""
        found = [np.zeros_like(self.costs[-1])]
        for stage in range(len(self.costs) - 2, -1, -1):
            found.append((self.steps(stage) + (self.costs[stage + 1] + found[-1])).min(axis=1))
        return tuple(found[::-1])

    def best(self) -> list[int]:
        """Return the voicing of each stage on the cheapest way."""
        return self.through(len(self.left) - 1, int(self.left[-1].argmin()))

    def through(self, stage: int, voicing: int) -> list[int]:
        """Return the cheapest way through a voicing of a stage."""
        way = [voicing]
        for number in range(stage, 0, -1):
            way.append(int(self.came[number][way[-1]]))
        way.reverse()
        for number in range(stage, len(self.costs) - 1):
            onward = self.steps(number)[way[-1]] + self.costs[number + 1] + self.right[number + 1]
            way.append(int(onward.argmin()))
        return way

    def through_cost(self, stage: int) -> Floats:
        """Return the cost of the cheapest way through each voicing of a stage."""
        return np.asarray(self.left[stage] + self.right[stage])


def cheapest(costs: Sequence[Floats], steps: Steps) -> Ways:
    """Find the cheapest ways through stages.

    Parameters
    ----------
    costs
        of the voicings of each stage
    steps
        called with n, returns the cost matrix from stage n to n + 1

    Examples
    --------
    >>> row = np.zeros(2, dtype=np.float32)
    >>> ways = cheapest([row, row], lambda _: np.array([[3, 1], [np.inf, 2]], dtype=np.float32))
    >>> ways.best(), ways.total
    ([0, 1], 1.0)
    """
    left, came = [np.asarray(costs[0])], [np.zeros(len(costs[0]), dtype=np.int64)]
    for stage, cost in enumerate(costs[1:]):
        through = left[-1][:, None] + steps(stage)
        if not through.size:
            left.append(np.full(len(cost), np.inf, dtype=np.float32))
            came.append(np.zeros(len(cost), dtype=np.int64))
            continue
        pick = through.argmin(axis=0)
        came.append(pick)
        left.append(np.take_along_axis(through, pick[None], axis=0)[0] + cost)
    return Ways(tuple(costs), steps, tuple(left), tuple(came))
