"""The decisions behind a piece: style, key, tempo, form, chords, instruments. A person can print it, change it and feed it back.

Conventions: 4/4; a half bar is the shortest chord; programs are in ROLES order, None where a role is silent, 0 for the drum
kit; a step is a sixteenth, 16 a bar. What the request says is kept; the rest is drawn from the habits of the style, each
decision from a generator of its own, so that a wish about one changes no other.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, groupby
from typing import Any

import numpy as np

from boya.composing.form import PHRASE_BARS, Sections, draw_form, share_bars
from boya.composing.progressions import Chords, harmonise, in_key
from boya.composing.request import METRE, Request, chord_notes, modes_of
from boya.errors import InputError, RequestError
from boya.score import MODES, ROLES, TICKS_PER_QUARTER, Chord, Key, Section, Tempo, Timeline
from boya.theory.chords import chord_pitch_classes, parse_chord
from boya.theory.keys import find_key, parse_key
from boya.theory.scales import find_scale
from boya.theory.styles import Style, styles

__all__ = ["STEPS_PER_BAR", "STEPS_PER_HALF", "Plan", "PlanSection", "plan_of"]

STEPS_PER_BAR = 16
STEPS_PER_HALF = STEPS_PER_BAR // 2
TICKS_PER_HALF = 2 * TICKS_PER_QUARTER
USUAL_BARS = 16
_MINOR_TONIC = re.compile("i(?![iv])")


@dataclass(frozen=True)
class PlanSection:
    """A part of the form: label, and chord symbols as lead-sheet text, one per half bar (`N.C.` where none sounds).

    >>> PlanSection("A", ("Am", "Am", "F", "G")).bars
    2
    """

    label: str
    chords: Chords

    def __post_init__(self) -> None:
        object.__setattr__(self, "chords", tuple(self.chords))
        if not self.label.strip() or len(self.chords) < 2 or len(self.chords) % 2:
            found = f"{self.label!r}, {len(self.chords)} chords"
            raise RequestError(f"a section must have a label and two chords for each bar; got {found}")
        for symbol in self.chords:
            try:
                parse_chord(symbol)
            except InputError as error:
                raise RequestError(f"section {self.label}: {error}") from error

    @property
    def bars(self) -> int:
        """Length in bars."""
        return len(self.chords) // 2


@dataclass(frozen=True)
class Plan:
    """All decisions of a piece that come before its notes.

    Attributes
    ----------
    style, substyle
        name of the family; id of the substyle, as in the band collection
    tonic, mode, scale
        the key, and the name of the scale to draw from
    qpm
        quarters per minute
    sections
        the form with its chords
    programs
        program of each role in ROLES order; None: silent

    Examples
    --------
    >>> plan = plan_of(Request(style="jazz", key="C", chords="Dm7 G7 | C", bars=2))
    >>> [(c.onset, c.duration, c.root, c.quality) for c in plan.chords]
    [(0, 960, 2, 'min7'), (960, 960, 7, '7'), (1920, 1920, 0, 'maj')]
    >>> plan.n_steps, plan.half_bar_chords[1]
    (32, (7, '7', None))
    """

    style: str
    substyle: str
    tonic: int
    mode: str
    scale: str
    qpm: float
    sections: tuple[PlanSection, ...]
    programs: tuple[int | None, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "sections", tuple(self.sections))
        object.__setattr__(self, "programs", tuple(self.programs))
        if not 0 <= self.tonic <= 11 or self.mode not in MODES or not 20 <= self.qpm <= 400:
            raise RequestError(f"a plan needs tonic 0-11, a known mode, qpm 20-400; got {self.tonic}, {self.mode!r}, {self.qpm}")
        if not self.sections or not 1 <= self.n_bars <= 512:
            raise RequestError(f"a plan must have 1-512 bars; got {self.n_bars}")
        if len(self.programs) != len(ROLES) or not all(p is None or 0 <= p <= 127 for p in self.programs):
            raise RequestError(f"programs must be 0-127 or None for each of {', '.join(ROLES)}; got {self.programs}")
        find_scale(self.scale)

    @property
    def n_bars(self) -> int:
        """Number of bars."""
        return sum(section.bars for section in self.sections)

    @property
    def n_steps(self) -> int:
        """Number of sixteenth steps."""
        return STEPS_PER_BAR * self.n_bars

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles that play."""
        return tuple(role for role in ROLES if self.program(role) is not None)

    def program(self, role: str) -> int | None:
        """Return the program of a role; None where it is silent."""
        return self.programs[ROLES.index(role)]

    @cached_property
    def half_bar_chords(self) -> tuple[tuple[int | None, str, int | None], ...]:
        """Root, quality and bass of each half bar `[len=2 * n_bars]`."""
        return tuple(parse_chord(symbol) for section in self.sections for symbol in section.chords)

    @property
    def chords(self) -> tuple[Chord, ...]:
        """Chords in time; equal neighbours are one, but none is longer than its bar."""
        numbered = [(half // 2, chord) for half, chord in enumerate(self.half_bar_chords)]
        runs = [(chord, len(list(run))) for (_, chord), run in groupby(numbered)]
        onsets = accumulate((TICKS_PER_HALF * n for _, n in runs), initial=0)
        return tuple(Chord(onset, TICKS_PER_HALF * n, *chord) for onset, (chord, n) in zip(onsets, runs, strict=False))

    @property
    def score_sections(self) -> tuple[Section, ...]:
        """The form in time."""
        lengths = [2 * TICKS_PER_HALF * section.bars for section in self.sections]
        onsets = accumulate(lengths, initial=0)
        return tuple(Section(o, n, s.label) for o, n, s in zip(onsets, lengths, self.sections, strict=False))

    @property
    def timeline(self) -> Timeline:
        """Tempo, 4/4 and key."""
        return Timeline(tempos=(Tempo(0, self.qpm),), keys=(Key(0, self.tonic, self.mode),))


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
    style = request.family or _draw([(s, 1.0) for s in styles() if s.metre == METRE], draws[0])
    fitting = [(s, s.pieces) for s in style.substyles if s.metre == METRE]
    substyle = request.substyle or _draw(fitting, draws[0])
    tonic, mode = _choose_key(request, style, draws[1])
    sections = _choose_form(request, style, draws[3])
    return Plan(
        style=style.name,
        substyle=substyle.id,
        tonic=tonic,
        mode=mode,
        scale=mode if request.scale is None else find_scale(request.scale).name,
        qpm=float(request.qpm) if request.qpm is not None else float(round(draws[2].triangular(*style.tempo))),
        sections=_choose_chords(request, style, (tonic, mode), sections, draws[4]),
        programs=_choose_band(request, style, draws[5]),
    )


def _draw(choice: list[tuple[Any, float]], rng: np.random.Generator) -> Any:
    """One of (value, weight)."""
    weights = np.array([weight for _, weight in choice], dtype=float)
    return choice[int(rng.choice(len(choice), p=weights / weights.sum()))][0]


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


def _choose_form(request: Request, style: Style, rng: np.random.Generator) -> Sections:
    """Labels and bars."""
    if request.sections is not None:
        return share_bars(request.sections, request.bars)
    n_chords = len(request.chord_bars or ()) or PHRASE_BARS
    return draw_form(style, request.bars or max(1, -(-USUAL_BARS // n_chords)) * n_chords, rng)


def _choose_chords(
    request: Request, style: Style, key: tuple[int, str], sections: Sections, rng: np.random.Generator
) -> tuple[PlanSection, ...]:
    """Chords of each section: wished ones over and over from the first bar, or progressions of the style."""
    drawn = harmonise(style.name, *key, sections, rng)
    wished = request.chord_bars
    if wished is None:
        return tuple(PlanSection(label, chords) for (label, _), chords in zip(sections, drawn, strict=True))
    named = [in_key(bar, *key) for bar in wished]
    starts = accumulate((bars for _, bars in sections), initial=0)
    spans = [(label, range(start, start + bars)) for start, (label, bars) in zip(starts, sections, strict=False)]
    return tuple(PlanSection(label, tuple(c for bar in span for c in named[bar % len(named)])) for label, span in spans)


def _choose_band(request: Request, style: Style, rng: np.random.Generator) -> tuple[int | None, ...]:
    """Program of each role: wished, or drawn; two roles of one instrument are avoided where the style has another."""
    players = request.players
    programs: dict[str, int | None] = {}
    for role in ROLES:
        if role == "drums":
            drawn = 0 if rng.random() < style.drums else None
        else:
            choice = list(style.programs[role])
            others = [(p, w) for p, w in choice if p not in programs.values()]
            drawn = int(_draw(others or choice, rng))
        programs[role] = players.get(role, drawn)
    return tuple(programs[role] for role in ROLES)
