"""Loudness as broadcasters measure it: K-weighted energy in windows of 0.4 s, twice gated.

Loudness in LUFS. Energies are kept per block of 64 frames, so that a change of gain over time is weighed without filtering
again. Source: ITU-R BS.1770-4, annex 1; the K filter of other sample rates from its analogue prototype, as by B. De Man,
"Evaluation of implementations of the EBU R128 loudness measurement", AES 145, 2018.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.sound.mix.equaliser import Coefficients, response
from boya.sound.mix.fir import Convolver
from boya.sound.mix.peaks import BLOCK, REACH, peaks_of
from boya.sound.modal import Audio

__all__ = ["SILENT", "Meter", "gated", "k_filter", "loudest", "loudness"]

SILENT = -70.0  # LUFS of the absolute gate
OFFSET = -0.691
WINDOW_SECOND, STEP_SECOND = 0.4, 0.1
STRETCH = 1 << 16  # blocks at a time
RING_SECOND = 0.09  # the K filter's answer is under -100 dB by then


def k_filter(sample_rate: int) -> list[Coefficients]:
    """Return the two sections of the K filter: a shelf for the head, and a high-pass.

    Examples
    --------
    >>> [round(float(x), 6) for x in k_filter(48000)[0][0]]  # the standard's own table
    [1.535125, -2.691696, 1.198393]
    """
    shelf = _prewarped(1681.974450955533, sample_rate)
    gain = 10 ** (3.999843853973347 / 20)
    mid, q = gain**0.4996667741545416, 0.7071752369554196
    norm = 1 + shelf / q + shelf * shelf
    top = np.array([gain + mid * shelf / q + shelf**2, 2 * (shelf**2 - gain), gain - mid * shelf / q + shelf**2]) / norm
    bottom = np.array([norm, 2 * (shelf**2 - 1), 1 - shelf / q + shelf**2]) / norm
    low, q = _prewarped(38.13547087602444, sample_rate), 0.5003270373238773
    norm = 1 + low / q + low * low
    return [(top, bottom), (np.array([1.0, -2.0, 1.0]), np.array([norm, 2 * (low**2 - 1), 1 - low / q + low**2]) / norm)]


def _prewarped(hertz: float, sample_rate: int) -> float:
    return float(np.tan(np.pi * hertz / sample_rate))


class Meter:
    """Hears stereo audio block by block; keeps energy and true peak of every 64 frames.

    Examples
    --------
    >>> meter = Meter(8000)
    >>> meter.add(np.zeros((2, 100), np.float32)); meter.add(np.zeros((2, 60), np.float32))
    >>> [len(column) for column in meter.finish()]
    [3, 3]
    """

    def __init__(self, sample_rate: int) -> None:
        taps = 1 << int(np.ceil(np.log2(RING_SECOND * sample_rate)))
        impulse = np.fft.irfft(response(k_filter(sample_rate), 4 * taps))[:taps]
        self._weigh = Convolver(impulse[None].astype(np.float32))
        self._energies: list[Audio] = []
        self._peaks: list[Audio] = []
        self._heard: Audio = np.zeros((2, 0), dtype=np.float32)  # weighted, not yet a whole block
        self._raw: Audio = np.zeros((2, REACH), dtype=np.float32)

    def add(self, audio: Audio) -> None:
        """Hear the next frames. `[shape=(2, n)]`"""
        weighted = np.concatenate([self._heard, self._weigh(audio)], axis=1)
        whole = weighted.shape[1] // BLOCK * BLOCK
        blocks = weighted[:, :whole].reshape(2, -1, BLOCK)
        self._energies.append(np.einsum("cbn,cbn->b", blocks, blocks))
        self._heard = weighted[:, whole:]
        raw = np.concatenate([self._raw, audio], axis=1)
        n_blocks = max(0, (raw.shape[1] - 2 * REACH) // BLOCK)
        if n_blocks:
            self._peaks.append(peaks_of(raw[:, : 2 * REACH + n_blocks * BLOCK]))
        self._raw = raw[:, n_blocks * BLOCK :].copy()

    def finish(self) -> tuple[Audio, Audio]:
        """Return energy (sum of squares of both channels) and true peak of each 64 frames, and forget them.

        The last block may be shorter.
        """
        rest = self._raw.shape[1] - REACH
        fill = -rest % BLOCK + REACH
        if rest > 0:
            self._peaks.append(peaks_of(np.pad(self._raw, ((0, 0), (0, fill)))))
        if self._heard.shape[1]:
            self._energies.append(np.array([np.einsum("cn,cn->", self._heard, self._heard)], dtype=np.float32))
        energies = np.concatenate([*self._energies, np.zeros(0, np.float32)])
        self._energies.clear()
        peaks = np.concatenate([*self._peaks, np.zeros(0, np.float32)])
        self._peaks.clear()
        return energies, peaks


def _windows(energies: Audio, sample_rate: int, gains: Audio | None = None) -> NDArray[np.float64]:
    """Return the mean square of each window of 0.4 s, a tenth of a second apart; what is shorter is one window."""
    size, step = WINDOW_SECOND * sample_rate / BLOCK, STEP_SECOND * sample_rate / BLOCK
    starts = np.arange(max(1, int((len(energies) - size) / step + 1e-9) + 1)) * step
    found: Any = _totals(energies, gains, starts + size) - _totals(energies, gains, starts)
    return np.asarray(found / (WINDOW_SECOND * sample_rate))


def _totals(energies: Audio, gains: Audio | None, places: NDArray[Any]) -> NDArray[np.float64]:
    """Return the energy up to each of sorted places between the blocks, a stretch at a time: an hour has 2.5 million blocks."""
    found, before = np.zeros(len(places)), 0.0
    for start in range(0, len(energies), STRETCH):
        part = energies[start : start + STRETCH].astype(np.float64)
        if gains is not None:
            part *= gains[start : start + STRETCH].astype(np.float64) ** 2
        total = before + np.concatenate([[0.0], np.cumsum(part)])
        first = np.searchsorted(places, start)
        found[first:] = np.interp(places[first:] - start, np.arange(len(total)), total)  # the end, after the end
        before = float(total[-1])
    return found


def gated(energies: Audio, sample_rate: int, gains: Audio | None = None) -> float:
    """Return the integrated loudness of K-weighted energies per 64 frames, under gains, in LUFS; -inf for silence."""
    power = _windows(energies, sample_rate, gains)
    with np.errstate(divide="ignore"):
        level = OFFSET + 10 * np.log10(power)
        heard = power[level > SILENT]
        if not len(heard):
            return -np.inf
        gate = OFFSET + 10 * np.log10(heard.mean()) - 10
        return float(OFFSET + 10 * np.log10(power[(level > SILENT) & (level > gate)].mean()))


def loudest(energies: Audio, sample_rate: int) -> float:
    """Return the loudness of the loudest 0.4 s (momentary), in LUFS; sounds shorter than that count as followed by silence."""
    with np.errstate(divide="ignore"):
        return float(OFFSET + 10 * np.log10(_windows(energies, sample_rate).max()))


def loudness(audio: Audio, sample_rate: int) -> float:
    """Return the integrated loudness of audio in LUFS; -inf for silence.

    Parameters
    ----------
    audio
        `[shape=(frames, 1 or 2)]`, one channel counts once.
    sample_rate
        Frames per second.

    Raises
    ------
    InputError
        if the shape is another one.

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 997 * np.arange(96000) / 48000)[:, None].astype(np.float32)
    >>> round(loudness(tone, 48000), 1)  # the standard: a full-scale sine in one channel reads -3.01
    -3.0
    """
    audio = np.asarray(audio, dtype=np.float32)
    if audio.ndim != 2 or audio.shape[1] not in (1, 2):
        raise InputError(f"audio must have the shape (frames, 1) or (frames, 2); got {audio.shape}")
    meter = Meter(sample_rate)
    columns = audio.T if audio.shape[1] == 2 else np.concatenate([audio.T, np.zeros_like(audio.T)])
    for start in range(0, len(audio), 10 * sample_rate):
        meter.add(np.ascontiguousarray(columns[:, start : start + 10 * sample_rate]))
    return gated(meter.finish()[0], sample_rate)
