"""How a piece of our own was made, as its `.json` remembers it: the call with its wishes, the plan, what the critic said."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boya.composing import Piece
from boya.errors import FileError
from boya.files import read
from boya.score import Score

__all__ = ["Origin", "read_origin"]

_MOST_BYTES = 32 * 2**20


@dataclass(frozen=True)
class Origin:
    """A call, its plan as TOML text (empty for jobs without one), the report, and the plain words it came from, if any."""

    job: str
    wishes: Mapping[str, Any] = field(default_factory=dict)
    plan: str = ""
    report: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""

    @classmethod
    def of(cls, piece: Piece) -> "Origin | None":
        """Return the origin of a piece; None where it remembers none."""
        if "job" not in piece.request:
            return None
        wishes, report = json.loads(json.dumps([piece.request.get("wishes", {}), piece.report]))  # as the file has them
        return cls(str(piece.request["job"]), wishes, piece.plan, report, str(piece.request.get("words", "")))


def read_origin(path: str | Path, score: Score) -> Origin | None:
    """Return how the score of a file was made: from the file itself, or from a `.json` of its name beside it with the same notes.

    None where nothing is remembered: a file from elsewhere is no error.
    """
    path = Path(path)
    if path.suffix.lower() == ".json":
        return _origin(path)
    beside = path.with_suffix(".json")
    if not beside.is_file():
        return None
    found = _origin(beside)
    try:
        return found if found is not None and _notes(read(beside)) == _notes(score) else None
    except FileError:
        return None


def _origin(path: Path) -> Origin | None:
    """The part of a `.json` that remembers."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        piece = json.loads(path.read_text(encoding="utf-8"))["piece"]
        request = piece["request"]
        told = dict(request["wishes"]), str(piece["plan"]), dict(piece["report"]), str(request.get("words", ""))
        return Origin(str(request["job"]), *told)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _notes(score: Score) -> list[tuple[int, int]]:
    """Onsets and pitches of all notes; files of other formats keep these."""
    return sorted((onset, pitch) for track in score.tracks for onset, _, pitch, _ in track.notes.tolist())
