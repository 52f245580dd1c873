"""Whether the wishes of a request are wishes at all, and whether they can hold together.

Conventions: a wrong value raises `RequestError` with what must hold; two wishes that exclude each other are named as a pair.
"""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from boya.composing.checks import contradiction, wished
from boya.composing.form import share_bars
from boya.composing.which_model import GRID_MODELS
from boya.composing.works.habits import is_of_bands
from boya.composing.works.lengths import QPM, read_metre
from boya.composing.works.limits import chord_tones_of
from boya.errors import RequestError
from boya.score import MINOR_MODES, ROLES
from boya.theory.chords import chord_pitch_classes, parse_chord
from boya.theory.keys import key_name
from boya.theory.roman import is_roman
from boya.theory.scales import Scale, find_scale, scale_pitch_classes
from boya.theory.styles import style_names

if TYPE_CHECKING:
    from boya.composing.request import Request

__all__ = ["METRE", "check_agreement", "chord_notes", "modes_of"]

METRE = "4/4"
"""of the models that write on a grid"""
MOST_BARS = 512
MOST_SECONDS = 3600
_TEXTS = ("style", "key", "chords", "form", "metre", "scale", "model", "chord_tones", "plan")
_OF_PLAN = ("style", "key", "bars", "seconds", "qpm", "chords", "form", "metre", "scale", "band", "controls")
_OF_COMPOSER = ("controls", "limits", "chord_tones", "vary_repeats")


def check_agreement(request: "Request") -> None:
    """Raise `RequestError` unless every wish can be met, and all of them together as far as that is seen without a plan."""
    _check_numbers(request)
    _check_texts(request)
    _check_model(request)
    _check_metre(request)
    _check_key(request)
    _check_length(request)
    if request.players and all(request.players.get(role, 0) is None for role in ROLES):
        raise RequestError("band must keep at least one role; got none for all; leave one of them out of the list")


def modes_of(scale: Scale) -> str:
    """Return "major" or "minor" where the thirds of a scale leave no choice (the blues goes with both), else "".

    >>> [modes_of(find_scale(name)) for name in ("gong", "phrygian", "blues", "whole tone", "shang")]
    ['major', 'minor', '', 'major', '']
    """
    has_minor, has_major = 3 in scale.semitones, 4 in scale.semitones
    if has_minor == has_major or scale.name in ("blues", "minor pentatonic", "yu"):
        return ""
    return "minor" if has_minor else "major"


def chord_notes(bars: Iterable[tuple[str, ...]]) -> list[int]:
    """Return the pitch classes of chord symbols; Roman numerals, which fit every key, have none here.

    >>> chord_notes([("Am", "V7"), ("N.C.",)])
    [9, 0, 4]
    """
    chords = [parse_chord(symbol) for bar in bars for symbol in bar if not is_roman(symbol)]
    return [note for root, quality, _ in chords if root is not None for note in chord_pitch_classes(root, quality)]


def _check_numbers(request: "Request") -> None:
    """Raise unless numbers are in range."""
    _check_number("bars", request.bars, 1, MOST_BARS, whole=True)
    _check_number("qpm", request.qpm, *QPM)
    _check_number("seconds", request.seconds, 1, MOST_SECONDS)
    _check_number("vary_repeats", request.vary_repeats, 0, 1)
    _check_number("seed", request.seed, 0, 2**63 - 1, whole=True)
    if request.seed is None:
        raise RequestError("seed must be a whole number >= 0; got None")


def _check_number(name: str, value: object, low: float, high: float, whole: bool = False) -> None:
    """Raise unless the value is None or a number in range."""
    kinds = (int,) if whole else (int, float)
    right = isinstance(value, kinds) and not isinstance(value, bool) and math.isfinite(value) and low <= value <= high
    if value is not None and not right:
        raise RequestError(f"{name} must be a {'whole ' if whole else ''}number {low}-{high}; got {value!r:.60}")


def _check_texts(request: "Request") -> None:
    """Raise unless texts are texts."""
    for name in _TEXTS:
        value = getattr(request, name)
        most = 1_000_000 if name == "plan" else 10_000
        if value is not None and not (isinstance(value, str) and value.strip() and len(value) <= most):
            raise RequestError(f"{name} must be text; got {value!r:.60}; leave it out to let the plan decide")
    chord_tones_of(request.chord_tones)


def _check_model(request: "Request") -> None:
    """Raise if something is wished for that the model does not do, or that the plan says."""
    said = [name for name in _OF_PLAN if getattr(request, name) not in (None, ())]
    if request.plan is not None and said:
        raise contradiction("plan", said[0], f"the plan says the {said[0]}")
    if request.writer == "composer":
        return
    roles = [role for role, _ in request.pairs]
    if len(set(roles)) < len(roles):
        raise RequestError("band must name each role once; give one instrument for each, or ask for model composer")
    wished = [name for name in _OF_COMPOSER if getattr(request, name) not in (None, ())]
    if wished:
        raise contradiction(wished[0], "model", f"only the composer takes {wished[0]}; ask for model composer")


def _check_metre(request: "Request") -> None:
    """Raise unless the model writes style and metre."""
    family, substyle = request.family, request.substyle
    if request.writer == "composer":
        if request.metre is not None:
            read_metre(request.metre)
        return
    both = f"the models {' and '.join(GRID_MODELS)} write {METRE}"
    if request.metre is not None and request.metre.strip() != METRE:
        raise RequestError(f"metre must be {METRE}: {both}; got {request.metre!r:.20}; ask for model composer")
    metre = METRE if family is None else family.metre if substyle is None else substyle.metre
    if metre != METRE:
        known = f"{both} (styles: {', '.join(style_names(METRE))}); ask for model composer"
        raise contradiction("style", "metre", f"{request.style!r} is in {metre}, {known}")
    if family is not None and not is_of_bands(family.name):
        raise contradiction("style", "model", f"of {request.style!r} only the composer knows; ask for model composer")


def _check_key(request: "Request") -> None:
    """Raise if scale or chords do not belong to the key."""
    scale = None if request.scale is None else wished(find_scale, request.scale)
    if request.tonic_and_mode is None:
        return
    tonic, mode = request.tonic_and_mode
    if scale is not None and modes_of(scale) and (mode in MINOR_MODES) != (modes_of(scale) == "minor"):
        raise contradiction("key", "scale", f"{scale.name} has not the third of {key_name(tonic, mode)}")
    notes = chord_notes(request.chord_bars or ())
    inside = sum(note in scale_pitch_classes(tonic, mode) for note in notes)
    if 2 * inside < len(notes):
        why = f"only {inside} of {len(notes)} notes of {request.chords!r:.60} are in {key_name(tonic, mode)}"
        raise contradiction("key", "chords", why)


def _check_length(request: "Request") -> None:
    """Raise if form or chords do not fit the bars, or a wish speaks of a section that is not there."""
    if request.sections is not None:
        total = sum(size for _, size in share_bars(request.sections, request.bars))
        if total > MOST_BARS:
            raise RequestError(f"form must last at most {MOST_BARS} bars; got {total}")
        labels = [label for label, _ in request.sections]
        for label, _ in request.section_controls:
            if label and label not in labels:
                raise contradiction(f"controls of section {label}", "form", f"{request.form!r:.60} has no section {label}")
    chords = request.chord_bars
    if chords is not None and request.bars is not None and len(chords) > request.bars:
        raise contradiction("chords", "bars", f"the chords fill {len(chords)} bars; got bars={request.bars}")
