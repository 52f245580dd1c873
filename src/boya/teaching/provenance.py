"""How a piece of our own came about: each decision with the wish, the row of a table, or the rule that led to it.

The plan that the piece follows is read again, and each of its decisions is looked up where it was drawn: in the tables of the
style (`boya.teaching.known_style`). A wish of the person is named as theirs; what no table gives (an edited plan, say) is told as
it is. Sentences: `data/explain.toml`, under `origin`.
"""

from collections.abc import Iterator

from boya.composing.plan import USUAL_BARS, Plan, PlanSection
from boya.composing.plan_text import read_plan
from boya.composing.progressions import bars_of_chords
from boya.composing.request import METRE
from boya.composing.works.habits import find_habits, is_of_bands, styles_of_metre
from boya.errors import InputError
from boya.score import ROLES
from boya.teaching.explanation import Decision
from boya.teaching.known_style import (
    edge,
    family_words,
    form_of,
    form_source,
    progressions_in,
    style_source,
    term_words,
    weighted_edge,
)
from boya.teaching.making import making_of
from boya.teaching.names import key_words
from boya.teaching.origins import Origin
from boya.teaching.wishes import band_wishes, wish_of, wishes_of
from boya.teaching.wording import Words, counted, say
from boya.theory.instruments import instrument
from boya.theory.keys import key_name, parse_key
from boya.theory.scales import find_scale
from boya.theory.styles import Style

__all__ = ["decisions_of"]


def decisions_of(origin: Origin) -> tuple[Decision, ...]:
    """Return the decisions of a piece, in the order in which they are taken.

    Examples
    --------
    >>> from boya.composing import compose
    >>> piece = compose(style="funk", key="A minor", bars=2, model="gan", seed=1)
    >>> found = decisions_of(Origin.of(piece))
    >>> [(d.what, d.by) for d in found][:4]
    [('style', 'wish'), ('key', 'wish'), ('bars', 'wish'), ('model', 'wish')]
    """
    return (*wishes_of(origin), *_planned(origin), *making_of(origin))


def _planned(origin: Origin) -> tuple[Decision, ...]:
    """What the plan decided; nothing for jobs without one."""
    if not origin.plan:
        return ()
    if origin.wishes.get("plan"):
        return (Decision("plan", "wish", say("explain", "origin.plan_given")),)
    try:
        plan = read_plan(origin.plan)
    except InputError:
        return ()
    style, _ = find_habits(plan.style)
    return (
        *_style(plan, style, origin),
        *_key(plan, style, origin),
        *_tempo(plan, style, origin),
        *_form(plan, style, origin),
        *_chords(plan, style, origin),
        *_band(plan, style, origin),
        *_scale(plan, origin),
    )


def _style(plan: Plan, style: Style, origin: Origin) -> Iterator[Decision]:
    """Family, substyle and metre."""
    substyle = next((s for s in style.substyles if s.id == plan.substyle), None)
    asked = wish_of(origin, "style")
    if asked is None:
        families = [s for s in styles_of_metre(plan.metre) if is_of_bands(s.name) or plan.metre != METRE]
        words = say("explain", "origin.style_drawn", style=family_words(style), count=len(families), metre=plan.metre)
        yield Decision("style", "table", words, source=style_source(style))
    if substyle is not None and (asked is None or find_habits(str(asked))[1] is None):
        rows = [s for s in style.substyles if s.metre == substyle.metre]
        values = {"weight": substyle.pieces, "total": sum(s.pieces for s in rows)}
        name = Words(substyle.name, substyle.zh)
        told = "origin.substyle_only" if len(rows) == 1 else "origin.substyle_drawn"
        words = say("explain", told, style=family_words(style), substyle=name, **values)
        yield Decision("substyle", "table", words, edge(substyle.name, "broader", style.name, "Style"), style_source(style))
    if wish_of(origin, "metre") is None:
        words = say("explain", "origin.metre_style", metre=plan.metre, style=family_words(style))
        yield Decision("metre", "table", words, edge(style.name, "metre", plan.metre), style_source(style))


def _key(plan: Plan, style: Style, origin: Origin) -> Iterator[Decision]:
    """Tonic and mode."""
    if wish_of(origin, "key") is not None:
        return
    name = key_words(plan.tonic, plan.mode)
    if wish_of(origin, "chords") is not None:
        yield Decision("key", "rule", say("explain", "origin.key_of_chords", key=name))
        return
    tonic = key_name(plan.tonic, plan.mode).split()[0]
    rows = list(style.keys.get(plan.mode, ()))
    weight = next((w for text, w in rows if parse_key(str(text))[0] == plan.tonic), 0.0)
    if not weight:
        return
    values = {"share": style.modes.get(plan.mode, 0.0), "all": sum(style.modes.values()), "weight": weight}
    words = say(
        "explain",
        "origin.key_drawn",
        key=name,
        style=family_words(style),
        mode=say("terms", f"mode.{plan.mode}"),
        tonic=tonic,
        total=sum(w for _, w in rows),
        **values,
    )
    yield Decision("key", "table", words, weighted_edge(style.name, "key", key_name(plan.tonic, plan.mode)), style_source(style))


