"""A composed piece: the score, the plan it follows, the request it answers, and what the critic said of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boya.errors import FormatError, InputError
from boya.score import Score

__all__ = ["Piece", "read_request"]


@dataclass(frozen=True)
class Piece:
    """What the composer hands over.

    Attributes
    ----------
    score
        the music
    request
        the call that made it, `{"job": ..., "wishes": {...}}`; `boya replay` repeats it
    report
        what was tried and how the critic heard it
    plan
        the decisions, as TOML text; empty for jobs without a plan
    """

    score: Score
    request: Mapping[str, Any] = field(default_factory=dict)
    report: Mapping[str, Any] = field(default_factory=dict)
    plan: str = ""

    def save(self, path: str | Path) -> Path:
        """Write the piece; the ending of `path` says as what.

        `.mid`, `.musicxml`, `.mxl`, `.abc` notes; `.wav` sound; `.svg` piano roll; `.toml` the plan; `.json` notes, plan and
        request, to be replayed.

        Raises
        ------
        InputError
            if the ending is another one, or there is no plan to write.
        FileError
            if the file cannot be written.
        """
        from boya.files import write  # noqa: PLC0415  (imports wait until they are needed)
        from boya.files.atomic import write_atomic  # noqa: PLC0415

        path = Path(path)
        suffix = path.suffix.lower()
        if suffix == ".wav":
            from boya.sound import render, write_wav  # noqa: PLC0415

            write_wav(render(self.score), path)
        elif suffix == ".svg":
            from boya.engraving import piano_roll_svg  # noqa: PLC0415

            write_atomic(path, piano_roll_svg(self.score).encode())
        elif suffix == ".toml":
            if not self.plan:
                raise InputError("this piece was made without a plan; save it as .mid or .json")
            write_atomic(path, self.plan.encode())
        elif suffix == ".json":
            write_atomic(path, _with_piece(self).encode())
        else:
            write(self.score, path)
        return path

    def _repr_html_(self) -> str:
        """Show the piano roll and a player in a notebook."""
        from boya.engraving import notebook_html  # noqa: PLC0415
        from boya.sound import render, wav_bytes  # noqa: PLC0415

        rate = 22050  # half the usual rate: the sound travels inside the page
        return notebook_html(self.score, wav_bytes(render(self.score, sample_rate=rate), rate))


def _with_piece(piece: Piece) -> str:
    """The score's native JSON with plan, request and report beside the notes."""
    from boya.files import write_bytes  # noqa: PLC0415

    document = json.loads(write_bytes(piece.score, ".json"))
    document["piece"] = {"request": dict(piece.request), "report": dict(piece.report), "plan": piece.plan}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def read_request(path: str | Path) -> dict[str, Any]:
    """Return the request saved in a `.json` piece.

    Raises
    ------
    FormatError
        if the file is not a piece that can be replayed.
    """
    try:
        request = json.loads(Path(path).read_text(encoding="utf-8"))["piece"]["request"]
        return {"job": str(request["job"]), "wishes": dict(request["wishes"])}
    except OSError as error:
        raise FormatError(f"{path}: cannot be read ({error.strerror}); check the name") from error
    except (ValueError, KeyError, TypeError) as error:
        raise FormatError(f"{path}: not a piece with a request; save one with: boya compose --out piece.json") from error
