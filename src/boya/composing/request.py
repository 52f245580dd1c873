"""What a person asks for: every wish is optional, checked at once, and kept in the plan.

Conventions: names are read in English and Chinese, without regard to case and separators. A wrong wish raises `RequestError`
with the nearest names; two wishes that cannot both hold are named as a pair.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, cast

from boya.composing.agreement import METRE, check_agreement, chord_notes, modes_of
from boya.composing.checks import contradiction, wished
from boya.composing.form import Wished, parse_form
from boya.composing.progressions import parse_bars
from boya.composing.which_model import COMPOSING_MODELS, writer_named
from boya.composing.works.bands import Pairs, player_of, read_band
from boya.composing.works.controls import Controls, read_controls
from boya.composing.works.habits import find_habits
from boya.composing.works.limits import LimitWishes, read_limits
from boya.errors import RequestError
from boya.theory.keys import parse_key
from boya.theory.styles import Style, Substyle
from boya.theory.tables import nearest_names

__all__ = ["COMPOSING_MODELS", "METRE", "Request", "chord_notes", "contradiction", "modes_of", "request_from"]


@dataclass(frozen=True)
class Request:
    """Wishes for a piece; what is None is decided by the plan.

    Attributes
    ----------
    style
        family or substyle: "jazz", "bossa nova", "流行"
    key
        "A minor", "Bb", "F# dorian", "降B大调"
    bars
        length, 1-512
    qpm
        tempo, 20-400 quarters per minute
    chords
        "Am F C G", "Am | F | C G", "vi IV I V"; repeated to the end of the piece
    form
        "AABA", "intro A A B A outro", "A:8 B:8"
    metre
        "3/4", "7/8"; that of the style if None. The GAN and the seq2seq write 4/4 only
    scale
        notes to draw from: "blues", "gong", "羽"; those of the key if None. Notes of the chords are always allowed.
    model
        one of `COMPOSING_MODELS`, or None for the composer's own choice
    seed
        >= 0; the same request and seed give the same piece
    band
        role -> instrument, "none" to leave the role out, "any" to let the plan choose; a mapping, pairs, or "melody=flute,
        drums=none"; or the whole band by its instruments, "flute, strings, piano, bass, drums". The composer writes for up to 16
        players, several of one role among them
    seconds
        exact length in seconds, 1-3600, for which bars and tempo are found
    controls
        what a section shall be like, for the composer: "B: density=high melody.register=low" (`boya.composing.works.controls`)
    limits
        what must hold of tracks, for the composer: "melody: range=C4-G5 leap=7" (`boya.composing.works.limits`)
    chord_tones
        "all": pitched tracks begin notes of the chord only; "strong": on strong beats; "off": anywhere. None: the accompaniment
        on strong beats. For the composer
    vary_repeats
        share of bars x tracks that is written again where a section comes back, 0-1, for the composer
    plan
        a plan as TOML text (`boya.composing.plan_text`), in place of all wishes that a plan holds

    Raises
    ------
    RequestError
        if a wish cannot be met, or two contradict each other.

    Examples
    --------
    >>> request = Request(style="Bossa-Nova", key="A minor", bars=16, band={"melody": "flute", "pad": "none"})
    >>> request.family.name, request.tonic_and_mode, request.players
    ('latin', (9, 'minor'), {'melody': 73, 'pad': None})
    """

    style: str | None = None
    key: str | None = None
    bars: int | None = None
    qpm: float | None = None
    chords: str | None = None
    form: str | None = None
    metre: str | None = None
    scale: str | None = None
    model: str | None = None
    seed: int = 0
    band: Mapping[str, Any] | Iterable[Any] | str = ()
    seconds: float | None = None
    controls: Mapping[str, Any] | Iterable[Any] | str = ()
    limits: Mapping[str, Any] | Iterable[Any] | str = ()
    chord_tones: str | None = None
    vary_repeats: float | None = None
    plan: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "band", read_band(self.band))
        object.__setattr__(self, "controls", read_controls(self.controls or ()))
        object.__setattr__(self, "limits", read_limits(self.limits or ()))
        check_agreement(self)

    @property
    def writer(self) -> str | None:
        """The model that writes; None is seq2seq and GAN together."""
        return writer_named(self.model)

    @property
    def family(self) -> Style | None:
        """The style family wished for."""
        return None if self.style is None else wished(find_habits, self.style)[0]

    @property
    def substyle(self) -> Substyle | None:
        """The substyle wished for."""
        return None if self.style is None else wished(find_habits, self.style)[1]

    @property
    def tonic_and_mode(self) -> tuple[int, str] | None:
        """The key wished for."""
        return None if self.key is None else wished(parse_key, self.key)

    @property
    def chord_bars(self) -> tuple[tuple[str, ...], ...] | None:
        """The chords wished for, one or two symbols a bar."""
        return None if self.chords is None else parse_bars(self.chords)

    @property
    def sections(self) -> Wished | None:
        """The form wished for."""
        return None if self.form is None else parse_form(self.form)

    @property
    def pairs(self) -> Pairs:
        """The band as pairs of role and wish."""
        return cast(Pairs, self.band)

    @property
    def section_controls(self) -> Controls:
        """The controls by label of the section."""
        return cast(Controls, self.controls)

    @property
    def hard_limits(self) -> LimitWishes:
        """The limits by role."""
        return cast(LimitWishes, self.limits)

    @property
    def players(self) -> dict[str, int | None]:
        """Role -> program wished for, None where the role is left out; roles that the plan shall choose are missing."""
        chosen: dict[str, int | None] = {}
        for role, player in self._programs:
            if not isinstance(player, str):
                chosen.setdefault(role, player)
        return chosen

    @property
    def more_players(self) -> tuple[tuple[str, int], ...]:
        """Role and program of the players beside the first of each role."""
        rows = self._programs
        return tuple(
            (role, player) for n, (role, player) in enumerate(rows) if isinstance(player, int) and role in dict(rows[:n])
        )

    @property
    def _programs(self) -> list[tuple[str, int | str | None]]:
        """Role and player of each wish for the band."""
        is_strict = self.writer != "composer"
        return [(role, player_of(role, wish, is_strict=is_strict)) for role, wish in self.pairs]


def request_from(wishes: Mapping[str, Any]) -> Request:
    """Return the request of wishes by name.

    Raises
    ------
    RequestError
        if a name is none of `Request`, beside what `Request` raises.
    """
    known = [field.name for field in fields(Request)]
    for name in wishes:
        if name not in known:
            near = nearest_names(name, known)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
            raise RequestError(f"there is no wish {name!r:.60}; {hint}")
    return Request(**wishes)
