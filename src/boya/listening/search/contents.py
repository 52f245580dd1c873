"""What the pieces of an index are like: described when somebody first asks, and kept where the index can be written.

A kill in between leaves what was described until then. Another process may read and write meanwhile; pieces that it removes are
simply not there to be kept.
"""

from collections.abc import Callable
from contextlib import suppress

from boya.errors import CorpusError, FileError
from boya.listening.content import Content, Describer
from boya.listening.search.store import Store

__all__ = ["contents_of"]

_TOGETHER = 100  # pieces per transaction: a second or two of work


def contents_of(
    store: Store, describer: Describer, progress: Callable[[int, int], None] | None
) -> list[tuple[str, str, str, Content]]:
    """Return id, title, composer and content of the pieces that have a sketch."""
    known = store.contents(describer.kind)
    waiting = [number for number, *_, vector in known if vector is None]
    made: dict[int, bytes] = {}
    for first in range(0, len(waiting), _TOGETHER):
        notes = store.notes(waiting[first : first + _TOGETHER])
        some = {number: describer.vector_of(rows).astype("<f4").tobytes() for number, rows in notes.items()}
        with suppress(FileError):  # read-only, or another writer is at work: the next one who asks describes them again
            store.keep_vectors(describer.kind, some)
        made |= some
        if progress is not None:
            progress(min(first + _TOGETHER, len(waiting)), len(waiting))
    described = [(id, title, composer, facets, vector or made.get(n)) for n, id, title, composer, facets, vector in known]
    try:
        return [(id, title, composer, Content.of(facets, v)) for id, title, composer, facets, v in described if v]
    except (ValueError, TypeError) as error:
        raise CorpusError(f"what the pieces of the index are like is damaged: {error}. Build the index again") from error
