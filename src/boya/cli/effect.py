"""`boya effect`: sound effects for games."""

from pathlib import Path
from typing import Annotated, Any

import typer

from boya.cli.options import Json, Seed


def command(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="coin, jump, laser, explosion ...; list names them all.")],
    *,
    seed: Seed = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help=".wav .flac .ogg; KIND.wav if not given.")] = None,
    mutate: Annotated[int, typer.Option("--mutate", min=0, max=1000, help="Also so many sounds near it, numbered.")] = 0,
    lock: Annotated[
        str, typer.Option("--lock", help="What they keep: pitch, length, rhythm, tone, filter, level, room; with commas.")
    ] = "",
    like: Annotated[Path | None, typer.Option("--like", metavar="SCORE", help="A piece whose key and tempo to take.")] = None,
    lufs: Annotated[float, typer.Option("--lufs", help="Loudness to reach.")] = -16.0,
    bits: Annotated[int, typer.Option("--bits", help="16, 24, or 32 for floats (.wav).")] = 16,
    sample_rate: Annotated[int, typer.Option("--sample-rate", help="Frames per second of the sound.")] = 44100,
    json: Json = False,
) -> None:
    """Make a sound effect for a game.

    The same kind and seed give the same sound. --mutate 3 writes coin-1.wav, coin-2.wav and coin-3.wav beside coin.wav, each a
    little different from it.
    """
    from boya.cli.saving import check_folder
    from boya.cli.talk import choose_seed, emit, table, wrote
    from boya.files import read
    from boya.sound import check_audio_path, effect, effect_kinds, save_audio
    from boya.sound.effects.recipe import draw

    if kind == "list":
        emit(effect_kinds(), table(list(effect_kinds().items())), json)
        return
    path = check_audio_path(out or Path(f"{kind}.wav"), bits)
    check_folder(path)
    locks = [word.strip() for word in lock.split(",") if word.strip()]
    piece = None if like is None else read(like)
    settings: dict[str, Any] = {"lock": locks, "like": piece, "sample_rate": sample_rate, "lufs": lufs}
    draw(kind, lock=locks)  # a wrong name is told before a seed is drawn
    seed = choose_seed(seed)
    paths = [path, *(path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(1, mutate + 1))]
    for mutation, target in enumerate(paths):
        save_audio(effect(kind, seed=seed, mutation=mutation, **settings), target, sample_rate, bits=bits)
    emit({"kind": kind, "seed": seed, "files": [str(target) for target in paths]}, wrote(paths), json)
