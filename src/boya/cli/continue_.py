"""`boya continue`: what comes next."""

from typing import Any

from boya.cli.options import Bars, Json, Out, ScoreFile, Seed


def command(score_file: ScoreFile, *, bars: Bars = None, seed: Seed = None, out: Out = None, json: Json = False) -> None:
    """Continue a score with new bars."""
    from boya.cli.saving import about_piece, check_outs, deliver
    from boya.cli.talk import choose_seed
    from boya.composing import continue_
    from boya.files import read

    seed = choose_seed(seed)
    paths = check_outs(out, [f"{score_file.stem}-continued.mid"])
    wishes: dict[str, Any] = {} if bars is None else {"bars": bars}
    piece = continue_(read(score_file), seed=seed, **wishes)
    deliver([(piece, paths)], about_piece(piece, seed), json)
