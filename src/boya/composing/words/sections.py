"""Form, chords and character of sections, as a request tells of them.

Conventions: a label is that of a form (`boya.composing.form`); a section that is spoken of but is not in the form that was
wished for is the first of its kind there, so "chorus" is B in AABA; chords of sections become chords of the whole piece, bar by
bar.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from boya.composing.agreement import chord_notes
from boya.composing.checks import contradiction
from boya.composing.form import PHRASE_BARS, Sections, fit_form, parse_form, share_bars
from boya.composing.progressions import parse_bars
from boya.composing.words.habits import Habit
from boya.composing.words.length import one
from boya.composing.words.lexicon import table
from boya.composing.words.told import Heard
from boya.composing.works.controls import Controls, read_controls
from boya.composing.works.habits import progressions_of
from boya.errors import RequestError
from boya.score import MINOR_MODES, ROLES
from boya.theory.graph import graph
from boya.theory.progressions import section_kind

__all__ = ["Shape", "form_of", "likes_of", "progression_text", "with_chords"]

MOOD_CONTROLS = ("density", "register", "dynamics")
_HOME = {"locrian": "io"}
_NEUTRAL = ("medium", "middle", "wide", "mf")


@dataclass(frozen=True)
class Shape:
    """A form as text, its labels in order, the label that stands for each one spoken of, and whether the form was filled in."""

    form: str | None = None
    labels: tuple[str, ...] = ()
    names: Mapping[str, str] | None = None
    is_said: bool = False

    def label(self, name: str) -> str:
        """Return the label of the form for one that was spoken of."""
        return (self.names or {}).get(name, name)


def form_of(heard: Sequence[Heard], bars: int | None, has_length: bool, typical: str | None = None) -> Shape:
    """Return the form: wished, or made of the sections that are spoken of, or without returns where the piece has a curve.

    Parameters
    ----------
    bars
        of the piece, where they are known
    has_length
        whether bars or seconds are
    typical
        a form of the style (id), for when nothing speaks of sections

    Raises
    ------
    RequestError
        if a section is spoken of that the form lacks.
    """
    said = one(heard, "form")
    spoken = [wish for wish in heard if wish.wish in ("control", "mood", "chords", "section-bars") and wish.value[0]]
    names = list(dict.fromkeys(str(wish.value[0]) for wish in spoken))
    sizes = {str(w.value[0]): int(str(w.value[1])) for w in heard if w.wish == "section-bars"}
    words: list[str] = []
    if said is not None:
        words = _labels(said)
    elif names:
        usual = table("filling")["sections"]
        words = [
            label for label in usual if label in names or (label in ("verse", "chorus") and not any(n in "ABC" for n in names))
        ]
        sizes = ({} if has_length else {label: usual[label] for label in words}) | sizes
    elif any(wish.wish == "arc" for wish in heard):
        words = next((row["form"] for row in table("filling")["arc-form"] if (bars or 16) >= row["fewest"]), [])
    elif typical is not None:
        words = _fitted(str(graph().values(typical, "sections")[0]).split(), bars)
    labels = tuple(word.partition(":")[0] for word in words)
    found = {name: _in_form(name, labels, spoken, said) for name in names}
    each = one(heard, "bars-each")
    sizes = {found.get(label, label): size for label, size in sizes.items()}
    sizes = (dict.fromkeys(labels, int(str(each.value[0]))) if each is not None else {}) | sizes
    words = [f"{label}:{sizes[label]}" if label in sizes else word for label, word in zip(labels, words, strict=True)]
    return Shape(" ".join(words) or None, labels, found, said is not None)


def with_chords(
    heard: Sequence[Heard], shape: Shape, bars: int | None, habit: Habit | None, mode: str, rng: np.random.Generator
) -> tuple[str | None, str | None]:
    """Return chords and form: chords of sections become chords of every bar, and the form then says its bars.

    Parameters
    ----------
    habit, mode
        style and mode, whose progressions are drawn for sections of which nothing was said; beside chord symbols, whose key only
        the plan finds, such sections have the chords of the first that has any
    """
    said: dict[str, str] = {}
    words: dict[str, str] = {}
    for wish in (wish for wish in heard if wish.wish == "chords"):
        label = shape.label(str(wish.value[0]))
        text = progression_text(str(wish.value[1]))
        if said.setdefault(label, text) != text:
            raise contradiction(repr(words[label]), repr(wish.words), "a section has one progression")
        words.setdefault(label, wish.words)
    own = _own_progressions(habit, mode) if not said else ()
    if shape.form is None or not (set(said) - {""} or own):
        return said.get(""), shape.form
    sections: Sections = share_bars(parse_form(shape.form), bars)
    for label in dict.fromkeys(label for label, _ in sections):
        if label not in said:
            fresh = [row for row in own if progression_text(row[0]) not in said.values()]
            has_symbols = bool(chord_notes(bar for text in said.values() for bar in parse_bars(text)))
            drawn = _drawn(fresh or own, habit, mode, label, rng)
            said[label] = said.get("") or (next(iter(said.values())) if has_symbols else drawn)
    rows = {label: parse_bars(text) for label, text in said.items() if label}
    written = [" ".join(rows[label][bar % len(rows[label])]) for label, size in sections for bar in range(size)]
    if own:
        written[-1] = _HOME.get(mode, "i" if mode in MINOR_MODES else "I")
    return " | ".join(written) + " |", " ".join(f"{label}:{size}" for label, size in sections)


def progression_text(value: str) -> str:
    """Return chords as text; those of a progression of the graph in Roman numerals.

    >>> progression_text("progression:canon"), progression_text("C Am F G")
    ('I V | vi iii | IV I | IV V', 'C Am F G')
    """
    return str(graph().values(value, "roman")[0]) if value.startswith("progression:") else value


def likes_of(heard: Sequence[Heard], shape: Shape, roles: Mapping[str, str], *, with_moods: bool) -> Controls:
    """Return what sections shall be like: what is said goes before moods, and both before the curve.

    Parameters
    ----------
    roles
        role of each instrument that was named
    with_moods
        whether moods of the whole piece count, which only the composer writes
    """
    rows: dict[tuple[str, str, str], str] = {}
    said = [
        (shape.label(str(w.value[0])), _part(str(w.value[1]), roles), str(w.value[2]), str(w.value[3]), w)
        for w in heard
        if w.wish == "control"
    ]
    words: dict[tuple[str, str, str], str] = {}
    for label, part, name, value, wish in said:
        if rows.setdefault((label, part, name), value) != value:
            raise contradiction(repr(words[label, part, name]), repr(wish.words), "one part has one")
        words.setdefault((label, part, name), wish.words)
    for wish in (wish for wish in heard if wish.wish == "mood"):
        label = shape.label(str(wish.value[0]))
        if label or with_moods:
            for name, value in _of_mood(str(wish.value[1])):
                rows.setdefault((label, "", name), value)
    for label, name, value in _of_arc(heard, shape.labels):
        rows.setdefault((label, "", name), value)
    return read_controls([(label, [(part, name, value)]) for (label, part, name), value in rows.items()])


def _fitted(labels: list[str], bars: int | None) -> list[str]:
    """The labels of a form with their bars, for a piece of so many bars; from the first again where it is long."""
    plain = tuple(label.partition(":")[0] for label in labels)
    if bars is None:
        return labels
    unit = 2 * PHRASE_BARS if bars >= 2 * PHRASE_BARS * len(labels) else PHRASE_BARS
    return [f"{label}:{size}" for label, size in fit_form(plain, unit, bars)] if bars >= PHRASE_BARS * len(labels) else []


def _labels(said: Heard) -> list[str]:
    """The labels of a form that was wished for, also of one of the graph."""
    first = str(said.value[0])
    if first.startswith("form:"):
        return str(graph().values(first, "sections")[0]).split()
    return first.split() if len(said.value) == 1 else [str(label) for label in said.value]


def _in_form(name: str, labels: Sequence[str], spoken: Sequence[Heard], said: Heard | None) -> str:
    """The label of the form that is meant by one that was spoken of."""
    if name in labels:
        return name
    alike = [label for label in labels if section_kind(label) == section_kind(name)]
    if not alike:
        words = next(wish.words for wish in spoken if wish.value[0] == name)
        other = repr(said.words) if said is not None else "form"
        raise contradiction(repr(words), other, f"the form {' '.join(labels)} has no {name}")
    return alike[0]


def _own_progressions(habit: Habit | None, mode: str) -> tuple[tuple[str, float], ...]:
    """The progressions of a style that the models do not have, with weights: those whose third is that of the mode."""
    if habit is None or habit.is_of_models:
        return ()
    is_minor = mode in MINOR_MODES

    def fits(name: str) -> bool:
        scale = graph().label(str(next(iter(graph().values(name, "scale")), "scale:major")))
        return bool(graph().values(name, "roman")) and (scale in MINOR_MODES) == is_minor

    return tuple((name, weight) for name, weight in habit.progressions if fits(name))


def _drawn(own: Sequence[tuple[str, float]], habit: Habit | None, mode: str, label: str, rng: np.random.Generator) -> str:
    """A progression for a section: one of the style's own, or of the family that the models know."""
    kind = section_kind(label)
    if own:
        fitting = [(name, weight) for name, weight in own if f"section:{kind}" in graph().values(name, "section")] or own
        weights = np.array([weight for _, weight in fitting])
        return progression_text(fitting[int(rng.choice(len(fitting), p=weights / weights.sum()))][0])
    known = progressions_of(habit.family.name if habit is not None else "pop", mode, kind)
    weights = np.array([weight for _, weight in known], dtype=float)
    found = known[int(rng.choice(len(known), p=weights / weights.sum()))][0]
    return " | ".join(" ".join(bar) for bar in found.bars)


