"""Requests in words: what they state, and how much of it stands in the plan.

The requests and their facts are written by hand in `tests/composing/words`: `requests.toml`, which the reader of words was built
with; `more.toml`, which was held out until it showed faults; `heldout.toml`, which was written last and changed nothing. A fact
is checked in the plan that `boya.composing.plan_of` makes.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from boya.composing.plan import Plan, plan_of
from boya.composing.progressions import in_key, parse_bars
from boya.composing.words import request_of
from boya.composing.works.controls import LOUDNESS, STEPS
from boya.errors import BoyaError
from boya.evaluation.scoreboard import Row
from boya.proof.setup import Setup
from boya.theory.chords import parse_chord
from boya.theory.graph import graph
from boya.theory.instruments import instrument
from boya.theory.keys import parse_key
from boya.theory.tables import folded

__all__ = ["FACTS", "broken_facts", "read_requests", "rows"]

FOLDER = Path("tests/composing/words")
FILES = (("requests", "", 100.0), ("more", ", once held out", 100.0), ("heldout", ", held out", None))
MODEL = "words"
NEAR_SECOND = 0.011
NEAR_QPM = 0.5
QUICK = 12
_NO_FACTS = ("text", "language")

Case = Mapping[str, Any]


def rows(setup: Setup) -> Iterator[Row]:
    """Measure how much of what requests state is in their plans."""
    if not FOLDER.is_dir():
        setup.note(f"theory: requests in words need {FOLDER}; earlier rows stay")
        return
    for name, metric, at_least in FILES:
        cases = read_requests(FOLDER / f"{name}.toml")[: setup.pick(1000, QUICK)]
        broken = [broken_facts(case, seed=setup.seed) for case in cases]
        n_facts = sum(len(_facts(case)) for case in cases)
        kept = round(100 * (1 - sum(map(len, broken)) / n_facts), 2)
        yield setup.row(f"requests in words{metric}", MODEL, float(len(cases)), "requests")
        yield setup.row(f"stated facts kept in the plan{metric}", MODEL, kept, "%", at_least=at_least)
        yield setup.row(f"requests fully kept{metric}", MODEL, 100 * sum(not b for b in broken) / len(cases), "%")


def read_requests(path: Path) -> list[Case]:
    """Return the requests of a file."""
    return list(tomllib.loads(path.read_text(encoding="utf-8"))["request"])


def broken_facts(case: Case, seed: int = 0) -> list[str]:
    """Return the names of the facts of a request that its plan does not hold; all of them if there is no plan."""
    facts = _facts(case)
    try:
        plan = plan_of(request_of(case["text"], seed=seed))
    except BoyaError:
        return list(facts)
    return [name for name, value in facts.items() if not FACTS[name](plan, value, case)]


def _facts(case: Case) -> dict[str, Any]:
    """The facts of a request."""
    return {name: value for name, value in case.items() if name not in _NO_FACTS}


def _style(plan: Plan, value: Any, case: Case) -> bool:
    """Whether the family is one of those named."""
    return plan.style in ([value] if isinstance(value, str) else value)


def _seconds(plan: Plan, value: Any, case: Case) -> bool:
    """Whether the piece lasts so long; with a tempo that was named as well, to the nearest bar."""
    bar = 60 / plan.qpm * plan.timeline.metres[0].ticks_per_bar / 480
    return abs(plan.n_bars * bar - float(value)) <= NEAR_SECOND + bar / 2 * ("qpm" in case)


def _chords(plan: Plan, value: Any, case: Case) -> bool:
    """Whether the piece begins with these chords."""
    return _begins(plan, [chord for section in plan.sections for chord in section.chords], value)


def _section_chords(plan: Plan, value: Any, case: Case) -> bool:
    """Whether each section of a label begins with its chords."""
    pairs = [text.partition(": ")[::2] for text in value]
    return all(_begins(plan, list(s.chords), chords) for label, chords in pairs for s in plan.sections if s.label == label)


def _begins(plan: Plan, halves: list[str], text: str) -> bool:
    """Whether chords begin as a text says; as much of it as fits the piece."""
    wanted = [chord for bar in parse_bars(text) for chord in in_key(bar, plan.tonic, plan.mode)][: len(halves)]
    return [parse_chord(chord) for chord in halves[: len(wanted)]] == [parse_chord(chord) for chord in wanted]


def _program(name: str) -> int:
    """The program that plays an instrument."""
    return int(graph().values(graph().find(name, "instrument").id, "program")[0])  # type: ignore[arg-type]


def _plays(plan: Plan, value: Any, case: Case) -> bool:
    """Whether everyone named plays, in their role where one is named."""
    for name in value:
        role, equals, player = name.partition("=")
        found = [
            (of, program) for of, program in plan.players if program == _program(player if equals else name) and of != "drums"
        ]
        if not found or (equals and role not in {of for of, _ in found}):
            return False
    return True


def _only(plan: Plan, value: Any, case: Case) -> bool:
    """Whether nobody plays but those named."""
    named = {_program(name.partition("=")[2] or name) for name in case["plays"]}
    return all(role != "drums" and program in named for role, program in plan.players)


def _absent(plan: Plan, value: Any, case: Case) -> bool:
    """Whether no instrument of these kinds plays."""
    players = [instrument(program) for role, program in plan.players if role != "drums"]
    kinds = [kind.removesuffix("s") for kind in value]
    return not any(kind in one.name.casefold() or kind == one.family.removesuffix("s") for one in players for kind in kinds)


def _wishes(plan: Plan, value: Any, case: Case) -> bool:
    """Whether sections have what is wished for them, words that mean the same counting as one."""
    for text in value:
        label, role, control, word = text.split(" ", 3)
        words = LOUDNESS if control == "dynamics" else STEPS
        for section in plan.sections:
            has = {(of, name): word for of, name, word in section.wishes}
            found = has.get(("" if role == "-" else role, control))
            if label in ("-", section.label) and (found is None or words[folded(str(found))] != words[folded(word)]):
                return False
    return all(any(label in ("-", s.label) for s in plan.sections) for label in (text.split()[0] for text in value))


def _curve(plan: Plan, control: str) -> list[int]:
    """The classes of a control over the sections."""
    words = LOUDNESS if control == "dynamics" else STEPS
    found = [next((w for of, name, w in s.wishes if (of, name) == ("", control)), "medium") for s in plan.sections]
    return [words[folded(str(word))] for word in found]


def _rises(plan: Plan, value: Any, case: Case, sign: int = 1) -> bool:
    """Whether a control grows over the sections, never going back."""
    curve = [sign * place for place in _curve(plan, value)]
    return curve == sorted(curve) and curve[0] < curve[-1]


FACTS: Mapping[str, Callable[[Plan, Any, Case], bool]] = {
    "style": _style,
    "substyle": lambda plan, value, case: bool(plan.substyle == value),
    "key": lambda plan, value, case: bool((plan.tonic, plan.mode) == parse_key(value)),
    "tonic": lambda plan, value, case: bool(plan.tonic == parse_key(value)[0]),
    "mode": lambda plan, value, case: bool(plan.mode == value),
    "scale": lambda plan, value, case: bool(plan.scale == value),
    "bars": lambda plan, value, case: bool(plan.n_bars == value),
    "seconds": _seconds,
    "qpm": lambda plan, value, case: abs(plan.qpm - float(value)) <= NEAR_QPM,
    "slowest": lambda plan, value, case: bool(plan.qpm >= value),
    "fastest": lambda plan, value, case: bool(plan.qpm <= value),
    "metre": lambda plan, value, case: bool(plan.metre == value),
    "form": lambda plan, value, case: [section.label for section in plan.sections] == value.split(),
    "chords": _chords,
    "section_chords": _section_chords,
    "plays": _plays,
    "only": _only,
    "silent": lambda plan, value, case: not set(value) & set(plan.roles),
    "absent": _absent,
    "has": lambda plan, value, case: set(value) <= set(plan.roles),
    "wishes": _wishes,
    "rising": _rises,
    "falling": lambda plan, value, case: _rises(plan, value, case, -1),
}
