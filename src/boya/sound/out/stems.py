"""Stems to files: one for each track, written side by side in constant memory."""

import os
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Unpack

from boya.errors import FileError
from boya.score import Score
from boya.sound.out.saving import open_audio
from boya.sound.render import TAIL_SECOND, Settings, n_frames
from boya.sound.rendering import stem_blocks, stem_names

__all__ = ["save_stems"]


def save_stems(
    score: Score,
    folder: str | os.PathLike[str],
    suffix: str = ".wav",
    *,
    bits: int = 16,
    **settings: Unpack[Settings],
) -> list[Path]:
    """Write the stem of each track into a folder, which is made when missing: `01-melody.wav`, `02-bass.wav` ...

    Parameters
    ----------
    score
        Any score up to an hour.
    folder
        Where the files go.
    suffix
        `.wav`, `.flac` or `.ogg`.
    bits
        See `save_audio`.
    settings
        Those of `render_stems`.

    Raises
    ------
    InputError
        if a setting does not fit.
    FileError
        if the folder or a file cannot be written; then no file of them is there.
    MissingExtraError
        if the format needs soundfile and it is not installed.
    """
    target = Path(folder)
    sample_rate = settings.get("sample_rate", 44100)
    shape = n_frames(score, sample_rate, settings.get("tail", TAIL_SECOND)), 2
    blocks = stem_blocks(score, **settings)
    is_new = not target.exists()
    try:
        target.mkdir(exist_ok=True)
    except OSError as error:
        raise FileError(f"the folder {target} cannot be made: {error.strerror}") from error
    paths = [target / f"{name}{suffix}" for name in stem_names(score)]
    try:
        with ExitStack() as stack:
            writers = [stack.enter_context(open_audio(path, sample_rate, shape, bits=bits)) for path in paths]
            for stems in blocks:
                for write, stem in zip(writers, stems, strict=True):
                    write(stem)
    except BaseException:
        if is_new:
            with suppress(OSError):
                target.rmdir()
        raise
    return paths