def _tempo(plan: Plan, style: Style, origin: Origin) -> Iterator[Decision]:
    """Quarters per minute, and the length in bars."""
    seconds = wish_of(origin, "seconds")
    bars = counted("bar_count", plan.n_bars)
    if wish_of(origin, "qpm") is None and seconds is None:
        low, usual, high = style.tempo
        words = say("explain", "origin.tempo_drawn", style=family_words(style), low=low, usual=usual, high=high, qpm=plan.qpm)
        yield Decision("tempo", "table", words, edge(style.name, "usualTempo", usual), style_source(style))
    if seconds is not None:
        words = say("explain", "origin.tempo_fitted", qpm=round(plan.qpm, 2), bars=bars, seconds=float(str(seconds)))
        yield Decision("tempo", "rule", words)
    if all(wish_of(origin, name) is None for name in ("bars", "seconds", "form")) and plan.n_bars == USUAL_BARS:
        yield Decision("bars", "rule", say("explain", "origin.length_usual", bars=bars))


def _form(plan: Plan, style: Style, origin: Origin) -> Iterator[Decision]:
    """The sections."""
    if wish_of(origin, "form") is not None:
        return
    sections = [(section.label, section.bars) for section in plan.sections]
    shown = " ".join(f"{label}:{bars}" for label, bars in sections)
    found = form_of(style, sections)
    if found is None:
        yield Decision("form", "rule", say("explain", "origin.form_fitted", form=shown, bars=counted("bar_count", plan.n_bars)))
        return
    form, total = found
    words = say("explain", "origin.form_drawn", form=shown, style=family_words(style), weight=form.weight, total=total)
    yield Decision("form", "table", words, weighted_edge(style.name, "form", " ".join(form.sections)), form_source(style))


def _chords(plan: Plan, style: Style, origin: Origin) -> Iterator[Decision]:
    """The progression of each label, and the close."""
    if wish_of(origin, "chords") is not None:
        return
    longest: dict[str, PlanSection] = {}
    for section in plan.sections:
        if section.label not in longest or section.bars > longest[section.label].bars:
            longest[section.label] = section
    for section in longest.values():
        yield _progression(plan, style, section)
    last = plan.sections[-1].chords
    if plan.n_bars > 1 and len(last) > 2:
        yield Decision("close", "rule", say("explain", "origin.closed", home=last[-1], before=last[-3]))


def _progression(plan: Plan, style: Style, section: PlanSection) -> Decision:
    """Where the chords of a section come from."""
    found = progressions_in(style.name, plan.tonic, plan.mode, section)
    values = {"label": section.label, "style": family_words(style)}
    if found is None:
        words = say("explain", "origin.chords_free", chords=bars_of_chords(section.chords), **values)
        return Decision("chords", "unknown", words)
    one = found.progressions[0]
    roman = " | ".join(" ".join(bar) for bar in one.bars)
    named = {"name": term_words(one.name, "Progression"), "roman": roman}
    link = edge(style.name, "usesProgression", one.name, "Progression")
    if len(found.progressions) == 1:
        told = "origin.progression_plain" if one.name == roman else "origin.progression"
        words = say("explain", told, weight=found.weight, total=found.total, **named, **values)
        return Decision("chords", "table", words, link, one.source)
    other = found.progressions[1]
    more = {"other": term_words(other.name, "Progression"), "other_roman": " | ".join(" ".join(bar) for bar in other.bars)}
    words = say("explain", "origin.progressions", **named, **more, **values)
    return Decision("chords", "table", words, link, f"{one.source}; {other.source}" if one.source != other.source else one.source)


def _band(plan: Plan, style: Style, origin: Origin) -> Iterator[Decision]:
    """Who plays each role that the person left open."""
    asked = {role for role, wish in band_wishes(origin) if wish != "any"}
    for role in ROLES:
        program = plan.program(role)
        if role == "drums" and role not in asked:
            yield _drums(style, has_drums=program is not None)
        elif role not in asked and program is not None:
            yield _player(style, role, program)


def _drums(style: Style, *, has_drums: bool) -> Decision:
    """Whether drums play."""
    name = "origin.drums_in" if has_drums else "origin.drums_out" if style.drums else "origin.drums_never"
    words = say("explain", name, share=style.drums, style=family_words(style))
    return Decision("band", "table", words, edge(style.name, "drumShare", style.drums), style_source(style))


def _player(style: Style, role: str, program: int) -> Decision:
    """Who plays a role."""
    rows, known = dict(style.programs.get(role, ())), instrument(program)
    values = {"instrument": Words(known.name, known.zh), "role": say("explain", f"origin.role.{role}")}
    if program not in rows:
        return Decision("band", "unknown", say("explain", "origin.band_edited", **values))
    name = "origin.band_only" if len(rows) == 1 else "origin.band_drawn"
    weights = {"weight": rows[program], "total": sum(rows.values())}
    words = say("explain", name, style=family_words(style), **weights, **values)
    return Decision("band", "table", words, edge(style.name, "typicalInstrument", known.name, "Instrument"), style_source(style))


def _scale(plan: Plan, origin: Origin) -> Iterator[Decision]:
    """The scale that notes are drawn from."""
    if wish_of(origin, "scale") is None:
        scale = find_scale(plan.scale)
        yield Decision("scale", "rule", say("explain", "origin.scale_key", scale=Words(scale.name, scale.zh)))
