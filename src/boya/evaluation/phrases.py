"""How generated phrases of a band differ from real ones: MuseGAN's measures, track by track.

Conventions: a *phrase roll* is uint8 `[shape=(phrases, 5, 64, 128)]`: roles in the order of `boya.score.ROLES` (melody, chords,
bass, pad, drums), 64 sixteenth steps = 4 bars of 4/4, MIDI pitches; 0 silent, 1 sustained, 2 onset. A note begins at an onset,
or where a pitch sounds that did not sound the step before. Measures pool all phrases (a share is a ratio of totals, not a mean
of ratios), answer one value per role or pair of roles, and give NaN where there is nothing to measure; shares are 0-1.

Source: Dong, Hsiao, Yang & Yang, "MuseGAN", AAAI 2018 (EB, UPC, QN, DP, TD); Harte, Sandler & Gasser, "Detecting harmonic
change in musical audio", 2006 (the tonal centroid). Two of MuseGAN's bounds must be adapted to a grid of sixteenths, where they
cannot fail: a *qualified note* is there at least 3 of 96 steps of a bar long, which one sixteenth (6 of 96) always is, so we
report the share of notes that last one step; its drum patterns allow every sixteenth, so we report the share of drum onsets on
the eighths.
"""

from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.score import ROLES

__all__ = [
    "BAR_STEPS",
    "PAIRS",
    "PITCHED",
    "check_rolls",
    "chroma",
    "drum_patterns",
    "empty_bars",
    "fragmented_notes",
    "independent_tracks",
    "mean_pitch",
    "note_density",
    "note_starts",
    "onset_positions",
    "pitch_range",
    "polyphony",
    "ratio",
    "split_bars",
    "tonal_centroid",
    "tonal_distance",
    "used_pitch_classes",
]

BAR_STEPS = 16
PITCHED = ROLES[:4]
PAIRS = tuple(combinations(range(len(PITCHED)), 2))

Rolls = NDArray[np.uint8]
Floats = NDArray[np.float64]


def check_rolls(rolls: Rolls) -> Rolls:
    """Return `rolls` if they are phrase rolls.

    Raises
    ------
    InputError
        if shape, type or values are others.
    """
    rolls = np.asarray(rolls)
    fits = rolls.ndim == 4 and rolls.shape[1] == len(ROLES) and rolls.shape[2] % BAR_STEPS == 0 and rolls.shape[3] == 128
    if not fits or rolls.dtype != np.uint8:
        raise InputError(f"phrase rolls must be uint8 (phrases, 5, bars * 16, 128); got {rolls.dtype} {rolls.shape}")
    if rolls.size and rolls.max() > 2:
        raise InputError(f"phrase rolls must hold 0 (silent), 1 (sustained) or 2 (onset); got {rolls.max()}")
    return rolls


def note_starts(rolls: Rolls, merged: bool = False) -> NDArray[np.bool_]:
    """Return where notes begin; same shape as `rolls`.

    With `merged`, onsets inside a sounding pitch are ignored and repeated notes count as one, as on MuseGAN's rolls without
    onsets.
    """
    before = np.zeros_like(rolls)
    before[..., 1:, :] = rolls[..., :-1, :]
    begins: NDArray[np.bool_] = (rolls > 0) & (before == 0)
    return begins if merged else begins | (rolls == 2)


def empty_bars(rolls: Rolls) -> Floats:
    """Return the share of bars without a sound (EB) per role. `[shape=(5,)]`

    >>> roll = np.zeros((1, 5, 64, 128), np.uint8)
    >>> roll[0, 0, 0, 60] = 2
    >>> empty_bars(roll).tolist()
    [0.75, 1.0, 1.0, 1.0, 1.0]
    """
    sounds: NDArray[np.bool_] = np.asarray(split_bars(check_rolls(rolls) > 0).any(axis=(3, 4)))
    return ratio((~sounds).sum(axis=(0, 2)), np.full(len(ROLES), sounds[:, 0].size))


def used_pitch_classes(rolls: Rolls) -> Floats:
    """Return the mean number of pitch classes in a bar that sounds (UPC, 1-12) per pitched role. `[shape=(4,)]`"""
    used = split_bars(chroma(rolls)).any(axis=3).sum(axis=3)
    return ratio(used.sum(axis=(0, 2)), (used > 0).sum(axis=(0, 2)))


def fragmented_notes(rolls: Rolls, merged: bool = False) -> Floats:
    """Return the share of notes that last one sixteenth, per pitched role. `[shape=(4,)]`

    Every pitch of a chord is a note of its own. A repeated note is a new note where an onset says so; with `merged`, as on
    MuseGAN's rolls, repetitions join to one long note. A note that begins on the last step of the phrase counts as one step.
    """
    rolls = check_rolls(rolls)[:, : len(PITCHED)]
    starts = note_starts(rolls, merged)
    after = np.zeros_like(rolls)
    after[..., :-1, :] = rolls[..., 1:, :]
    single = starts & ((after == 0) if merged else (after != 1))
    return ratio(single.sum(axis=(0, 2, 3)), starts.sum(axis=(0, 2, 3)))


def drum_patterns(rolls: Rolls) -> Floats:
    """Return the share of drum onsets on the eighth notes of the bar (DP, 8-beat pattern in 4/4). `[shape=(1,)]`"""
    onsets = (check_rolls(rolls)[:, -1] == 2).sum(axis=(0, 2))
    return ratio(onsets[::2].sum(keepdims=True), onsets.sum(keepdims=True))


