"""`compiled`: loops over samples, compiled by numba where it is installed, and the same function in Python where it is not.

A kernel is a plain function of numbers and one-dimensional arrays that calls nothing but `math`, and fills its last argument:
both ways do the same arithmetic in the same order. In Python it is given lists, which it walks three times as fast as arrays.
Nothing is compiled before the first call; what was compiled is kept on disk beside the file, or in the user's cache. Source: S.
K. Lam et al., "Numba: a LLVM-based Python JIT compiler", LLVM-HPC 2015.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Generic, ParamSpec

import numpy as np

__all__ = ["Kernel", "compiled", "has_numba", "plain_python"]

P = ParamSpec("P")
_plain = [False]


class Kernel(Generic[P]):
    """A function that is compiled when first called; `plain` is the function as it was written."""

    def __init__(self, function: Callable[P, None]) -> None:
        self.plain = function
        self.__doc__ = function.__doc__
        self.__name__ = function.__name__

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Run the kernel; it fills its last argument."""
        if has_numba() and not _plain[0]:
            self._fast(*args, **kwargs)
            return
        given: list[Any] = [value.tolist() if isinstance(value, np.ndarray) else value for value in args]
        run: Any = self.plain
        run(*given, **kwargs)
        out: Any = args[-1]
        out[:] = given[-1]

    @cached_property
    def _fast(self) -> Callable[P, None]:
        """The compiled function."""
        njit: Any = import_module("numba").njit
        try:
            fast: Callable[P, None] = njit(cache=True, fastmath=False)(self.plain)
        except RuntimeError:  # no place on disk to keep what is compiled
            fast = njit(fastmath=False)(self.plain)
        return fast


def compiled(function: Callable[P, None]) -> Kernel[P]:
    """Make a kernel of a function.

    Examples
    --------
    >>> @compiled
    ... def halved(tone, out):
    ...     for t in range(len(out)):
    ...         out[t] = 0.5 * tone[t]
    >>> out = np.zeros(2)
    >>> halved(np.array([1.0, 2.0]), out)
    >>> out.tolist()
    [0.5, 1.0]
    """
    return Kernel(function)


@cache
def has_numba() -> bool:
    """Return whether kernels are compiled here."""
    return find_spec("numba") is not None


@contextmanager
def plain_python() -> Iterator[None]:
    """Run kernels uncompiled inside a `with`: to compare, or to step through one.

    >>> with plain_python():
    ...     pass
    """
    before, _plain[0] = _plain[0], True
    try:
        yield
    finally:
        _plain[0] = before
