"""`boya accompany`: a band around a melody."""

from typing import Any

from boya.cli.options import Json, Out, ScoreFile, Seed, Style


def command(score_file: ScoreFile, *, style: Style = None, seed: Seed = None, out: Out = None, json: Json = False) -> None:
    """Write a band around a melody.

    The melody stays as it is; the GAN writes the other tracks."""
    from boya.cli.saving import about_piece, check_outs, deliver
    from boya.cli.talk import choose_seed
    from boya.composing import accompany
    from boya.files import read

    seed = choose_seed(seed)
    paths = check_outs(out, [f"{score_file.stem}-accompanied.mid"])
    wishes: dict[str, Any] = {} if style is None else {"style": style}
    piece = accompany(read(score_file), seed=seed, **wishes)
    deliver([(piece, paths)], about_piece(piece, seed), json)
