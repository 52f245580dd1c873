"""The five species of two-voice counterpoint: one voice has the cantus firmus in long notes, the other is written against it.

Conventions: a *strong* moment is one at which a note of the cantus firmus begins. The fourth is a dissonance. Species 1 has one
note against each of the cantus, 2 two, 3 four, 4 one that is tied over, 5 mixes all; where no species is named, the fifth is
meant. Source: J. J. Fux, "Gradus ad Parnassum", 1725; K. Jeppesen, "Counterpoint", 1931.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

from boya.theory.voices.setting import Setting
from boya.theory.voices.spots import Spot
from boya.theory.voices.voices import SILENT

__all__ = ["RULES"]

CONSONANT = frozenset({0, 3, 4, 7, 8, 9})
PERFECT = frozenset({0, 7})
NOTES = {1: 1, 2: 2, 3: 4}
TWELFTH, FOURTH = 19, 5


class _Pair:
    """The two voices as lists over moments: cantus, counterpoint, their distance, and where each begins a note."""

    def __init__(self, setting: Setting) -> None:
        self.species = setting.species or 5
        self.cantus_voice, self.own_voice = setting.cantus, 1 - setting.cantus
        self.cantus = setting.pitch[:, self.cantus_voice].tolist()
        self.own = setting.pitch[:, self.own_voice].tolist()
        begins = setting.voices.begins
        self.strong = [m for m in range(len(self.own)) if begins[m, self.cantus_voice]]
        self.begins = [m for m in range(len(self.own)) if begins[m, self.own_voice]]
        self.both = [m for m in range(len(self.own)) if SILENT not in (self.own[m], self.cantus[m])]

    def size(self, moment: int) -> int:
        """Semitones between the voices."""
        return int(abs(self.own[moment] - self.cantus[moment]))

    def is_consonant(self, moment: int) -> bool:
        """Whether the voices agree."""
        return self.size(moment) % 12 in CONSONANT

    def sounds(self, moment: int) -> bool:
        """Whether both voices sound."""
        return SILENT not in (self.own[moment], self.cantus[moment])

    def spot(self, moment: int, since: int | None = None) -> Spot:
        """A spot of both voices."""
        return Spot(moment, (0, 1), since)

    def steps(self) -> Iterator[tuple[int, int, int | None]]:
        """Yield for each note of the counterpoint its moment, the step into it, and the step out of it (None at the end)."""
        moves = [self.own[b] - self.own[a] for a, b in pairwise(self.begins)]
        for n, moment in enumerate(self.begins[1:]):
            yield moment, moves[n], moves[n + 1] if n + 1 < len(moves) else None


def species_rhythm(setting: Setting) -> list[Spot]:
    """A note of the cantus with other notes against it than the species asks for; the first may begin late, the last is whole.

    In the fourth species a tie may be broken once, but not twice in a row.
    """
    pair, spots, struck_before = _Pair(setting), [], False
    for number, (start, stop) in enumerate(pairwise(pair.strong)):
        inside = [m for m in pair.begins if start <= m < stop]
        is_struck, at_edge = start in inside, number in (0, len(pair.strong) - 2)
        if pair.species in NOTES:
            wanted = NOTES[pair.species]
            good = (len(inside) == wanted and is_struck) or (
                at_edge and 1 <= len(inside) <= wanted and (is_struck or number == 0)
            )
        else:
            syncopated = (at_edge or any(m > start for m in inside)) and not (is_struck and struck_before)
            good = pair.species == 5 or syncopated
        struck_before = is_struck
        spots += [] if good else [pair.spot(start, start)]
    return spots


def strong_consonance(setting: Setting) -> list[Spot]:
    """A note that begins with one of the cantus is dissonant."""
    pair = _Pair(setting)
    found = [m for m in sorted(set(pair.strong) & set(pair.begins)) if pair.sounds(m) and not pair.is_consonant(m)]
    return [pair.spot(moment, moment) for moment in found]


def passing_dissonance(setting: Setting) -> list[Spot]:
    """A dissonance between strong moments is not reached and left by step; the third and fifth species know the cambiata."""
    pair, spots, strong = _Pair(setting), [], set(_Pair(setting).strong)
    ways = list(pair.steps())
    for number, (moment, into, out_of) in enumerate(ways):
        if moment in strong or not pair.sounds(moment) or pair.is_consonant(moment):
            continue
        passes = 1 <= abs(into) <= 2 and out_of is not None and 1 <= abs(out_of) <= 2
        if pair.species == 2 and passes and out_of is not None:
            passes = into * out_of > 0
        after = ways[number + 1][2] if number + 1 < len(ways) else None
        cambiata = pair.species in (3, 5) and into in (-1, -2) and out_of in (-3, -4) and after in (1, 2)
        spots += [] if passes or cambiata else [pair.spot(moment, moment)]
    return spots


def _suspensions(pair: _Pair) -> Iterator[tuple[int, int]]:
    """Yield where a note begins and where the cantus makes it a dissonance."""
    strong = set(pair.strong)
    for begin, following in pairwise([*pair.begins, len(pair.own)]):
        held = [m for m in range(begin + 1, following) if m in strong and pair.sounds(m)]
        yield from ((begin, m) for m in held if not pair.is_consonant(m))


def suspension_preparation(setting: Setting) -> list[Spot]:
    """A suspended note did not begin as a consonance."""
    pair = _Pair(setting)
    return [pair.spot(m, b) for b, m in _suspensions(pair) if not pair.sounds(b) or not pair.is_consonant(b)]


def suspension_resolution(setting: Setting) -> list[Spot]:
    """A suspended dissonance does not fall by step to a consonance while the cantus stands."""
    pair, spots = _Pair(setting), []
    for _, moment in _suspensions(pair):
        end = min((m for m in pair.strong if m > moment), default=len(pair.own))
        later = [m for m in pair.begins if moment < m < end]
        later = later if pair.species == 5 else later[:1]  # in florid writing the resolution may be ornamented
        falls = any(pair.own[m] - pair.own[moment] in (-1, -2) and pair.is_consonant(m) for m in later)
        spots += [] if falls else [pair.spot(moment, moment)]
    return spots


def strong_parallels(setting: Setting) -> list[Spot]:
    """The same perfect interval on two strong moments, without a leap of a fourth or more between them."""
    pair, spots = _Pair(setting), []
    for a, b in pairwise(pair.strong if pair.species in (2, 3, 5) else []):
        if not (pair.sounds(a) and pair.sounds(b)) or pair.own[a] == pair.own[b]:
            continue
        inside = [m for m in pair.begins if a <= m <= b]
        leap = max((abs(pair.own[n] - pair.own[m]) for m, n in pairwise(inside)), default=0)
        if pair.size(a) % 12 == pair.size(b) % 12 and pair.size(b) % 12 in PERFECT and leap < FOURTH and len(inside) > 2:
            spots.append(pair.spot(b, a))
    return spots


def direct_perfects(setting: Setting) -> list[Spot]:
    """Similar motion into a fifth or octave that was none before."""
    pair, spots = _Pair(setting), []
    for moment in sorted(set(pair.strong) & set(pair.begins)):
        if moment and pair.sounds(moment) and pair.sounds(moment - 1):
            own, cantus = pair.own[moment] - pair.own[moment - 1], pair.cantus[moment] - pair.cantus[moment - 1]
            size, before = pair.size(moment) % 12, pair.size(moment - 1) % 12
            spots += [pair.spot(moment)] if own * cantus > 0 and size in PERFECT and size != before else []
    return spots


def opening(setting: Setting) -> list[Spot]:
    """The counterpoint does not begin on a unison, fifth or octave; below the cantus on a unison or octave."""
    pair = _Pair(setting)
    if not pair.both:
        return []
    first = pair.both[0]
    is_above = pair.own[first] >= pair.cantus[first]
    return [] if pair.size(first) % 12 in (PERFECT if is_above else {0}) else [pair.spot(first, first)]


def cadence(setting: Setting) -> list[Spot]:
    """The end is no octave or unison that both voices reach by step in contrary motion, one of them by a semitone."""
    pair = _Pair(setting)
    if len(pair.begins) < 2 or len(pair.strong) < 2:
        return []
    last = max(pair.begins[-1], pair.strong[-1])
    own = pair.own[pair.begins[-1]] - pair.own[pair.begins[-2]]
    cantus = pair.cantus[pair.strong[-1]] - pair.cantus[pair.strong[-2]]
    by_step = own * cantus < 0 and max(abs(own), abs(cantus)) <= 2 and 1 in (abs(own), abs(cantus))
    return [] if pair.sounds(last) and pair.size(last) % 12 == 0 and by_step else [pair.spot(last)]


def inner_unison(setting: Setting) -> list[Spot]:
    """A unison on a strong moment inside."""
    pair = _Pair(setting)
    return [pair.spot(m, m) for m in pair.strong[1:-1] if pair.sounds(m) and pair.size(m) == 0]


def counterpoint_leap(setting: Setting) -> list[Spot]:
    """A leap that the style does not know."""
    pair, allowed = _Pair(setting), {0, 1, 2, 3, 4, 5, 7, 12}
    moves = [(a, b, pair.own[b] - pair.own[a]) for a, b in pairwise(pair.begins)]
    return [Spot(b, (pair.own_voice,), a) for a, b, step in moves if abs(step) not in allowed and step != 8]


def consecutive_imperfects(setting: Setting) -> list[Spot]:
    """A fourth third or sixth in parallel, told once for each chain."""
    pair, spots, chain = _Pair(setting), [], 0
    for a, b in pairwise(pair.strong):
        similar = (pair.own[b] - pair.own[a]) * (pair.cantus[b] - pair.cantus[a]) > 0
        alike = any({pair.size(a) % 12, pair.size(b) % 12} <= kind for kind in ({3, 4}, {8, 9}))
        chain = chain + 1 if similar and alike and pair.sounds(a) and pair.sounds(b) else 0
        spots += [pair.spot(b, a)] if chain == 3 else []
    return spots


def contrary_motion(setting: Setting) -> list[Spot]:
    """Less than a third of the motion is contrary or oblique."""
    pair = _Pair(setting)
    kinds = [
        (pair.own[b] - pair.own[a]) * (pair.cantus[b] - pair.cantus[a])
        for a, b in pairwise(pair.strong)
        if pair.sounds(a) and pair.sounds(b)
    ]
    return [pair.spot(pair.strong[-1])] if kinds and 3 * sum(kind <= 0 for kind in kinds) < len(kinds) else []


def climax(setting: Setting) -> list[Spot]:
    """The highest note of the counterpoint comes more than once."""
    pair = _Pair(setting)
    highest = max((pair.own[m] for m in pair.begins), default=0)
    again = [m for m in pair.begins if pair.own[m] == highest][1:]
    return [Spot(moment, (pair.own_voice,), moment) for moment in again]


def wide_distance(setting: Setting) -> list[Spot]:
    """Voices more than a twelfth apart, told once for each time they part."""
    pair, spots, was_wide = _Pair(setting), [], False
    for moment in pair.both:
        is_wide = pair.size(moment) > TWELFTH
        spots += [pair.spot(moment)] if is_wide and not was_wide else []
        was_wide = is_wide
    return spots


RULES: dict[str, Callable[[Setting], list[Spot]]] = {
    "species-rhythm": species_rhythm,
    "strong-consonance": strong_consonance,
    "passing-dissonance": passing_dissonance,
    "suspension-preparation": suspension_preparation,
    "suspension-resolution": suspension_resolution,
    "strong-parallels": strong_parallels,
    "direct-perfects": direct_perfects,
    "opening": opening,
    "cadence": cadence,
    "inner-unison": inner_unison,
    "counterpoint-leap": counterpoint_leap,
    "consecutive-imperfects": consecutive_imperfects,
    "contrary-motion": contrary_motion,
    "climax": climax,
    "wide-distance": wide_distance,
}
