"""Cantus firmi of our own making, and counterpoints against them that break no hard rule.

Conventions: a cantus has a whole note a bar in 4/4; a counterpoint is sought note by note, the likelier ones first, and judged by
`boya.theory.voices.faults` as an answer is. Source: J. J. Fux, "Gradus ad Parnassum", 1725; K. Jeppesen, "Counterpoint", 1931:
a cantus moves by step or by leaps up to a fifth that turn back, has one climax, and ends by step into the tonic from above.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from boya.score import Key, Score, Timeline, Track, note_array
from boya.teaching.exercises.drawing import BAR, chosen
from boya.teaching.exercises.item import Part, Tone
from boya.theory.scales import scale_pitch_classes
from boya.theory.voices import Fault, chosen_rules, faults
from boya.theory.voices.checking import CHECKS, setting_of

__all__ = ["Task", "counterpoint_faults", "draw_cantus", "seek_counterpoint"]

_CONSONANT = frozenset({0, 3, 4, 7, 8, 9})
_MOVES = frozenset({8, *(sign * leap for leap in (1, 2, 3, 4, 5, 7, 12) for sign in (1, -1))})
_MOST_NODES = 150
_REACH = 14
_LATER = frozenset({"species-rhythm", "cadence"})  # can be told at the end only
_BEGINNING = frozenset({"opening", "inner-unison"})  # speak of the first note
_OPEN = frozenset({"passing-dissonance", "suspension-resolution", "strong-parallels"})  # depend on the note after
_SLOTS = {1: (BAR,), 2: (960, 960), 3: (480, 480, 480, 480), 4: (960, 960)}
_FLORID = ((960, 960), (480, 480, 480, 480), (960, 480, 480), (480, 480, 960))


@dataclass(frozen=True)
class Task:
    """What a counterpoint is written against: the cantus, the species, whether above it, and the key."""

    cantus: tuple[int, ...]
    species: int
    is_above: bool
    key: tuple[int, str]

    @property
    def part(self) -> Part:
        """The cantus as a part."""
        return tuple((n * BAR, BAR, pitch) for n, pitch in enumerate(self.cantus))


def draw_cantus(tonic: int, mode: str, n_notes: int, rng: np.random.Generator) -> tuple[int, ...]:
    """Return the pitches of a cantus firmus.

    Parameters
    ----------
    tonic
        MIDI pitch of its first and last note
    mode
        one of `boya.score.MODES`
    n_notes
        its length, 6 or more

    Examples
    --------
    >>> cantus = draw_cantus(62, "dorian", 9, np.random.default_rng(1))
    >>> cantus[0], cantus[-2:], len(cantus)
    (62, (64, 62), 9)
    """
    scale = _scale(tonic % 12, mode, tonic - 5, tonic + 12)
    home = scale.index(tonic)
    while True:
        line = [home]
        while len(line) < n_notes - 2:
            last = line[-1] - line[-2] if len(line) > 1 else 0
            move = int(rng.choice([1, 1, 1, 2, 3, 4])) * chosen((1, -1), rng)
            line.append(line[-1] + (move if abs(last) < 3 else -int(np.sign(last))))
        line += [home + 1, home]
        if _is_good(line, scale, home):
            return tuple(scale[place] for place in line)


def _is_good(line: Sequence[int], scale: Sequence[int], home: int) -> bool:
    """Whether places of a scale make a cantus."""
    if min(line) < 0 or max(line) >= len(scale) or max(line) - min(line) < 4 or max(line) - home < 3:
        return False
    moves = [b - a for a, b in pairwise(line)]
    pitches = [scale[place] for place in line]
    steps = [abs(b - a) for a, b in pairwise(pitches)]
    leaps = sum(abs(move) > 1 for move in moves)
    turns = all(a * b < 0 for a, b in pairwise(moves) if abs(a) > 2)
    outline = [pitches[0], *(pitches[i] for i in range(1, len(moves)) if moves[i - 1] * moves[i] < 0), pitches[-1]]
    is_plain = 0 not in moves and 6 not in steps and turns and all(abs(b - a) != 6 for a, b in pairwise(outline))
    is_far = all(abs(c - a) > 0 for a, c in zip(line, line[2:], strict=False))
    return is_plain and is_far and line.count(max(line)) == 1 and 1 <= leaps <= len(line) // 3 and line.index(max(line)) > 1


def seek_counterpoint(task: Task, rng: np.random.Generator) -> Part | None:
    """Return a counterpoint without hard faults; None where the search gives up."""
    return _Search(task, rng).found()


def counterpoint_faults(task: Task, own: Part) -> tuple[Fault, ...]:
    """Return what `boya.theory.voices` finds in a counterpoint by the rules of its species."""
    return faults(_score(task, own), f"species {task.species}", task.key, cantus=_cantus_voice(task, own))


def _cantus_voice(task: Task, own: Part) -> int:
    """Number of the voice with the cantus: voices are ordered by their mean pitch."""
    length = sum(ticks for _, ticks, _ in own)
    mean = sum(ticks * pitch for _, ticks, pitch in own) / max(length, 1)
    return 1 if mean > sum(task.cantus) / len(task.cantus) else 0


def _score(task: Task, own: Part) -> Score:
    """Cantus and counterpoint as two tracks."""
    parts = sorted((own, task.part), key=lambda part: part != own)
    tracks = tuple(Track(note_array([(*tone, 80) for tone in part]), program=52) for part in parts)
    return Score(tracks, Timeline.of(keys=[Key(0, *task.key)]))


def _scale(tonic: int, mode: str, lowest: int, highest: int) -> list[int]:
    """Pitches of a scale in a range."""
    classes = scale_pitch_classes(tonic, mode)
    return [pitch for pitch in range(lowest, highest + 1) if pitch % 12 in classes]


class _Search:
    """Depth first over slots of a rhythm."""

    def __init__(self, task: Task, rng: np.random.Generator) -> None:
        self.task, self.rng, self.nodes = task, rng, 0
        self.slots = _rhythm(task, rng)
        low, high = min(task.cantus), max(task.cantus)
        reach = (low, high + _REACH) if task.is_above else (low - _REACH, high)
        self.scale = _scale(*task.key, *reach)
        self.tonic = task.key[0]

    def found(self) -> Part | None:
        """The first counterpoint that passes."""
        done = self._go([])
        return None if done is None else tuple(done)

    def _go(self, own: list[Tone]) -> list[Tone] | None:
        """Extend a beginning; None where it leads nowhere."""
        place = len(own)
        if place == len(self.slots):
            return None if any(fault.severity == "hard" for fault in counterpoint_faults(self.task, tuple(own))) else own
        onset, ticks = self.slots[place]
        for pitch in self._candidates(own, onset):
            self.nodes += 1
            if self.nodes > _MOST_NODES:
                return None
            longer = [*own, (onset, ticks, pitch)]
            if self._may_stand(longer):
                done = self._go(longer)
                if done is not None:
                    return done
        return None

    def _candidates(self, own: list[Tone], onset: int) -> list[int]:
        """Pitches for a slot, the likelier ones first."""
        bar = onset // BAR
        cantus = self.task.cantus[bar]
        left = len(self.slots) - len(own)
        if left == 1:
            reach = [p for p in self.scale if p % 12 == self.tonic and (p - cantus) % 12 == 0]
        elif left == 2:
            reach = self._raised(1, own)
        elif left == 3 and self.task.species in (2, 3, 5):
            reach = sorted({*self.scale, *self._raised(3, own)})
        else:
            reach = self.scale
        if own:
            last = own[-1][2]
            reach = [pitch for pitch in reach if pitch - last in _MOVES]
        is_strong = onset % BAR == 0
        kept = [p for p in reach if self._agrees(p, cantus, is_strong, own)]
        noise = {pitch: self.rng.random() * 3 for pitch in kept}
        return sorted(kept, key=lambda pitch: noise[pitch] + self._cost(pitch, own))

    def _raised(self, below: int, own: list[Tone]) -> list[int]:
        """The leading tone, or (3 semitones below the tonic) the sixth that leads to it; not right after their own naturals.

        Where the cantus falls into the tonic by a semitone, the note a whole tone below leads.
        """
        if self.task.cantus[-2] - self.task.cantus[-1] == 1:
            below = 2
        note = (self.tonic - below) % 12
        found = [pitch for pitch in range(self.scale[0], self.scale[-1] + 1) if pitch % 12 == note]
        is_raised = note not in {pitch % 12 for pitch in self.scale}
        return [pitch for pitch in found if not (is_raised and own and own[-1][2] == pitch - 1)]

    def _agrees(self, pitch: int, cantus: int, is_strong: bool, own: list[Tone]) -> bool:
        """Whether a pitch may begin over a note of the cantus: on its side, consonant, or passing where the species allows."""
        if (pitch < cantus) if self.task.is_above else (pitch > cantus):
            return False
        size = abs(pitch - cantus) % 12
        if size in _CONSONANT:
            return bool(own) or size == 0 or (self.task.is_above and size == 7)
        return not is_strong and self.task.species != 1 and bool(own) and abs(pitch - own[-1][2]) <= 2 and self.task.species != 4

    def _cost(self, pitch: int, own: list[Tone]) -> float:
        """Large leaps, far notes and turning in a circle come later."""
        middle = self.scale[len(self.scale) // 2]
        circling = sum(pitch == tone[2] for tone in own[-8:]) + (pitch == own[-2][2] if len(own) > 1 else 0)
        return (abs(pitch - own[-1][2]) / 2 if own else 0.0) + abs(pitch - middle) / 6 + circling

    def _may_stand(self, own: list[Tone]) -> bool:
        """Whether the last notes break no rule that can be told already."""
        begin = own[max(len(own) - 6, 0)][0] // BAR * BAR
        window = tuple((onset - begin, ticks, pitch) for onset, ticks, pitch in own if onset >= begin)
        bars = -(-(window[-1][0] + window[-1][1]) // BAR)
        first = begin // BAR
        cut = Task(self.task.cantus[first : first + bars], self.task.species, self.task.is_above, self.task.key)
        last = window[-1][0]
        setting = setting_of(_score(cut, window), cut.key, cut.species, _cantus_voice(cut, window))
        ticks = setting.voices.ticks
        for name in _hard_rules(cut.species):
            if name in _LATER or (begin and name in _BEGINNING):
                continue
            spots = CHECKS[name](setting)
            if any(name not in _OPEN or ticks[spot.moment] < last for spot in spots):
                return False
        return True


@cache
def _hard_rules(species: int) -> tuple[str, ...]:
    """Names of the hard rules of a species."""
    return tuple(rule.name for rule in chosen_rules(f"species {species}") if rule.severity == "hard")


def _rhythm(task: Task, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Onset and length of every note of a counterpoint; the last is a whole note."""
    bars = len(task.cantus)
    if task.species == 4:
        held = [(bar * BAR + 960, BAR) for bar in range(bars - 2)]
        return [*held, ((bars - 2) * BAR + 960, 960), ((bars - 1) * BAR, BAR)]
    slots: list[tuple[int, int]] = []
    for bar in range(bars - 1):
        ticks = _SLOTS.get(task.species) or chosen(_FLORID, rng)
        onsets = np.cumsum([0, *ticks]).tolist()
        slots += [(bar * BAR + at, length) for at, length in zip(onsets, ticks, strict=False)]
    return [*slots, ((bars - 1) * BAR, BAR)]
