"""A fixed description of a phrase in 223 numbers, for the classifier that tells generated from real.

Conventions: phrase rolls as in `phrases`, in the key of C, so that pitch classes are scale degrees. A value is NaN where a
phrase has nothing to measure (boosted trees take that as a value of its own). The list is part of the metric: to change it is
to change the metric, so it is versioned by `VERSION` and named by `descriptor_names`.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.evaluation import phrases
from boya.evaluation.phrases import BAR_STEPS, PAIRS, PITCHED, ratio, split_bars
from boya.score import ROLES
from boya.theory.drums import CLASS_PITCHES, DRUM_CLASSES

__all__ = ["VERSION", "descriptor_names", "descriptors"]

VERSION = 1

Rolls = NDArray[np.uint8]
Floats = NDArray[np.float64]

_LEAPS = (-128, -12, -7, -4, -2, 0, 1, 3, 5, 8, 13, 128)  # edges of the interval classes, in semitones: unison, steps, thirds ...
_LINES = (0, 2)  # melody and bass


def descriptors(rolls: Rolls, chords: NDArray[np.bool_] | None = None) -> Floats:
    """Describe every phrase. `[shape=(phrases, n)]`, columns as in `descriptor_names`

    Parameters
    ----------
    rolls
        phrase rolls `[shape=(phrases, 5, 64, 128)]`.
    chords
        the pitch classes of the chord that was asked for at each step `[shape=(phrases, 64, 12)]`; with it, the share of sounding
        pitches of each pitched role that belong to the chord is described too.

    Raises
    ------
    InputError
        if shapes do not fit.

    Examples
    --------
    >>> descriptors(np.zeros((2, 5, 64, 128), np.uint8)).shape == (2, len(descriptor_names()))
    True
    """
    rolls = phrases.check_rolls(rolls)
    parts = [function(rolls) for function in _PARTS.values()]
    if chords is not None:
        parts.append(_chord_tones(rolls, chords))
    return np.concatenate([part.reshape(len(rolls), part[0].size if len(part) else 0) for part in parts], axis=1)


def descriptor_names(with_chords: bool = False) -> tuple[str, ...]:
    """Return the name of each column, such as `onsets melody 4`."""
    labels = {
        "empty bars": ROLES,
        "notes": ROLES,
        "sounding": PITCHED,
        "polyphony": PITCHED,
        "fragmented": PITCHED,
        "pitch classes a bar": PITCHED,
        "mean pitch": PITCHED,
        "lowest": PITCHED,
        "highest": PITCHED,
        "onsets": tuple(f"{role} {step}" for role in ROLES for step in range(BAR_STEPS)),
        "pitch class": tuple(f"{role} {pc}" for role in PITCHED for pc in range(12)),
        "interval": tuple(f"{ROLES[line]} {low}" for line in _LINES for low in _LEAPS[:-1]),
        "bar likeness": tuple(f"{role} {apart}" for role in ROLES for apart in (1, 2)),
        "tonal distance": tuple(f"{ROLES[a]}-{ROLES[b]}" for a, b in PAIRS),
        "drum": DRUM_CLASSES,
        "together": tuple(f"{ROLES[a]}-{ROLES[b]}" for a in range(5) for b in range(a + 1, 5)),
    }
    if with_chords:
        labels["chord tones"] = PITCHED
    return tuple(f"{kind} {label}" for kind, group in labels.items() for label in group)


def _empty(rolls: Rolls) -> Floats:
    return np.asarray((~split_bars(rolls > 0).any(axis=(3, 4))).mean(axis=2))


def _notes(rolls: Rolls) -> Floats:
    return np.asarray(phrases.note_starts(rolls).sum(axis=(2, 3)), dtype=np.float64)


def _sounding(rolls: Rolls) -> Floats:
    return np.asarray((rolls[:, :4] > 0).any(axis=3).mean(axis=2))


def _polyphony(rolls: Rolls) -> Floats:
    voices = (rolls[:, :4] > 0).sum(axis=3)
    return ratio(voices.sum(axis=2), (voices > 0).sum(axis=2))


def _fragmented(rolls: Rolls) -> Floats:
    starts = phrases.note_starts(rolls)[:, :4]
    held = np.zeros_like(starts)
    held[:, :, :-1] = rolls[:, :4, 1:] == 1
    return ratio((starts & ~held).sum(axis=(2, 3)), starts.sum(axis=(2, 3)))


def _used(rolls: Rolls) -> Floats:
    used = split_bars(phrases.chroma(rolls) > 0).any(axis=3).sum(axis=3)
    return ratio(used.sum(axis=2), (used > 0).sum(axis=2))


def _mean_pitch(rolls: Rolls) -> Floats:
    counts = phrases.note_starts(rolls)[:, :4].sum(axis=2)
    return ratio(counts @ np.arange(128), counts.sum(axis=2))


def _lowest(rolls: Rolls) -> Floats:
    used = np.any(rolls[:, :4] > 0, axis=2)
    return np.where(used.any(axis=2), used.argmax(axis=2), np.nan)


def _highest(rolls: Rolls) -> Floats:
    used = np.any(rolls[:, :4] > 0, axis=2)
    return np.where(used.any(axis=2), 127 - used[..., ::-1].argmax(axis=2), np.nan)


def _onsets(rolls: Rolls) -> Floats:
    starts = split_bars(phrases.note_starts(rolls)).sum(axis=(2, 4))
    return ratio(starts, starts.sum(axis=2, keepdims=True))


def _pitch_classes(rolls: Rolls) -> Floats:
    counts = phrases.chroma(rolls).sum(axis=2)
    return ratio(counts, counts.sum(axis=2, keepdims=True))


def _intervals(rolls: Rolls) -> Floats:
    shares = np.full((len(rolls), len(_LINES), len(_LEAPS) - 1), np.nan)
    starts = phrases.note_starts(rolls)
    for column, role in enumerate(_LINES):
        struck = starts[:, role].any(axis=2)
        pitch = 127 - starts[:, role, :, ::-1].argmax(axis=2) if role == 0 else starts[:, role].argmax(axis=2)
        phrase, step = np.nonzero(struck)
        leap = np.diff(pitch[phrase, step])[np.diff(phrase) == 0]
        owner = phrase[1:][np.diff(phrase) == 0]
        kind = np.searchsorted(_LEAPS, leap, side="right") - 1
        counts = np.zeros(shares[:, column].shape, dtype=np.int64)
        np.add.at(counts, (owner, kind), 1)
        shares[:, column] = ratio(counts, counts.sum(axis=1, keepdims=True))
    return shares


def _likeness(rolls: Rolls) -> Floats:
    """How much of two bars' notes they share (Jaccard), one and two bars apart."""
    bars: NDArray[np.bool_] = split_bars(phrases.note_starts(rolls))
    result = []
    for apart in (1, 2):
        one, other = bars[:, :, apart:], bars[:, :, : bars.shape[2] - apart]
        common, either = (one & other).sum(axis=(2, 3, 4)), (one | other).sum(axis=(2, 3, 4))
        result.append(ratio(common, either))
    return np.stack(result, axis=2)


