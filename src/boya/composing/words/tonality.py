"""Key and scale of a request: said, or leaning the way its moods and its style do.

Conventions: a key is text as `boya.theory.keys.parse_key` reads it; a scale is its English name. A tonic without a mode is
major unless its scale says otherwise, as musicians mean it ("in D", "F调").
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from boya.composing.checks import contradiction
from boya.composing.request import modes_of
from boya.composing.words.habits import Habit, draw_usual
from boya.composing.words.length import one
from boya.composing.words.told import Heard
from boya.score import MINOR_MODES, MODES
from boya.theory.graph import graph
from boya.theory.scales import Scale, find_scale

__all__ = ["Tonality", "tonality_of"]

EITHER = "pentatonic"  # five notes, major or minor as the key is


@dataclass(frozen=True)
class Tonality:
    """Key and scale for a request, None where the plan decides; the mode, if it is known; the mood or style they are due to."""

    key: str | None = None
    scale: str | None = None
    mode: str = ""
    because: str = ""


def tonality_of(
    heard: Sequence[Heard], habit: Habit | None, moods: Sequence[str], *, has_chords: bool, rng: np.random.Generator
) -> Tonality:
    """Return key and scale of a request.

    Raises
    ------
    RequestError
        if two keys, modes or scales are named.
    """
    tonic, mode, scale = _said(heard)
    if scale is None and not has_chords:
        leaning = _leaning(habit, moods, mode or ("major" if tonic else ""), rng)
        if tonic is None and not mode and leaning is not None:
            return Tonality(None, leaning[0], _mode_of(leaning[0]), leaning[1])
        if leaning is not None and leaning[1].startswith("style:"):
            return Tonality(_key(tonic, mode), leaning[0], mode or "major", leaning[1])
    if tonic is None:
        name = scale or mode or None
        return Tonality(None, name, mode or _mode_of(scale or ""))
    mode = mode or (_mode_of(scale) if scale else "major")
    return Tonality(_key(tonic, mode), scale, mode)


def _said(heard: Sequence[Heard]) -> tuple[str | None, str, str | None]:
    """Tonic, mode and scale that were named."""
    key, other = one(heard, "key"), one(heard, "scale")
    tonic, mode, scale = (str(part) for part in key.value) if key is not None else ("", "", "")
    if other is not None:
        name = str(other.value[0])
        if EITHER in (name, scale):
            name, scale = _of_five(name, scale)
        was = mode if name in MODES else scale
        if key is not None and was and was != name:
            raise contradiction(repr(key.words), repr(other.words), "a piece has one key")
        mode, scale = (name, scale) if name in MODES else (mode, name)
    return tonic or None, mode, _scale_name(scale, mode) if scale else None


def _of_five(name: str, scale: str) -> tuple[str, str]:
    """Two names of scales, one of which says only that it has five notes: both become the other where that has five."""
    other = scale if name == EITHER else name
    is_one = other not in ("", *MODES, EITHER) and len(find_scale(graph().label(other)).semitones) == 5
    return (other, other) if is_one else (name, scale)


def _scale_name(scale: str, mode: str) -> str:
    """The English name of a scale's id."""
    if scale == EITHER:
        return f"{'minor' if mode in MINOR_MODES else 'major'} pentatonic"
    return find_scale(graph().label(scale)).name


def _key(tonic: str | None, mode: str) -> str | None:
    """A key as text."""
    return f"{tonic} {mode}".strip() if tonic else None


def _mode_of(name: str) -> str:
    """The mode whose notes a scale takes: by its third, else the first that has all of its notes."""
    if not name or name in MODES:
        return name
    scale = find_scale(name)
    by_third = modes_of(scale)
    fitting = [mode for mode in MODES if set(scale.semitones) <= set(find_scale(mode).semitones)]
    return by_third or (fitting[0] if fitting else "minor")


def _leaning(habit: Habit | None, moods: Sequence[str], mode: str, rng: np.random.Generator) -> tuple[str, str] | None:
    """A scale or mode, and the mood or style it is due to."""
    wanted = mode or _mode_of_moods(moods, rng)
    scales = [
        find_scale(graph().label(scale)) for scale in (habit.scales if habit is not None and not habit.is_of_models else ())
    ]
    fitting = [scale for scale in scales if _goes_with(scale, wanted)]
    if fitting and habit is not None:
        return draw_usual([scale.name for scale in fitting], rng), habit.id
    return (wanted, moods[0]) if wanted and not mode else None


def _goes_with(scale: Scale, mode: str) -> bool:
    """Whether a mode has the notes of a scale."""
    return not mode or set(scale.semitones) <= set(find_scale(mode).semitones)


def _mode_of_moods(moods: Sequence[str], rng: np.random.Generator) -> str:
    """The mode that the first mood leans to; none where it goes with major and minor alike."""
    for mood in moods:
        modes = [str(mode) for mode in graph().values(mood, "prefersMode")]
        plain = [mode for mode in modes if mode in ("major", "minor")]
        if len(plain) == 1:
            return plain[0]
        known = [mode for mode in modes if mode in MODES]
        if known and not plain:
            return known[int(rng.integers(len(known)))]
    return ""
