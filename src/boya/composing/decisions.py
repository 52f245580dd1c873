"""All decisions of a piece that come before its notes, as one value.

Conventions: a bar has two parts, in 4/4 its halves (`boya.composing.works.lengths`), and a part is the shortest chord; programs
are in ROLES order, None where a role is silent, 0 for the drum kit; a step is a sixteenth.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from boya.composing.progressions import Chords
from boya.composing.request import METRE
from boya.composing.works.controls import Wishes
from boya.composing.works.lengths import part_ticks, read_metre
from boya.errors import InputError, RequestError
from boya.score import MODES, ROLES, TICKS_PER_QUARTER, Chord, Key, Section, Tempo, Timeline
from boya.theory.chords import parse_chord
from boya.theory.scales import find_scale

__all__ = ["Plan", "PlanSection"]

TICKS_PER_STEP = TICKS_PER_QUARTER // 4
MOST_PLAYERS = 16


@dataclass(frozen=True)
class PlanSection:
    """A part of the form: label, and chord symbols as lead-sheet text, two a bar (`N.C.` where none sounds); and for the
    composer, what it shall be like (`boya.composing.works.controls`).

    >>> PlanSection("A", ("Am", "Am", "F", "G")).bars
    2
    """

    label: str
    chords: Chords
    wishes: Wishes = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "chords", tuple(self.chords))
        object.__setattr__(self, "wishes", tuple(sorted(self.wishes, key=lambda wish: wish[:2])))
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
    metre
        such as "3/4"
    more
        role and program of further players, for the composer

    Examples
    --------
    >>> sections = (PlanSection("A", ("Dm7", "G7", "C", "C")),)
    >>> plan = Plan("jazz", "Swing", 0, "major", "major", 120, sections, (73, 0, 32, None, 0))
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
    metre: str = METRE
    more: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "sections", tuple(self.sections))
        object.__setattr__(self, "programs", tuple(self.programs))
        object.__setattr__(self, "more", tuple((role, program) for role, program in self.more))
        if not 0 <= self.tonic <= 11 or self.mode not in MODES or not 20 <= self.qpm <= 400:
            raise RequestError(f"a plan needs tonic 0-11, a known mode, qpm 20-400; got {self.tonic}, {self.mode!r}, {self.qpm}")
        if not self.sections or not 1 <= self.n_bars <= 512:
            raise RequestError(f"a plan must have 1-512 bars; got {self.n_bars}")
        if len(self.programs) != len(ROLES) or not all(p is None or 0 <= p <= 127 for p in self.programs):
            raise RequestError(f"programs must be 0-127 or None for each of {', '.join(ROLES)}; got {self.programs}")
        if len(self.players) > MOST_PLAYERS or not all(role in ROLES and 0 <= p <= 127 for role, p in self.more):
            raise RequestError(f"a plan must have at most {MOST_PLAYERS} players with programs 0-127; got {len(self.players)}")
        find_scale(self.scale)
        read_metre(self.metre)

    @property
    def n_bars(self) -> int:
        """Number of bars."""
        return sum(section.bars for section in self.sections)

    @property
    def n_steps(self) -> int:
        """Number of sixteenth steps."""
        return self.n_bars * self._bar_ticks[1] // TICKS_PER_STEP

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles that play."""
        return tuple(role for role in ROLES if self.program(role) is not None)

    def program(self, role: str) -> int | None:
        """Return the program of a role; None where it is silent."""
        return self.programs[ROLES.index(role)]

    @property
    def players(self) -> tuple[tuple[str, int], ...]:
        """Role and program of everyone, in ROLES order."""
        first = [(role, program) for role, program in zip(ROLES, self.programs, strict=False) if program is not None]
        return tuple(sorted((*first, *self.more), key=lambda player: ROLES.index(player[0])))

    @property
    def is_on_grid(self) -> bool:
        """Whether it asks for nothing that only the composer writes."""
        return self.metre == METRE and not self.more and not any(section.wishes for section in self.sections)

    @cached_property
    def _bar_ticks(self) -> tuple[int, int]:
        """Ticks of the first part of a bar, and of the whole bar."""
        metre = read_metre(self.metre)
        return part_ticks(metre), metre.ticks_per_bar

    @cached_property
    def half_bar_chords(self) -> tuple[tuple[int | None, str, int | None], ...]:
        """Root, quality and bass of each part of a bar `[len=2 * n_bars]`."""
        return tuple(parse_chord(symbol) for section in self.sections for symbol in section.chords)

    @property
    def chords(self) -> tuple[Chord, ...]:
        """Chords in time; equal neighbours are one, but none is longer than its bar."""
        part, bar = self._bar_ticks
        chords = []
        for number, (first, second) in enumerate(zip(self.half_bar_chords[::2], self.half_bar_chords[1::2], strict=True)):
            parts = [(0, bar, first)] if first == second else [(0, part, first), (part, bar - part, second)]
            chords += [Chord(number * bar + at, ticks, *chord) for at, ticks, chord in parts]
        return tuple(chords)

    @property
    def score_sections(self) -> tuple[Section, ...]:
        """The form in time."""
        lengths = [self._bar_ticks[1] * section.bars for section in self.sections]
        onsets = accumulate(lengths, initial=0)
        return tuple(Section(o, n, s.label) for o, n, s in zip(onsets, lengths, self.sections, strict=False))

    @property
    def timeline(self) -> Timeline:
        """Tempo, metre and key."""
        return Timeline((Tempo(0, self.qpm),), (read_metre(self.metre),), (Key(0, self.tonic, self.mode),))
