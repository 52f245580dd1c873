"""`boya soundfont`: our own instruments as a SoundFont for other players, and what is in any SoundFont."""

from pathlib import Path
from typing import Annotated

import typer

from boya.cli.options import Json

command = typer.Typer(
    rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Build Boya's SoundFont, or tell what is in one."
)


@command.command()
def build(
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="The .sf2 file to write.")] = Path("boya.sf2"),
    size: Annotated[str, typer.Option("--size", help="small: at most 6 MB; full: many times more, at most 400 MB.")] = "small",
    json: Json = False,
) -> None:
    """Record Boya's own instruments into a SoundFont.

    All 128 programs of General MIDI, the drum kit in bank 128 and Chinese instruments in bank 8, for any player.
    The same instruments give the same file. The small one takes a minute or two, the full one much longer.
    """
    from boya.cli.saving import check_folder
    from boya.cli.talk import Progress, emit, wrote
    from boya.errors import InputError
    from boya.sound.soundfont.build import build_soundfont
    from boya.sound.soundfont.plan import size as size_named
    from boya.sound.soundfont.writer import write_soundfont

    if out.suffix.lower() != ".sf2":
        raise InputError(f"a SoundFont must end in .sf2; got {out.name!r}")
    check_folder(out)
    size_named(size)
    with Progress("instruments") as progress:
        font = build_soundfont(size, report=progress)
    write_soundfont(font, out)
    counts = {"file": str(out), "n_bytes": out.stat().st_size, "n_presets": len(font.presets), "n_recordings": len(font.headers)}
    emit(counts, f"{wrote([out])}\n{counts['n_presets']} presets, {counts['n_recordings']} recordings", json)


@command.command()
def info(
    file: Annotated[Path, typer.Argument(help="A .sf2 file.")],
    json: Json = False,
) -> None:
    """List the presets of a SoundFont: bank, program, name."""
    from boya.cli.talk import emit, table
    from boya.sound.soundfont.reader import read_soundfont

    font = read_soundfont(file)
    presets = sorted((preset.bank, preset.program, preset.name) for preset in font.presets)
    rows = [("bank", "program", "name"), *presets]
    name = font.info.get("INAM", "")
    text = f"{name or file.name}: {len(presets)} presets, {len(font.headers)} recordings\n{table(rows)}"
    emit({"name": name, "n_recordings": len(font.headers), "presets": [list(preset) for preset in presets]}, text, json)
