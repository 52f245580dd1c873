"""`boya accompany`: a band around a melody."""

from boya.cli.options import (
    Band,
    Candidates,
    ChordTones,
    Controls,
    Json,
    Limits,
    Model,
    Out,
    Scale,
    ScoreFile,
    Seed,
    Style,
    asked,
)


def command(
    score_file: ScoreFile,
    *,
    style: Style = None,
    band: Band = None,
    scale: Scale = None,
    control: Controls = None,
    limit: Limits = None,
    chord_tones: ChordTones = None,
    model: Model = None,
    candidates: Candidates = None,
    seed: Seed = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Write a band around a melody.

    The melody stays as it is, on its own instrument; the GAN or the composer writes the other tracks."""
    from boya.cli.saving import about_piece, check_outs, deliver, tell_limits
    from boya.cli.talk import Progress, choose_seed
    from boya.composing import accompany
    from boya.files import read

    seed = choose_seed(seed)
    paths = check_outs(out, [f"{score_file.stem}-accompanied.mid"])
    wishes = asked(
        style=style, band=band, scale=scale, controls=control, limits=limit, chord_tones=chord_tones, model=model,
        candidates=candidates,
    )  # fmt: skip
    with Progress("bars") as progress:
        piece = accompany(read(score_file), seed=seed, listen=progress, **wishes)
    tell_limits(piece)
    deliver([(piece, paths)], about_piece(piece, seed), json)
