"""The fields of a request, one after the other: metre, key, tempo and length, form, chords, band, character.

Conventions: what words say is kept, what moods or a style of the graph lead to is filled in, and what is left None is the plan's
to draw. A style that the models have habits of needs no filling in: the plan knows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from boya.composing.words.habits import Habit, draw_usual
from boya.composing.words.length import Length, length_of, one, tempo_of
from boya.composing.words.players import Band, band_of
from boya.composing.words.sections import Shape, form_of, likes_of, with_chords
from boya.composing.words.standing_in import typical_players, with_somebody, without
from boya.composing.words.told import Heard
from boya.composing.words.tonality import Tonality, tonality_of
from boya.composing.works.controls import Controls

__all__ = ["Draft", "Made", "reasons"]

USUAL_METRE = "4/4"
Reason = tuple[str, str, str]


@dataclass(frozen=True)
class Made:
    """What a draft comes to; None where the plan decides."""

    metre: str | None
    tonality: Tonality
    length: Length
    shape: Shape
    form: str | None
    chords: str | None
    band: Band
    likes: Controls

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of a request that are settled."""
        tonality, length = self.tonality, self.length
        every: dict[str, Any] = {"key": tonality.key, "scale": tonality.scale, "metre": self.metre, "form": self.form}
        every |= {"bars": length.bars, "seconds": length.seconds, "qpm": length.qpm}
        every |= {"chords": self.chords, "band": self.band.pairs, "controls": self.likes}
        return {name: value for name, value in every.items() if value is not None and value != ()}


@dataclass(frozen=True)
class Draft:
    """What is known when the fields of a request are made.

    Attributes
    ----------
    heard
        wishes
    habit
        the style; None where nothing speaks of one
    moods
        of the whole piece, ids
    is_for_grid
        whether a model of the grid writes, so that moods become no controls
    has_open_band
        whether the band is not given elsewhere
    """

    heard: Sequence[Heard]
    habit: Habit | None
    moods: tuple[str, ...] = ()
    is_for_grid: bool = False
    has_open_band: bool = True

    @property
    def own(self) -> Habit | None:
        """The style, if the models have no habits of it."""
        return self.habit if self.habit is not None and not self.habit.is_of_models else None

    def made(self, rng: np.random.Generator) -> Made:
        """Make the fields; each draw has a generator of its own."""
        metre_rng, tempo_rng, key_rng, form_rng, chords_rng, band_rng = rng.spawn(6)
        heard, habit = self.heard, self.habit
        metre = self._metre(metre_rng)
        beat = metre or (habit.metre if habit is not None else USUAL_METRE)
        chords_said = [wish for wish in heard if wish.wish == "chords"]
        tonality = tonality_of(heard, habit, self.moods, has_chords=bool(chords_said), rng=key_rng)
        unit = 4 if any(not wish.value[0] for wish in chords_said) else 1
        length = length_of(heard, tempo_of(heard, habit, beat, self.moods), beat, unit, tempo_rng)
        typical = draw_usual(self.own.forms, form_rng) if self.own is not None and self.own.forms else None
        shape = form_of(heard, length.bars, length.bars is not None or length.seconds is not None, typical)
        chords, form = with_chords(heard, shape, length.bars, habit, tonality.mode or "major", chords_rng)
        band = self._band(band_rng)
        likes = likes_of(heard, shape, band.roles, with_moods=not self.is_for_grid)
        return Made(metre, tonality, length, shape, form, chords, band, likes)

    def _metre(self, rng: np.random.Generator) -> str | None:
        """The metre that was said, or one of the style where the models write it in another."""
        said = one(self.heard, "metre")
        if said is not None:
            return str(said.value[0])
        own = self.own
        return draw_usual(own.metres, rng) if own is not None and own.metres and own.metre not in own.metres else None

    def _band(self, rng: np.random.Generator) -> Band:
        """The band that was said, filled up with players of a style which the models do not have."""
        names = [str(name) for wish in self.heard if wish.wish == "absent" for name in wish.value]
        absent = [name for name in names if name.startswith("instrument:")]
        own = self.own if self.has_open_band else None
        has_rhythm = any(wish.wish == "style" for wish in self.heard) and self.habit is not None and self.habit.has_rhythm
        band = band_of(self.heard, typical_players(own, absent, rng) if own is not None else (), has_rhythm=has_rhythm)
        if self.habit is None:
            return band
        pairs = with_somebody(band.pairs, self.habit.family)
        return replace(band, pairs=(*pairs, *without(absent, self.habit.family, pairs, rng)) if absent else pairs)


def reasons(draft: Draft, made: Made) -> list[Reason]:
    """Return name and value of each field that was not said but follows from what was, and what it is due to."""
    heard, style = draft.heard, draft.own.id if draft.own is not None else ""
    said = {wish.wish for wish in heard}
    rows: list[Reason] = []
    if made.metre is not None and "metre" not in said:
        rows.append(("metre", made.metre, style))
    if made.tonality.because:
        rows.append(("scale", str(made.tonality.scale), made.tonality.because))
    if made.length.qpm is not None and not said & {"qpm", "beats"}:
        due = one(heard, "tempo") or one(heard, "pace")
        rows.append(("qpm", f"{made.length.qpm:g}", due.words if due is not None else (*draft.moods, style)[0]))
    if made.length.bars is not None and "bars" not in said:
        rows.append(("bars", str(made.length.bars), ", ".join(wish.words for wish in heard if wish.wish == "seconds")))
    if made.form and not made.shape.is_said:
        spoken = ", ".join(dict.fromkeys(made.shape.names or ()))
        rows.append(("form", made.form, spoken or ", ".join(wish.words for wish in heard if wish.wish == "arc") or style))
    if made.chords and "chords" not in said:
        rows.append(("chords", made.chords, style))
    if style and made.band.pairs and "band" not in said:
        rows.append(("band", ", ".join(f"{role}={wish or 'none'}" for role, wish in made.band.pairs), style))
    return rows
