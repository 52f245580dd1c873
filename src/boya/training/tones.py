"""Tones of the live voices to learn from: rendered once into a folder, then read back.

Conventions: all tones lie one after another in one array, a row of TONE_DTYPE says where each begins and how it was struck.
Pitches of the part `unseen` are never rendered here: the proof measures on them.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import ModelError
from boya.sound.neural.controls import N_CONTROLS, control_rows, hop_of
from boya.sound.neural.table import Taught, taught
from boya.sound.neural.teacher import FORCES, level_of, pitches_of, teacher_tone
from boya.training.pieces import write_arrays
from boya.training.settings import ToneSettings

__all__ = ["TONE_DTYPE", "Tones", "check_controls", "load_tones"]

TONES_VERSION = 1  # raise when the live voices sound otherwise
_NUMBERS = [("start", "<i8"), ("n", "<i8"), ("instrument", "<i4"), ("pitch", "<i4"), ("force", "<f8")]
TONE_DTYPE = np.dtype([*_NUMBERS, ("is_short", "?"), ("is_dev", "?")])
SHORT_FORCES = 2  # every so many velocity classes are rendered, others at the next pitch
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Tones:
    """Rendered tones.

    Attributes
    ----------
    audio
        float32 `[shape=(samples,)]`
    rows
        TONE_DTYPE `[shape=(tones,)]`
    """

    audio: NDArray[np.float32]
    rows: NDArray[np.void]
    settings: ToneSettings

    def told(self, settings: ToneSettings) -> dict[str, Any]:
        """Say what stands beside the weights."""
        rate, learnt = settings.sample_rate, self.rows[~self.rows["is_dev"]]
        numbers = {name: learnt["instrument"] == number for number, name in enumerate(settings.teachers)}
        pitches = {name: np.unique(learnt["pitch"][which]).tolist() for name, which in numbers.items()}
        seconds = round(float(learnt["n"].sum()) / rate, 1)
        data = {"teachers": list(settings.teachers), "pitches": pitches, "tones": len(learnt), "seconds": seconds}
        return {"data": data | {"sample_rate": rate, "licence": "Apache-2.0", "origin": "rendered from the live voices of Boya"}}

    def of(self, *, is_dev: bool) -> NDArray[np.int64]:
        """Return the numbers of the tones to learn from, or of the dev part."""
        return np.flatnonzero(self.rows["is_dev"] == is_dev)

    def some_dev(self) -> NDArray[np.int64]:
        """Return the numbers of dev tones that weights are chosen by, evenly taken."""
        dev = self.of(is_dev=True)
        return dev[np.linspace(0, len(dev) - 1, min(len(dev), self.settings.dev_tones)).round().astype(np.int64)]

    def frequency(self, number: int) -> float:
        """Return the written frequency of a tone in hertz."""
        return float(440 * 2 ** ((self.rows["pitch"][number] - 69) / 12))

    def tone(self, number: int) -> Array:
        """Return a tone. `[shape=(n,)]`"""
        row = self.rows[number]
        return self.audio[row["start"] : row["start"] + row["n"]].astype(np.float64)

    def level(self, number: int) -> Array:
        """Return a tone's level at each frame, in decibels."""
        return level_of(self.tone(number), self.settings.sample_rate)

    def controls(self, number: int, frames: NDArray[np.int64]) -> Array:
        """Return what a network is told of a tone, without its loudness. `[shape=(frames, controls)]`"""
        row, rate = self.rows[number], self.settings.sample_rate
        return control_rows(
            float(row["pitch"]),
            float(row["force"]),
            np.asarray(frames * (hop_of(rate) / rate), dtype=np.float64),
            is_short=bool(row["is_short"]),
            instrument=int(row["instrument"]),
            n_instruments=len(self.settings.teachers),
            longest=self.settings.second,
        )


def load_tones(folder: Any, settings: ToneSettings) -> Tones:
    """Return the tones of some settings, rendered into the folder when they are not there.

    Raises
    ------
    ModelError
        if it is a packed corpus and no folder, a teacher is unknown, or the folder cannot be written to.
    """
    if not isinstance(folder, str | Path):
        raise ModelError("a neural instrument learns from tones, not from a packed corpus; name a folder to render them into")
    unknown = [name for name in settings.teachers if name not in taught()]
    if unknown:
        raise ModelError(f"teachers must be among {', '.join(taught())}; got {unknown[0]!r}")
    told = json.dumps([TONES_VERSION, repr(settings), [repr(taught()[name]) for name in settings.teachers]])
    file = Path(folder) / f"tones-{hashlib.sha256(told.encode()).hexdigest()[:16]}.npz"
    try:
        if not file.is_file():
            audio, rows = _rendered(settings)
            write_arrays(file, {"audio": audio, "rows": rows})
        with np.load(file) as kept:
            return Tones(kept["audio"], kept["rows"], settings)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"tones must be kept in a folder that can be written to; {file}: {error}") from error


def check_controls(controls: int, data: ToneSettings) -> None:
    """Check that a network is told as much as its teachers need."""
    wanted = N_CONTROLS + len(data.teachers)
    if controls != wanted:
        raise ModelError(f"controls of a network with {len(data.teachers)} teachers must be {wanted}; got {controls}")


def _rendered(settings: ToneSettings) -> tuple[NDArray[np.float32], NDArray[np.void]]:
    """Play every tone."""
    found: list[Array] = []
    rows, start = [], 0
    for number, pitch, force, n, is_short, is_dev in _wishes(settings):
        instrument = taught()[settings.teachers[number]]
        found.append(teacher_tone(instrument, pitch, force, n, settings.sample_rate, is_short=is_short))
        rows.append((start, n, number, pitch, force, is_short, is_dev))
        start += n
    return np.concatenate(found).astype(np.float32), np.array(rows, dtype=TONE_DTYPE)


def _wishes(settings: ToneSettings) -> Iterator[tuple[int, int, float, int, bool, bool]]:
    """Yield instrument, pitch, force, samples, whether short, whether dev; held instruments are also asked for short tones."""
    for number, name in enumerate(settings.teachers):
        instrument = taught()[name]
        for part in ("train", "dev"):
            for pitch in pitches_of(instrument, part)[:: settings.every]:
                for force in FORCES[pitch % SHORT_FORCES :: SHORT_FORCES]:
                    for is_short, n in _lengths(instrument, settings):
                        yield number, pitch, force, n, is_short, part == "dev"


def _lengths(instrument: Taught, settings: ToneSettings) -> list[tuple[bool, int]]:
    """Return whether short, and samples; whole frames."""
    hop = hop_of(settings.sample_rate)
    seconds = [(False, settings.second), *([(True, settings.short_second)] if instrument.is_held else [])]
    return [(is_short, round(second * settings.sample_rate / hop) * hop) for is_short, second in seconds]
