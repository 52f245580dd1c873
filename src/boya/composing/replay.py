"""The same piece again, from what its file remembers: the call, its seed, and the scores it was given."""

from collections.abc import Callable, Mapping
from inspect import signature
from pathlib import Path

from boya.composing.compose import compose, loop
from boya.composing.melodies import change, morph
from boya.composing.piece import Piece, read_request
from boya.composing.which_model import HYBRID
from boya.composing.works.adding import add
from boya.composing.works.arranging import accompany, arrange
from boya.composing.works.chorale import chorale
from boya.composing.works.continuing import continue_
from boya.composing.works.harmonising import harmonise
from boya.composing.works.rewriting import rewritten
from boya.composing.works.varying import vary
from boya.errors import FormatError

__all__ = ["JOBS", "replay"]

JOBS: Mapping[str, Callable[..., Piece]] = {
    "compose": compose,
    "loops": loop,
    "vary": vary,
    "change": change,
    "morph": morph,
    "continue": continue_,
    "accompany": accompany,
    "rewrite": rewritten,
    "add": add,
    "arrange": arrange,
    "harmonise": harmonise,
    "chorale": chorale,
}
_BEFORE = ("compose", "vary", "continue", "accompany")
"""jobs that the composer may do as well: where a file names no model, it was not the composer"""


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
    if job in _BEFORE:
        wishes.setdefault("model", HYBRID)
    try:
        signature(JOBS[job]).bind(*given, **wishes)
    except TypeError as error:
        raise FormatError(f"{path}: its request does not fit {job}: {error}") from error
    return JOBS[job](*given, **wishes)
