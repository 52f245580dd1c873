"""Name key and chords where the file is silent, and the mode where a key signature tells only sharps and flats.

What was named here rather than read is told in the manifest (`named`), so that it is never taken for the composer's word.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from boya.score import Key, Score
from boya.theory.chord_naming import name_chords
from boya.theory.keys import FINAL_BONUS, MAJOR_PROFILE, MINOR_PROFILE, name_key, pitch_class_weights

__all__ = ["resolve_modes", "with_names"]

_LEAST_QUARTERS = 8  # a passage with less sounding music keeps the mode it was given


def with_names(score: Score, *, is_mode_known: bool = True) -> tuple[Score, tuple[str, ...]]:
    """Return the score with key and chords, and which of `key`, `mode` and `chords` were found by listening.

    Parameters
    ----------
    score
        any score; drums alone have neither and stay as they are.
    is_mode_known
        False if key signatures tell sharps and flats but call every piece major; the relative minor is then taken where it
        fits better.

    Examples
    --------
    >>> from boya.score import Timeline, Track, note_array
    >>> tune = Track(note_array([(i * 480, 480, p, 80) for i, p in enumerate([69, 71, 72, 76, 74, 72, 71, 68, 69, 69])]))
    >>> named, what = with_names(Score((tune,)))
    >>> named.timeline.keys, what
    ((Key(tick=0, tonic=9, mode='minor'),), ('key', 'chords'))
    """
    if not pitch_class_weights(score).any():
        return score, ()
    what: list[str] = []
    if "key" in score.timeline.assumed:
        score, what = name_key(score), ["key"]
    elif not is_mode_known:
        score, what = resolve_modes(score), ["mode"]
    if not score.chords:
        score, what = replace(score, chords=name_chords(score)), [*what, "chords"]
    return score, tuple(what)


def resolve_modes(score: Score) -> Score:
    """Return the score whose major keys are the relative minor wherever that fits the notes better.

    A key change that only returns to the same key afterwards disappears.
    """
    keys = score.timeline.keys
    ends = [*(k.tick for k in keys[1:]), max(score.end, keys[-1].tick + 1)]
    found: list[Key] = []
    for key, end in zip(keys, ends, strict=True):
        part = score if len(keys) == 1 else score.slice(key.tick, end)
        resolved = _resolved(key, part)
        if not found or (resolved.tonic, resolved.mode) != (found[-1].tonic, found[-1].mode):
            found.append(resolved)
    return replace(score, timeline=replace(score.timeline, keys=tuple(found)))


def _resolved(key: Key, part: Score) -> Key:
    """Choose between a major key and its relative minor by the notes of its passage."""
    weights = pitch_class_weights(part)
    if key.mode != "major" or weights.sum() < _LEAST_QUARTERS:
        return key
    relative = (key.tonic + 9) % 12
    last = _last_bass(part)
    major = _fit(weights, MAJOR_PROFILE, key.tonic) + FINAL_BONUS * (last == key.tonic)
    minor = _fit(weights, MINOR_PROFILE, relative) + FINAL_BONUS * (last == relative)
    return replace(key, tonic=relative, mode="minor") if minor > major else key


def _fit(weights: NDArray[np.float64], profile: tuple[float, ...], tonic: int) -> float:
    """Pearson correlation of pitch class weights with the profile of a key; 0 where all weights are equal."""
    if np.ptp(weights) == 0:
        return 0.0
    return float(np.corrcoef(weights, np.roll(profile, tonic))[0, 1])


def _last_bass(part: Score) -> int:
    """Pitch class of the lowest note of the last onset."""
    notes = np.concatenate([t.notes for t in part.tracks if t.n_notes and not t.is_drum])
    return int(notes["pitch"][notes["onset"] == notes["onset"].max()].min()) % 12
