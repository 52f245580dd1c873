"""Randomness of one update, drawn anew from the seed and the update's number.

Conventions: everything is drawn for the whole batch of all processes, on every process alike, and each takes its rows. So a
resumed run needs no saved state, and two processes follow the same curve as one.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

__all__ = ["Draws"]


class Draws:
    """Random numbers of update `step` of a run with `seed`: `rng` for choices in NumPy, methods for tensors on `device`.

    >>> Draws(1, 5).normal((2, 3)).equal(Draws(1, 5).normal((2, 3)))
    True
    """

    def __init__(self, seed: int, step: int, device: torch.device | str = "cpu") -> None:
        self.step = step
        self.rng = np.random.default_rng([seed, step])
        self.device = torch.device(device)
        self._generator = torch.Generator(self.device)
        self._generator.manual_seed(int(self.rng.integers(2**62)))

    def normal(self, shape: Sequence[int]) -> Tensor:
        """Standard normal numbers."""
        return torch.randn(*shape, generator=self._generator, device=self.device)

    def uniform(self, shape: Sequence[int]) -> Tensor:
        """Numbers from 0 to below 1."""
        return torch.rand(*shape, generator=self._generator, device=self.device)

    def gumbel(self, shape: Sequence[int]) -> Tensor:
        """Gumbel noise: added to logits, the largest is a draw from their softmax."""
        return -(-self._inside(shape).log()).log()

    def logistic(self, shape: Sequence[int]) -> Tensor:
        """Logistic noise: added to a logit, its sign is a draw from its sigmoid."""
        u = self._inside(shape)
        return u.log() - (-u).log1p()

    def _inside(self, shape: Sequence[int]) -> Tensor:
        """Numbers between 0 and 1 that are neither."""
        return self.uniform(shape).clamp(1e-6, 1 - 1e-6)
