"""WaveNet in one compiled loop: every layer keeps what it will hear again, so that a sample costs one pass (cached generation).

The network is `boya.models.networks.wavenet`; the tone is made at the rate it learnt, divided by its level, and brought to the
wanted rate and level afterwards. Source of the cache: T. Le Paine et al., "Fast Wavenet Generation Algorithm", 2016.
"""

from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.sound.compiled import compiled
from boya.sound.neural.controls import LOWEST, amplitude, hop_of, with_level
from boya.sound.neural.phases import harmonic_phases
from boya.sound.neural.playing import Wish, draws, levels, rows_of, through
from boya.sound.neural.resampling import resampled
from boya.sound.neural.weights import Network

__all__ = ["generated", "play"]

Array = NDArray[np.float64]
Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]
TEMPERATURE = 0.0  # of the draws: on dev tones the likeliest samples are nearest to the teacher
SILENT = LOWEST + 8.0  # decibels at which a dying tone has ended


def play(network: Network, wish: Wish, sample_rate: int, *, temperature: float = TEMPERATURE) -> Array:
    """Return a tone in mono, without vibrato or release, at most as long as it rings.

    Parameters
    ----------
    network
        Of the family `wavenet`.
    wish
        Which tone; its samples are counted at `sample_rate`.
    sample_rate
        Frames a second.
    temperature
        0 takes the most likely sample each time; 1 draws as the network learnt.

    Returns
    -------
    `[shape=(n <= n_samples,)]`
    """
    rate = int(network.card["sample_rate"])
    hop = hop_of(rate)
    frames = -(-(wish.n_samples * rate) // (sample_rate * hop)) + 1
    level = levels(network, wish, np.arange(frames + 1, dtype=np.float64) * (hop / rate))
    ended = np.flatnonzero(level < SILENT)
    if len(ended):
        level = level[: max(int(ended[0]), 1) + 1]
    raw = generated(network, wish, level, temperature=temperature)
    tone = np.zeros(len(raw))
    _centre(raw, tone)
    tone *= np.interp(np.arange(len(tone)) / hop, np.arange(len(level)), amplitude(level))
    return resampled(tone, rate, sample_rate)[: wish.n_samples]


def generated(network: Network, wish: Wish, level: Array, *, temperature: float = TEMPERATURE) -> Array:
    """Return samples at the network's own rate, divided by the level of each frame.

    Parameters
    ----------
    level
        Decibels at both ends of every frame. `[shape=(frames + 1,)]`

    Returns
    -------
    `[shape=(frames * hop,)]`
    """
    s, rate = network.settings, int(network.card["sample_rate"])
    hop, dilations = hop_of(rate), _dilations(network)
    lead = -(-(int(dilations.sum()) + 1) // hop)
    frames = np.arange(-lead, len(level))
    heard = with_level(rows_of(network, wish, frames.astype(np.float64) * (hop / rate)), level[np.maximum(frames, 0)])
    told = through(network, "conditioner", 2, heard)
    arrays = network.arrays
    gates = [told @ arrays[f"told.{i}.weight"].T + arrays[f"gates.{i}.bias"] for i in range(s["layers"])]
    places = np.arange(-lead * hop, (len(level) - 1) * hop)
    phases = harmonic_phases(wish.frequency, _first_turn(network, wish), places, rate, s["harmonics"])
    noise = np.concatenate([np.zeros(lead * hop), temperature * draws(wish, len(places) - lead * hop)])
    out = np.zeros(len(places), dtype=np.float32)
    c, k = s["channels"], s["skips"]
    widths = (c, 2 * c, c, c + k, k, s["head"])
    scratch = [np.zeros(width, dtype=np.float32) for width in widths]
    ring = np.zeros(int(dilations.sum()) * c, dtype=np.float32)
    shares = (np.arange(hop) / hop).astype(np.float32)
    told_rows = np.concatenate(gates, axis=1).astype(np.float32).ravel()
    heard_phases = phases.T.astype(np.float32).ravel()
    weights = (*_flat(network), dilations, ring, *scratch)
    write: Any = _write  # which names as many arrays as these
    write(heard_phases, told_rows, shares, *weights, noise.astype(np.float32), lead * hop, out)
    return out[lead * hop :].astype(np.float64)


def _dilations(network: Network) -> Numbers:
    """Return how far back each layer hears."""
    return np.array([2 ** (place % network.settings["cycle"]) for place in range(network.settings["layers"])], dtype=np.int64)


def _first_turn(network: Network, wish: Wish) -> float:
    """Return the phase at which the teacher's tones of this pitch begin, between the learnt pitches on a circle."""
    table = np.array(network.card["phases"][wish.instrument], dtype=np.float64)
    hertz = np.log2(wish.frequency / 440) * 12 + 69
    around = [np.interp(hertz, table[:, 0], part(2 * np.pi * table[:, 1])) for part in (np.cos, np.sin)]
    return float(np.arctan2(around[1], around[0]) / (2 * np.pi))


def _flat(network: Network) -> list[Floats]:
    """Return the weights as the loop wants them: rows of outputs for each input, one after another."""
    arrays, n = network.arrays, network.settings["layers"]
    older, newer = (np.stack([arrays[f"gates.{i}.weight"][:, :, tap].T for i in range(n)]) for tap in (0, 1))
    mixes = np.stack([arrays[f"mixes.{i}.weight"][:, :, 0].T for i in range(n)])
    biases = np.stack([arrays[f"mixes.{i}.bias"] for i in range(n)])
    ends = [arrays[name][:, :, 0].T for name in ("front.weight", "head.weight", "out.weight")]
    front, head, out = ([side, arrays[f"{name}.bias"]] for side, name in zip(ends, ("front", "head", "out"), strict=True))
    return [np.ascontiguousarray(part).ravel() for part in (*front, older, newer, mixes, biases, *head, *out)]


@compiled
def _centre(raw: Array, out: Array) -> None:
    """Take away what does not swing: below about 8 Hz at 16 kHz."""
    mean = 0.0
    for t in range(len(raw)):
        mean += 0.003 * (raw[t] - mean)
        out[t] = raw[t] - mean


@compiled
def _write(  # noqa: PLR0912  (a kernel calls nothing)
    phases: Floats,
    told: Floats,
    shares: Floats,
    front: Floats,
    front_bias: Floats,
    older: Floats,
    newer: Floats,
    mixes: Floats,
    mix_bias: Floats,
    head: Floats,
    head_bias: Floats,
    end: Floats,
    end_bias: Floats,
    dilations: Numbers,
    ring: Floats,
    wave: Floats,
    both: Floats,
    kept: Floats,
    mixed: Floats,
    total: Floats,
    last: Floats,
    noise: Floats,
    lead: int,
    out: Floats,
) -> None:
    """Write sample after sample; the first `lead` are silence. `ring` holds the past of all layers, one behind another."""
    n_channels, n_skips, n_head, hop = len(wave), len(total), len(last), len(shares)
    n_both, n_mix, n_phases, n_layers = len(both), len(wave) + len(total), len(front) // len(wave) - 1, len(dilations)
    before = 0.0 * noise[0]
    for t in range(len(out)):
        frame = t // hop
        share = shares[t - frame * hop]
        for j in range(n_channels):
            wave[j] = front_bias[j] + front[j] * before
        heard = phases[t * n_phases : (t + 1) * n_phases]
        for i in range(n_phases):
            row, x = front[(i + 1) * n_channels : (i + 2) * n_channels], heard[i]
            for j in range(n_channels):
                wave[j] += row[j] * x
        for j in range(n_skips):
            total[j] = 0.0
        first = 0
        for layer in range(n_layers):
            at = (frame * n_layers + layer) * n_both
            here, then = told[at : at + n_both], told[at + n_layers * n_both : at + (n_layers + 1) * n_both]
            for j in range(n_both):
                both[j] = here[j] + (then[j] - here[j]) * share
            past = (first + t % dilations[layer]) * n_channels
            first += dilations[layer]
            for i in range(n_channels):
                x, y = ring[past + i], wave[i]
                ring[past + i] = y
                at = (layer * n_channels + i) * n_both
                old, new = older[at : at + n_both], newer[at : at + n_both]
                for j in range(n_both):
                    both[j] += old[j] * x + new[j] * y
            for i in range(n_channels):
                kept[i] = (1.0 - 2.0 / (1.0 + exp(2.0 * both[i]))) / (1.0 + exp(-both[n_channels + i]))
            row = mix_bias[layer * n_mix : (layer + 1) * n_mix]
            for j in range(n_mix):
                mixed[j] = row[j]
            for i in range(n_channels):
                at, x = (layer * n_channels + i) * n_mix, kept[i]
                row = mixes[at : at + n_mix]
                for j in range(n_mix):
                    mixed[j] += row[j] * x
            for j in range(n_channels):
                wave[j] += mixed[j]
            for j in range(n_skips):
                total[j] += mixed[n_channels + j]
        for j in range(n_head):
            last[j] = head_bias[j]
        for i in range(n_skips):
            total[i] = total[i] if total[i] > 0.0 else 0.1 * total[i]
            row, x = head[i * n_head : (i + 1) * n_head], total[i]
            for j in range(n_head):
                last[j] += row[j] * x
        mean, scale = end_bias[0] + 0.0, end_bias[1] + 0.0
        for j in range(n_head):
            y = last[j] if last[j] > 0.0 else 0.1 * last[j]
            mean += end[2 * j] * y
            scale += end[2 * j + 1] * y
        value = mean + exp(scale if scale > -7.0 else -7.0) * noise[t]
        value = 8.0 if value > 8.0 else (-8.0 if value < -8.0 else value)
        out[t] = value if t >= lead else 0.0
        before = out[t]