def _part(name: str, roles: Mapping[str, str]) -> str:
    """The role of a part of the band that was named; that of one who plays alone is everybody."""
    if name in ROLES:
        return name
    return roles.get(name, "") if len(roles) > 1 else ""


def _of_mood(mood: str) -> list[tuple[str, str]]:
    """Controls that a mood leans to."""
    values = ((name, graph().values(mood, name)) for name in MOOD_CONTROLS)
    return [(name, str(found[0])) for name, found in values if found and str(found[0]) not in _NEUTRAL]


def _of_arc(heard: Sequence[Heard], labels: Sequence[str]) -> list[tuple[str, str, str]]:
    """Label, control and value of a curve over the sections; a label that comes back has the mean of its places."""
    arcs = [str(wish.value[0]) for wish in heard if wish.wish == "arc"]
    if not arcs:
        return []
    kinds = list(dict.fromkeys(arcs))
    arc = kinds[0] if len(kinds) == 1 else "arch" if kinds[0] == "rising" else "valley"
    if len(set(labels)) < 2:
        raise RequestError(
            f"a curve needs two sections that differ; {arc!r} has {' '.join(labels) or 'none'}; ask for 4 bars or more"
        )
    rows = []
    for label in dict.fromkeys(labels):
        places = [place / (len(labels) - 1) for place, other in enumerate(labels) if other == label]
        for name, values in table("filling")["arc"][arc].items():
            rows.append((label, name, values[round(sum(places) / len(places) * (len(values) - 1))]))
    return rows
