"""`boya arrange`: a lead sheet for a band."""

from boya.cli.options import Band, Candidates, ChordTones, Controls, Json, Limits, Out, Scale, ScoreFile, Seed, Style, asked


def command(
    score_file: ScoreFile,
    *,
    band: Band = None,
    style: Style = None,
    scale: Scale = None,
    control: Controls = None,
    limit: Limits = None,
    chord_tones: ChordTones = None,
    candidates: Candidates = None,
    seed: Seed = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Arrange a lead sheet for a band in a style.

    The melody goes to the band's melody instrument; the chords of the score stay, or are found by theory where it has none.
    """
    from boya.cli.saving import about_piece, check_outs, deliver, tell_limits
    from boya.cli.talk import Progress, choose_seed
    from boya.composing import arrange
    from boya.files import read

    seed = choose_seed(seed)
    paths = check_outs(out, [f"{score_file.stem}-arranged.mid"])
    wishes = asked(
        band=band, style=style, scale=scale, controls=control, limits=limit, chord_tones=chord_tones, candidates=candidates
    )
    with Progress("bars") as progress:
        piece = arrange(read(score_file), seed=seed, listen=progress, **wishes)
    tell_limits(piece)
    deliver([(piece, paths)], about_piece(piece, seed), json)
