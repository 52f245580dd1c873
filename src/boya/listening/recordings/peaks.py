"""Peaks of a spectrogram: what noise, loudness and filters leave where it is.

A peak is higher than all around it, and among the few of its half second that stand out most of what is usual near by. Each is
judged by its surroundings alone, so that a recording has the same peaks wherever one begins to listen.

Conventions: audio is mono float32 at `RATE`; a frame is `HOP` samples, a bin `RATE / WINDOW` Hz. Peaks come sorted by frame, then
by bin. Source: A. Wang, "An industrial-strength audio search algorithm", ISMIR 2003, section 2.1.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from boya.listening.audio.framing import Audio, framed

__all__ = ["BINS", "FRAME_SECOND", "HOP", "RATE", "peaks"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

RATE, WINDOW, HOP = 11025, 1024, 256
FRAME_SECOND = HOP / RATE
BINS = WINDOW // 2
LOWEST_BIN = 8  # below lie hum and rumble
TALL, WIDE = 12, 7  # bins and frames on each side over which a peak is the highest
NEAR, MOST_NEAR = 11, 12  # frames on each side, and how many peaks are kept among them
AROUND = 3  # frames on each side over which, with `TALL` bins, it is told what is usual
EDGE = WIDE + NEAR  # frames on each side that tell of a peak
SILENT = np.log(1e-3)  # of magnitude


def peaks(blocks: Iterable[Audio]) -> tuple[Ints, Ints]:
    """Return the frame and the bin of each peak of a recording. `[shape=(peaks,)]` both

    Examples
    --------
    >>> time = np.arange(RATE, dtype=np.float32) / RATE
    >>> frames, bins = peaks([np.where(abs(time - 0.5) < 0.1, np.sin(2 * np.pi * 1000 * time), 0).astype(np.float32)])
    >>> round(int(bins[0]) * RATE / WINDOW, -2)
    1000.0
    """
    found: list[tuple[Ints, Ints]] = []
    silence = np.full((EDGE, BINS), SILENT, dtype=np.float32)
    heard, first = silence, -EDGE  # spectra that are still needed, and the frame of the first
    for windows in framed(blocks, WINDOW, HOP):
        heard = np.concatenate([heard, _spectra(windows)])
        if len(heard) > 2 * EDGE:
            found.append(_inner(heard, first))
            heard, first = heard[-2 * EDGE :], first + len(heard) - 2 * EDGE
    found.append(_inner(np.concatenate([heard, silence]), first))
    frames, bins = (np.concatenate(column) for column in zip(*found, strict=True))
    return frames, bins


def _spectra(windows: Audio) -> Floats:
    """The logarithm of the magnitudes, not below silence. `[shape=(frames, BINS)]`"""
    spectrum = np.abs(np.fft.rfft(windows * np.hanning(WINDOW).astype(np.float32), axis=1))[:, :BINS]
    return np.asarray(np.log(np.maximum(spectrum, np.exp(SILENT))), dtype=np.float32)


def _inner(spectra: Floats, first: int) -> tuple[Ints, Ints]:
    """The peaks of all frames but the `EDGE` on both sides; `first` is the number of the first of all."""
    is_peak = (spectra == _highest(_highest(spectra, WIDE).T, TALL).T) & (spectra > SILENT)
    is_peak[:, :LOWEST_BIN] = False
    frames, bins = np.nonzero(is_peak)
    above = spectra[frames, bins] - _usual(spectra, frames, bins)
    kept = _foremost(frames, above) & (frames >= EDGE) & (frames < len(spectra) - EDGE)
    return frames[kept] + first, bins[kept]


def _usual(spectra: Floats, frames: Ints, bins: Ints) -> Floats:
    """The mean around each peak."""
    padded = np.pad(spectra, ((AROUND, AROUND), (TALL, TALL)), mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, (2 * AROUND + 1, 2 * TALL + 1))
    return np.asarray(around[frames, bins].mean(axis=(1, 2)), dtype=np.float32)


def _foremost(frames: Ints, above: Floats) -> NDArray[np.bool_]:
    """Whether each peak is one of the `MOST_NEAR` that stand out most near by."""
    higher = np.zeros(len(frames), dtype=np.int64)
    ahead = 1
    while True:
        is_near = frames[ahead:] - frames[:-ahead] <= NEAR if ahead < len(frames) else np.zeros(0, dtype=bool)
        if not is_near.any():
            return higher < MOST_NEAR
        higher[:-ahead] += is_near & (above[ahead:] > above[:-ahead])
        higher[ahead:] += is_near & (above[:-ahead] >= above[ahead:])
        ahead += 1


def _highest(values: Floats, reach: int) -> Floats:
    """The highest of each row and so many on both sides of it."""
    found, length, wanted = np.pad(values, ((reach, reach), (0, 0)), constant_values=-np.inf), 1, 2 * reach + 1
    while length < wanted:  # the highest of `length` rows become those of twice as many, or of all
        step = min(length, wanted - length)
        found, length = np.maximum(found[:-step], found[step:]), length + step
    return found