def tonal_distance(rolls: Rolls, window: int = 8) -> Floats:
    """Return the mean distance between the tonal centroids of two pitched roles (TD). `[shape=(6,)]`, in the order of `PAIRS`

    Centroids are taken over windows of `window` steps (half a bar; 16 for a bar) in which both sound; 0 is equal harmony,
    larger is further apart, the bound is 3.
    """
    if window < 1 or BAR_STEPS % window:
        raise InputError(f"window must divide {BAR_STEPS} steps; got {window}")
    counts = chroma(rolls)
    counts = counts.reshape(*counts.shape[:2], -1, window, 12).sum(axis=3)
    sounds = counts.sum(axis=3) > 0
    centroid = tonal_centroid(counts)
    values = []
    for one, other in PAIRS:
        both = sounds[:, one] & sounds[:, other]
        values.append(np.linalg.norm(centroid[:, one][both] - centroid[:, other][both], axis=1).mean() if both.any() else np.nan)
    return np.array(values)


def tonal_centroid(weights: NDArray[np.int64] | Floats) -> Floats:
    """Map pitch-class weights `[shape=(..., 12)]` to Harte's six coordinates `[shape=(..., 6)]`; silence to 0.

    >>> tonal_centroid(np.eye(12)[0]).round(3).tolist()
    [0.0, 1.0, 0.0, 1.0, 0.0, 0.5]
    """
    total = weights.sum(axis=-1, keepdims=True)
    return np.asarray(weights / np.maximum(total, 1e-12) @ _circles())


def polyphony(rolls: Rolls) -> Floats:
    """Return the mean number of pitches where at least one sounds, per pitched role. `[shape=(4,)]`"""
    sounding = (check_rolls(rolls)[:, : len(PITCHED)] > 0).sum(axis=3)
    return ratio(sounding.sum(axis=(0, 2)), (sounding > 0).sum(axis=(0, 2)))


def note_density(rolls: Rolls) -> Floats:
    """Return the mean number of notes that begin in a bar, per role. `[shape=(5,)]`"""
    starts = note_starts(check_rolls(rolls)).sum(axis=(0, 2, 3))
    return ratio(starts, np.full(len(ROLES), rolls.shape[0] * rolls.shape[2] / BAR_STEPS))


def mean_pitch(rolls: Rolls) -> Floats:
    """Return the mean MIDI pitch of all notes, per pitched role. `[shape=(4,)]`"""
    counts = note_starts(check_rolls(rolls)[:, : len(PITCHED)]).sum(axis=(0, 2))
    return ratio(counts @ np.arange(128), counts.sum(axis=1))


def pitch_range(rolls: Rolls) -> Floats:
    """Return the mean distance in semitones from the lowest to the highest pitch of a phrase, per pitched role. `[shape=(4,)]`

    Phrases in which the role is silent do not count.
    """
    used = np.any(check_rolls(rolls)[:, : len(PITCHED)] > 0, axis=2)
    span = 127 - used[..., ::-1].argmax(axis=2) - used.argmax(axis=2)
    sounds = used.any(axis=2)
    return ratio((span * sounds).sum(axis=0), sounds.sum(axis=0))


def onset_positions(rolls: Rolls) -> Floats:
    """Return the share of a role's notes that begin at each sixteenth of the bar; rows sum to 1. `[shape=(5, 16)]`"""
    starts = split_bars(note_starts(check_rolls(rolls))).sum(axis=(0, 2, 4))
    return ratio(starts, starts.sum(axis=1, keepdims=True))


def chroma(rolls: Rolls) -> NDArray[np.int64]:
    """Count the sounding pitches of each pitch class at each step of the pitched roles. `[shape=(phrases, 4, steps, 12)]`"""
    sounding = check_rolls(rolls)[:, : len(PITCHED)] > 0
    padded = np.zeros((*sounding.shape[:3], 132), dtype=np.uint8)
    padded[..., :128] = sounding
    counts: NDArray[np.int64] = padded.reshape(*sounding.shape[:3], 11, 12).sum(axis=3, dtype=np.int64)
    return counts


def independent_tracks(rolls: Rolls, rng: np.random.Generator) -> Rolls:
    """Return phrases whose tracks come from different real phrases: each role alone is real, together they never met.

    The baseline that every measure of a single track likes and only harmony and rhythm between tracks give away.
    """
    rolls = check_rolls(rolls)
    return np.stack([rolls[rng.permutation(len(rolls)), role] for role in range(len(ROLES))], axis=1)


def split_bars(steps: NDArray[Any]) -> NDArray[Any]:
    """Split the step axis: `(phrases, roles, steps, x)` to `(phrases, roles, bars, 16, x)`."""
    return steps.reshape(*steps.shape[:2], -1, BAR_STEPS, steps.shape[3])


def ratio(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    """Divide; NaN where the whole is 0."""
    whole = np.asarray(whole, dtype=np.float64)
    shape = np.broadcast_shapes(np.shape(part), whole.shape)
    return np.asarray(np.divide(part, whole, out=np.full(shape, np.nan), where=whole > 0))


@cache
def _circles() -> Floats:
    """Pitch classes on the circles of fifths, minor thirds and major thirds, radii 1, 1, 1/2. `[shape=(12, 6)]`"""
    angle = np.arange(12)[:, None] * np.pi * np.array([7 / 6, 3 / 2, 2 / 3])
    circles: Floats = np.stack([np.sin(angle), np.cos(angle)], axis=2) * np.array([1, 1, 0.5])[:, None]
    return circles.reshape(12, 6)
