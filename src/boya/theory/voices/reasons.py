"""What four-part writing gives back: the score, its cost, and why each chord stands where it does.

Conventions: a chord is weighed against the next best in its place: the whole is found again without it, and the term that makes
the other way dearest is the reason. Costs are in nats.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from boya.score import Score
from boya.theory.voices.grammar import grammar
from boya.theory.voices.moves import soft_terms
from boya.theory.voices.rules import rules
from boya.theory.voices.search import Ways
from boya.theory.voices.voicings import Stage

__all__ = ["OTHER", "Harmony", "Reason"]

OTHER = "another setting"


@dataclass(frozen=True)
class Reason:
    """Why a chord stands where it does.

    Attributes
    ----------
    tick
        where it begins
    roman, function
        its numeral with figures, and its function in the key
    next_best
        the chord that would have been best in its place without it, None where there was no other
    cost_more
        what the whole would have cost more with that one, in nats
    rule
        what decided: the rule or the term that costs the most more; a name of `rules()`, or grammar, movement,
        similar-motion, standing, setting, place
    """

    tick: int
    roman: str
    function: str
    next_best: str | None
    cost_more: float
    rule: str

    def text(self, language: str = "en") -> str:
        """Return the reason as a sentence, in English (en) or Chinese (zh)."""
        zh = language == "zh"
        function = _FUNCTIONS_ZH.get(self.function, self.function) if zh else self.function
        head = f"{self.roman}（{function}）" if zh else f"{self.roman} ({function})"
        if self.next_best is None:
            return head + ("：此处只有这一种选择" if zh else ": there was no other choice")
        why = rules().get(self.rule)
        if zh:
            told = why.zh if why else _TERMS_ZH.get(self.rule, self.rule)
            other = "另一种排列" if self.next_best == OTHER else self.next_best
            return f"{head}优于{other}（差{self.cost_more:.1f}）：{told}"
        told = why.en if why else _TERMS.get(self.rule, self.rule)
        return f"{head} rather than {self.next_best} (by {self.cost_more:.1f}): {told}"


_FUNCTIONS_ZH = {
    "tonic": "主功能",
    "subdominant": "下属功能",
    "dominant": "属功能",
    "applied dominant": "副属和弦",
    "other": "其他",
}
_TERMS = {
    "grammar": "it follows more often",
    "movement": "the voices move less",
    "similar-motion": "the voices do not all move one way",
    "standing": "chord and bass do not stand still under a moving melody",
    "setting": "the chord is better set for the voices",
    "place": "it goes better with the notes of the melody, or with the beginning or the end",
}
_TERMS_ZH = {
    "grammar": "这样的和弦连接更常见",
    "movement": "声部移动更少",
    "similar-motion": "四个声部不全同向",
    "standing": "旋律行进时和弦与低音不停滞",
    "setting": "和弦的排列更好",
    "place": "更合旋律音，或更合开头与结尾",
}


@dataclass(frozen=True, eq=False)
class Harmony:
    """A piece for four voices: the score, what it cost, and why each chord was chosen.

    Attributes
    ----------
    score
        four tracks, soprano first, with chord symbols
    cost
        of the whole, in nats; no legal setting costs less
    stages, ticks, ways
        all voicings of each chord, where it begins, and all ways through them
    names
        numeral and function of each chord where the chords were given; empty where they were found
    """

    score: Score
    cost: float
    stages: tuple[Stage, ...] = field(repr=False)
    ticks: tuple[int, ...] = field(repr=False)
    ways: Ways = field(repr=False)
    names: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """A reason for each chord, in the order of time."""
        way = self.ways.best()
        return tuple(self._reason(number, way) for number in range(len(self.stages)))

    def _reason(self, number: int, way: list[int]) -> Reason:
        """Compare the way with the best one that has another chord here (or, where the chord is given, another setting)."""
        stage = self.stages[number]
        mine = int(stage.chord[way[number]])
        is_given = stage.slot.chord is not None
        others = np.arange(len(stage)) != way[number] if is_given else stage.chord != mine
        costs = np.where(others, self.ways.through_cost(number), np.inf)
        roman, function = self._name(number, mine)
        if not np.isfinite(costs).any():
            return Reason(self.ticks[number], roman, function, None, 0.0, "setting")
        other = int(costs.argmin())
        rule = self._deciding(way, self.ways.through(number, other))
        named = OTHER if is_given else self._name(number, int(stage.chord[other]))[0]
        return Reason(self.ticks[number], roman, function, named, float(costs[other]) - self.ways.total, rule)

    def _deciding(self, way: list[int], other: list[int]) -> str:
        """The term that makes the other way dearer."""
        more = {"setting": 0.0, "place": 0.0}
        for number, (a, b) in enumerate(zip(way, other, strict=True)):
            if a != b:
                alone = float(self.stages[number].cost[b] - self.stages[number].cost[a])
                more["setting"] += alone
                more["place"] += float(self.ways.costs[number][b] - self.ways.costs[number][a]) - alone
        for number in range(len(way) - 1):
            if way[number : number + 2] != other[number : number + 2]:
                pair = self.stages[number], self.stages[number + 1]
                for sign, line in ((1, other), (-1, way)):
                    for name, cost in soft_terms(pair[0].take([line[number]]), pair[1].take([line[number + 1]])):
                        more[name] = more.get(name, 0.0) + sign * float(cost[0, 0])
        return max(more, key=lambda name: more[name])

    def _name(self, number: int, chord: int) -> tuple[str, str]:
        """Numeral and function of a chord of a stage."""
        slot = self.stages[number].slot
        if slot.chord is not None:
            return self.names[number]
        entry = grammar(slot.mode).entries[chord]
        return entry.roman, entry.function
