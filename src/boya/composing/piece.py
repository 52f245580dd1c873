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
    given
        the scores that the call was given
    report
        what was tried and how the critic heard it
    plan
        the decisions, as TOML text; empty for jobs without a plan
    """

    score: Score
    request: Mapping[str, Any] = field(default_factory=dict)
    report: Mapping[str, Any] = field(default_factory=dict)
    plan: str = ""
    given: tuple[Score, ...] = ()

    def save(self, path: str | Path) -> Path:
        """Write the piece; the ending of `path` says as what.

        `.mid`, `.musicxml`, `.mxl`, `.abc` notes; `.wav`, `.flac`, `.ogg` sound; `.svg` piano roll; `.toml` the plan; `.json`
        notes, plan, request and the scores it was given, to be replayed.

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
        if suffix in (".wav", ".flac", ".ogg"):
            from boya.sound import render, save_audio  # noqa: PLC0415

            save_audio(render(self.score), path)
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

    given = [json.loads(write_bytes(score, ".json")) for score in piece.given]
    request = {**piece.request, "given": given} if given else dict(piece.request)
    told = json.dumps({"request": request, "report": dict(piece.report), "plan": piece.plan}, allow_nan=False)
    return write_bytes(piece.score, ".json").decode().rstrip().removesuffix("}") + f',\n"piece":{told}}}\n'


def read_request(path: str | Path) -> tuple[str, tuple[Score, ...], dict[str, Any]]:
    """Return the job, the scores it was given, and the wishes saved in a `.json` piece.

    Raises
    ------
    FormatError
        if the file is not a piece that can be replayed.
    """
    from boya.files import read_bytes  # noqa: PLC0415

    try:
        request = json.loads(Path(path).read_text(encoding="utf-8"))["piece"]["request"]
        given = [json.dumps(score).encode() for score in request.get("given", [])]
        job, wishes = str(request["job"]), dict(request["wishes"])
    except OSError as error:
        raise FormatError(f"{path}: cannot be read ({error.strerror}); check the name") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FormatError(f"{path}: not a piece with a request; save one with: boya compose --out piece.json") from error
    return job, tuple(read_bytes(score, ".json") for score in given), wishes
