"""`boya render`: a score to sound, picture or another notation."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boya.cli.options import Json, ScoreFile

if TYPE_CHECKING:
    from boya.score import Score

LONG_SECOND = 60.0


def command(
    score_file: ScoreFile,
    *,
    out: Annotated[
        list[Path] | None,
        typer.Option("--out", "-o", help="File to write; several times. .wav .flac .ogg are sound, .svg .musicxml .mid not."),
    ] = None,
    stems: Annotated[bool, typer.Option("--stems", help="Also a file of each track, in a folder named like --out.")] = False,
    loop: Annotated[bool, typer.Option("--loop", help="Whole bars that repeat without a seam, with loop points.")] = False,
    preset: Annotated[
        str, typer.Option("--preset", help="How it is mixed: default, dry, hall, church, echo, loud, broadcast.")
    ] = "default",
    lufs: Annotated[float | None, typer.Option("--lufs", help="Loudness to reach; -16 if not given.")] = None,
    tail: Annotated[float | None, typer.Option("--tail", help="Seconds to ring after the end; 1.5 if not given.")] = None,
    swing: Annotated[float, typer.Option("--swing", help="0 straight to 1: offbeat eighths late, like triplets.")] = 0.0,
    humanise: Annotated[float, typer.Option("--humanise", help="0 exact to 1: onsets and velocities a little uneven.")] = 0.0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of --humanise.")] = 0,
    gestures: Annotated[
        bool, typer.Option("--gestures", help="Sustain pedal and pitch wheel of a MIDI file, as played.")
    ] = False,
    bits: Annotated[int, typer.Option("--bits", help="16, 24, or 32 for floats (.wav).")] = 16,
    sample_rate: Annotated[int, typer.Option("--sample-rate", help="Frames per second of the sound.")] = 44100,
    voices: Annotated[
        str, typer.Option("--voices", help="sampled: recordings of our instruments; live: they themselves; neural: networks.")
    ] = "sampled",
    soundfont: Annotated[Path | None, typer.Option("--soundfont", help="A .sf2 or .sf3 file to play with.")] = None,
    json: Json = False,
) -> None:
    """Turn a score into sound, picture or notation.

    The ending of --out says which: .wav, .flac and .ogg are sound, .svg a piano roll, .musicxml, .mid and .json are notes.
    Without --out, song.mid gives song.wav in the folder where you are. --stems writes song/01-melody.wav and so on beside
    song.wav; added they are the mix before it is finished.
    """
    from boya.cli.saving import check_outs, save_score
    from boya.cli.talk import emit, wrote
    from boya.errors import InputError
    from boya.files import read, read_gestures
    from boya.sound import AUDIO_SUFFIXES, check_audio_path
    from boya.sound import humanise as made_human
    from boya.sound import swing as swung

    paths = check_outs(out, [f"{score_file.stem}.wav"])
    heard = [check_audio_path(path, bits) for path in paths if path.suffix.lower() in AUDIO_SUFFIXES]
    if loop + stems + (soundfont is not None) > 1:
        raise InputError("--loop, --stems and --soundfont must be given one at a time")
    score = made_human(swung(read(score_file), swing), humanise, seed)
    settings: dict[str, Any] = {"sample_rate": sample_rate, "preset": preset, "lufs": lufs, "voices": voices}
    settings |= {} if tail is None or loop else {"tail": tail}
    settings |= {"gestures": read_gestures(score_file)} if gestures else {}
    written = []
    for path in paths:
        if path not in heard:
            save_score(score, path)
            written.append(path)
        elif soundfont is not None:
            written.append(_played(score, path, bits, settings, soundfont))
        else:
            written += _heard(score, path, bits, settings, is_loop=loop)
            written += _stems(score, path, bits, settings) if stems else []
    emit({"files": [str(path) for path in written]}, wrote(written), json)


def _played(score: "Score", path: Path, bits: int, settings: Mapping[str, Any], soundfont: Path) -> Path:
    """Write what a SoundFont plays."""
    from boya.sound import render, save_audio

    return save_audio(render(score, soundfont=soundfont, **settings), path, settings["sample_rate"], bits=bits)


def _heard(score: "Score", path: Path, bits: int, settings: Mapping[str, Any], is_loop: bool) -> list[Path]:
    """Write the mix, or the loop."""
    from boya.sound import render_blocks, render_loop, save_audio
    from boya.sound.render import n_frames

    rate = settings["sample_rate"]
    with _meter(score, rate) as report:
        if is_loop:
            audio = render_loop(score, report=report, **settings)
            return [save_audio(audio, path, rate, bits=bits, is_loop=True)]
        blocks = render_blocks(score, report=report, **settings)
        length = n_frames(score, rate, **{name: settings[name] for name in ("tail",) if name in settings})
        return [save_audio(blocks, path, rate, bits=bits, n_frames=length)]


def _stems(score: "Score", path: Path, bits: int, settings: Mapping[str, Any]) -> list[Path]:
    """Write a file of each track into a folder named like the mix."""
    from boya.sound.out.stems import save_stems

    with _meter(score, settings["sample_rate"]) as report:
        return save_stems(score, path.with_suffix(""), path.suffix, bits=bits, report=report, **settings)


@contextmanager
def _meter(score: "Score", sample_rate: int) -> Iterator[Callable[[int, int], None] | None]:
    """Tell how far a long piece is; say nothing about a short one."""
    from boya.cli.talk import Progress

    if score.length_second <= LONG_SECOND:
        yield None
        return
    with Progress("s of sound") as progress:
        yield lambda done, total: progress(round(done / sample_rate), round(total / sample_rate))
