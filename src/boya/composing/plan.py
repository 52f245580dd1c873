"""How a plan is made: what the request says is kept, the rest is drawn from the habits of the style.

A person can print a plan, change it and feed it back (`boya.composing.plan_text`). Each decision is drawn from a generator of its
own, so that a wish about one changes no other.
"""

import re
from dataclasses import replace
from itertools import accumulate
from typing import Any

import numpy as np

from boya.composing.decisions import Plan, PlanSection
from boya.composing.form import PHRASE_BARS, Sections, draw_form, share_bars
from boya.composing.progressions import harmonise, in_key
from boya.composing.request import METRE, Request, chord_notes, modes_of
from boya.composing.works.controls import Wishes
from boya.composing.works.habits import is_of_bands, progressions_of, styles_of_metre
from boya.composing.works.lengths import Wanted, bars_and_tempo, read_metre
from boya.errors import RequestError
from boya.score import ROLES
from boya.theory.chords import chord_pitch_classes, parse_chord
from boya.theory.instruments import instrument
from boya.theory.keys import find_key, parse_key
from boya.theory.progressions import progressions_for
from boya.theory.scales import find_scale
from boya.theory.styles import Style, Substyle

__all__ = ["STEPS_PER_BAR", "STEPS_PER_HALF", "Plan", "PlanSection", "plan_of"]

STEPS_PER_BAR = 16
STEPS_PER_HALF = STEPS_PER_BAR // 2
USUAL_BARS = 16
_MINOR_TONIC = re.compile("i(?![iv])")


def plan_of(request: Request, rng: np.random.Generator | None = None) -> Plan:
    """Fill a request in: keep what it says, draw the rest from the habits of the style.

    Parameters
    ----------
    request
        the wishes
    rng
        source of the draws; a generator of `request.seed` if left out

    Raises
    ------
    RequestError
        if the wishes cannot be met together.

    Examples
    --------
    >>> plan = plan_of(Request(style="bossa nova", key="A minor", bars=16, seed=7))
    >>> plan.style, plan.substyle, plan.tonic, plan.mode, plan.n_bars
    ('latin', 'BossaNova', 9, 'minor', 16)
    """
    rng = np.random.default_rng(request.seed) if rng is None else rng
    draws = [np.random.default_rng(seed) for seed in rng.integers(2**63, size=6)]
    style, substyle, metre = _choose_style(request, draws[0])
    tonic, mode = _choose_key(request, style, draws[1])
    drawn_qpm = float(round(draws[2].triangular(*style.tempo)))
    bars, qpm = _choose_length(request, style, metre, drawn_qpm)
    sections = _choose_form(request, style, bars, draws[3])
    return Plan(
        style=style.name,
        substyle=substyle.id,
        tonic=tonic,
        mode=mode,
        scale=mode if request.scale is None else find_scale(request.scale).name,
        qpm=qpm,
        sections=_with_wishes(_choose_chords(request, style, (tonic, mode), sections, draws[4]), request),
        programs=_choose_band(request, style, draws[5]),
        metre=metre,
        more=request.more_players,
    )


def _draw(choice: list[tuple[Any, float]], rng: np.random.Generator) -> Any:
    """One of (value, weight)."""
    weights = np.array([weight for _, weight in choice], dtype=float)
    return choice[int(rng.choice(len(choice), p=weights / weights.sum()))][0]


def _choose_style(request: Request, rng: np.random.Generator) -> tuple[Style, Substyle, str]:
    """Family, substyle and metre: a metre that is wished for comes before the habits of a style."""
    asked = None if request.metre is None else "{0.numerator}/{0.denominator}".format(read_metre(request.metre))
    usual = METRE if asked is None else asked
    style = request.family or _draw([(s, 1.0) for s in styles_of_metre(usual) if is_of_bands(s.name) or usual != METRE], rng)
    usual = asked or (style.metre if request.substyle is None else request.substyle.metre)
    fitting = [(s, s.pieces) for s in style.substyles if s.metre == usual]
    substyle = request.substyle or _draw(fitting or [(s, s.pieces) for s in style.substyles], rng)
    return style, substyle, asked or substyle.metre


def _choose_length(request: Request, style: Style, metre: str, drawn_qpm: float) -> tuple[int | None, float]:
    """Bars, None where the form shall say them, and tempo."""
    qpm = float(request.qpm) if request.qpm is not None else drawn_qpm
    if request.seconds is None:
        return request.bars, qpm
    wished, bars = request.sections, request.bars
    written = [size for _, size in wished or () if size is not None]
    if wished and len(written) == len(wished) and bars is None:
        bars = sum(written)
    least = max(sum(written) + len(wished or ()) - len(written), 1)
    chords = len(request.chord_bars or ()) or 1
    unit = chords if request.sections is None else 1
    needed_by = "chords" if chords > least else "form"
    wanted = Wanted(float(request.seconds), read_metre(metre), bars, request.qpm, unit, max(least, chords), needed_by)
    return bars_and_tempo(wanted, style.tempo)