def _tonal(rolls: Rolls) -> Floats:
    counts = phrases.chroma(rolls)
    counts = counts.reshape(*counts.shape[:2], -1, 8, 12).sum(axis=3)
    sounds, centroid = counts.sum(axis=3) > 0, phrases.tonal_centroid(counts)
    values = []
    for one, other in PAIRS:
        both = sounds[:, one] & sounds[:, other]
        distance = np.linalg.norm(centroid[:, one] - centroid[:, other], axis=2) * both
        values.append(ratio(distance.sum(axis=1), both.sum(axis=1)))
    return np.stack(values, axis=1)


def _drums(rolls: Rolls) -> Floats:
    counts = (rolls[:, 4] == 2).sum(axis=1)
    return ratio(counts[:, list(CLASS_PITCHES)], counts.sum(axis=1, keepdims=True))


def _together(rolls: Rolls) -> Floats:
    """Share of the steps where one of two roles begins a note in which both do."""
    struck = np.any(phrases.note_starts(rolls), axis=3)
    pairs = [(struck[:, a], struck[:, b]) for a in range(5) for b in range(a + 1, 5)]
    return np.stack([ratio((one & other).sum(axis=1), (one | other).sum(axis=1)) for one, other in pairs], axis=1)


def _chord_tones(rolls: Rolls, chords: NDArray[np.bool_]) -> Floats:
    """Share of sounding pitches that belong to the chord, over steps that have one."""
    chords = np.asarray(chords, dtype=bool)
    if chords.shape != (len(rolls), rolls.shape[2], 12):
        raise InputError(f"chords must be ({len(rolls)}, {rolls.shape[2]}, 12); got {chords.shape}")
    given: NDArray[np.bool_] = np.asarray(chords.any(axis=2, keepdims=True))
    counts = phrases.chroma(rolls) * given[:, None]
    return ratio((counts * chords[:, None]).sum(axis=(2, 3)), counts.sum(axis=(2, 3)))


_PARTS: dict[str, Callable[[Rolls], Floats]] = {
    "empty bars": _empty,
    "notes": _notes,
    "sounding": _sounding,
    "polyphony": _polyphony,
    "fragmented": _fragmented,
    "pitch classes a bar": _used,
    "mean pitch": _mean_pitch,
    "lowest": _lowest,
    "highest": _highest,
    "onsets": _onsets,
    "pitch class": _pitch_classes,
    "interval": _intervals,
    "bar likeness": _likeness,
    "tonal distance": _tonal,
    "drum": _drums,
    "together": _together,
}
