"""One map over many pieces of work: in this process, in a pool of processes, or on a Dask cluster.

Results come back as they finish, each with the number of its item, so the caller decides about order. Work in flight is bounded:
items are drawn from the iterator only when there is room, so a corpus larger than memory can be mapped. A worker that dies (out
of memory, killed, machine lost) costs a repetition of its items, a few times at most.
"""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from typing import Any, TypeVar

from boya.errors import CorpusError, InputError, MissingExtraError

__all__ = ["map_items"]

Item = TypeVar("Item")
Result = TypeVar("Result")
Numbered = Iterator[tuple[int, Item]]

_ATTEMPTS = 3
_CONNECT_SECOND = 10.0
_AHEAD = 2  # items in flight per worker


def map_items(
    function: Callable[[Item], Result], items: Iterable[Item], *, workers: int = 2, cluster: str | None = None
) -> Iterator[tuple[int, Result]]:
    """Apply `function` to every item; yield (number of the item, result) as they finish.

    Parameters
    ----------
    function
        a function at the top of a module, so that other processes can import it.
    items
        drawn lazily.
    workers
        number of processes; 1 works in this process.
    cluster
        address of a Dask scheduler such as `tcp://host:8786`; then `workers` is ignored.

    Raises
    ------
    InputError
        if `workers` is below 1.
    CorpusError
        if an item kills its worker again and again, or the cluster cannot be reached.
    MissingExtraError
        if a cluster is asked for and Dask is not installed.

    Examples
    --------
    >>> sorted(map_items(len, ["a", "bcd"], workers=1))
    [(0, 1), (1, 3)]
    """
    if workers < 1:
        raise InputError(f"workers must be at least 1; got {workers}")
    numbered = iter(enumerate(items))
    if cluster is not None:
        return _on_cluster(function, numbered, cluster)
    if workers == 1:
        return ((number, function(item)) for number, item in numbered)
    return _in_pool(function, numbered, workers)


def _in_pool(function: Callable[[Item], Result], items: Numbered[Item], workers: int) -> Iterator[tuple[int, Result]]:
    """Map in a pool of processes; when the pool breaks, start another and repeat what was in flight."""
    repeat: list[tuple[int, Item]] = []
    deaths: dict[int, int] = {}
    while True:
        flying: dict[Future[Result], tuple[int, Item]] = {}
        # spawn: a fork of a process with threads may hang
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            try:
                yield from _drain(_submitter(pool, function), items, repeat, flying, workers * _AHEAD)
                return
            except BrokenProcessPool:
                repeat = sorted([*repeat, *flying.values()], key=lambda pair: pair[0])
        for number, _ in flying.values():
            deaths[number] = deaths.get(number, 0) + 1
            if deaths[number] > _ATTEMPTS:
                raise CorpusError(f"chunk {number} ended its worker {deaths[number]} times; leave its files out")


def _submitter(pool: ProcessPoolExecutor, function: Callable[[Item], Result]) -> Callable[[Item], Future[Result]]:
    """Bind a function to a pool."""
    return lambda item: pool.submit(function, item)


def _drain(
    submit: Callable[[Item], Future[Result]],
    items: Numbered[Item],
    repeat: list[tuple[int, Item]],
    flying: dict[Future[Result], tuple[int, Item]],
    room: int,
) -> Iterator[tuple[int, Result]]:
    """Keep the pool busy until nothing is left; what is being repeated goes one at a time, so the culprit is known."""
    while True:
        while len(flying) < (1 if repeat else room):
            pair = repeat.pop(0) if repeat else next(items, None)
            if pair is None:
                break
            try:
                flying[submit(pair[1])] = pair
            except BrokenProcessPool:
                repeat.insert(0, pair)
                raise
        if not flying:
            return
        for future in wait(flying, return_when=FIRST_COMPLETED).done:
            result = future.result()
            yield flying.pop(future)[0], result


def _on_cluster(function: Callable[[Item], Result], items: Numbered[Item], address: str) -> Iterator[tuple[int, Result]]:
    """Map on a Dask cluster; the scheduler itself repeats what a lost worker was doing."""
    try:
        distributed: Any = import_module("distributed")  # an optional part, two seconds to import
    except ImportError as error:
        raise MissingExtraError("a Dask cluster", "cluster") from error
    try:
        client = distributed.Client(address, timeout=_CONNECT_SECOND, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise CorpusError(f"cluster must be a running Dask scheduler; {address} does not answer: {error}") from error
    with client:
        room = max(4, _AHEAD * sum(client.nthreads().values()))
        numbers: dict[str, int] = {}
        running: Any = distributed.as_completed(loop=client.loop)

        def submit() -> None:
            pair = next(items, None)
            if pair is not None:
                future = client.submit(function, pair[1], pure=False, retries=_ATTEMPTS)
                numbers[future.key] = pair[0]
                running.add(future)

        for _ in range(room):
            submit()
        for future in running:
            try:
                result = future.result()
            except Exception as error:  # whatever the cluster raises stops here
                raise CorpusError(f"the cluster at {address} failed: {error}") from error
            yield numbers.pop(future.key), result
            submit()
