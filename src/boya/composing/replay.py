"""The same piece again, from what its file remembers: the call, its seed, and the scores it was given."""

from collections.abc import Callable, Mapping
from inspect import signature
from pathlib import Path

from boya.composing.compose import compose, loop
from boya.composing.piece import Piece, read_request
from boya.composing.rework import accompany, continue_, morph, vary
from boya.errors import FormatError

__all__ = ["JOBS", "replay"]

JOBS: Mapping[str, Callable[..., Piece]] = {
    "compose": compose,
    "loops": loop,
    "vary": vary,
    "morph": morph,
    "continue": continue_,
    "accompany": accompany,
}


def replay(path: str | Path) -> Piece:
    """Make the piece of a saved `.json` again, note for note.

    Raises
    ------
    FormatError
        if the file is not a piece with a request that this version knows.
    RequestError
        if a wish in it was changed to one that cannot be met.

    Examples
    --------
    >>> import tempfile
    >>> piece = compose(style="funk", bars=2, model="gan", seed=1)
    >>> again = replay(piece.save(Path(tempfile.mkdtemp()) / "piece.json"))
    >>> again.score == piece.score
    True
    """
    job, given, wishes = read_request(path)
    if job not in JOBS:
        raise FormatError(f"{path}: made by {job!r:.60}; this version repeats {', '.join(JOBS)}")
    try:
        signature(JOBS[job]).bind(*given, **wishes)
    except TypeError as error:
        raise FormatError(f"{path}: its request does not fit {job}: {error}") from error
    return JOBS[job](*given, **wishes)