def _with_wishes(sections: tuple[PlanSection, ...], request: Request) -> tuple[PlanSection, ...]:
    """The sections with what they shall be like; what is said of one comes after what is said of all."""
    controls = request.section_controls
    labels = {section.label for section in sections}
    for label, _ in controls:
        if label and label not in labels:
            raise RequestError(f"controls must speak of sections of the form, {' '.join(sorted(labels))}; got {label!r:.40}")

    def wishes(label: str) -> Wishes:
        said = {wish[:2]: wish for name in ("", label) for of, rows in controls if of == name for wish in rows}
        return tuple(said.values())

    return tuple(replace(section, wishes=wishes(section.label)) for section in sections) if controls else sections


def _choose_key(request: Request, style: Style, rng: np.random.Generator) -> tuple[int, str]:
    """The key: wished, heard in the chords, or drawn; a scale or minor numerals settle the mode."""
    drawn = str(_draw(list(style.modes.items()), rng))
    draws = {mode: parse_key(str(_draw(list(style.keys[mode]), rng)))[0] for mode in ("major", "minor")}
    if request.tonic_and_mode is not None:
        return request.tonic_and_mode
    bars = request.chord_bars or ()
    settled = "" if request.scale is None else modes_of(find_scale(request.scale))
    notes = chord_notes(bars)
    if notes:
        return _key_of_chords(bars, settled)
    if bars:
        drawn = "minor" if any(_MINOR_TONIC.match(symbol) for bar in bars for symbol in bar) else "major"
    return draws[settled or drawn], settled or drawn


def _key_of_chords(bars: tuple[tuple[str, ...], ...], settled: str) -> tuple[int, str]:
    """The key of chord symbols by their notes, roots counting more; of a key and its relative minor, the one that begins wins."""
    known = [chord for bar in bars for symbol in (bar[0], bar[-1]) if (chord := parse_chord(symbol))[0] is not None]
    weights = np.zeros(12)
    for root, quality, _ in known:
        weights[list(chord_pitch_classes(root or 0, quality))] += 1
        weights[root or 0] += 0.5
    key = find_key(weights)
    (first, quality, _), last = known[0], known[-1][0]
    relative = (key.tonic + 9) % 12
    if key.mode == "major" and settled != "major" and first == relative and quality.startswith("min") and last != key.tonic:
        return relative, "minor"
    return key.tonic, settled or key.mode


def _choose_form(request: Request, style: Style, bars: int | None, rng: np.random.Generator) -> Sections:
    """Labels and bars."""
    if request.sections is not None:
        return share_bars(request.sections, bars)
    n_chords = len(request.chord_bars or ()) or PHRASE_BARS
    return draw_form(style, bars or max(1, -(-USUAL_BARS // n_chords)) * n_chords, rng)


def _choose_chords(
    request: Request, style: Style, key: tuple[int, str], sections: Sections, rng: np.random.Generator
) -> tuple[PlanSection, ...]:
    """Chords of each section: wished ones over and over from the first bar, or progressions of the style."""
    drawn = harmonise(style.name, *key, sections, rng, progressions_for if is_of_bands(style.name) else progressions_of)
    wished = request.chord_bars
    if wished is None:
        return tuple(PlanSection(label, chords) for (label, _), chords in zip(sections, drawn, strict=True))
    named = [in_key(bar, *key) for bar in wished]
    starts = accumulate((bars for _, bars in sections), initial=0)
    spans = [(label, range(start, start + bars)) for start, (label, bars) in zip(starts, sections, strict=False)]
    return tuple(PlanSection(label, tuple(c for bar in span for c in named[bar % len(named)])) for label, span in spans)


def _choose_band(request: Request, style: Style, rng: np.random.Generator) -> tuple[int | None, ...]:
    """Program of each role: wished, or drawn among those that suit it; no instrument twice where the style has another."""
    players = request.players
    programs: dict[str, int | None] = {}
    for role in ROLES:
        if role == "drums":
            drawn = 0 if rng.random() < style.drums else None
        else:
            heard = list(style.programs[role])
            choice = [(p, w) for p, w in heard if role in instrument(p).roles] or heard
            others = [(p, w) for p, w in choice if p not in programs.values()]
            drawn = int(_draw(others or choice, rng)) if choice else None
        programs[role] = players.get(role, drawn)
    return tuple(programs[role] for role in ROLES)
