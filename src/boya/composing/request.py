"""What a person asks for: every wish is optional, checked at once, and kept in the plan.

Conventions: names are read in English and Chinese, without regard to case and separators. A wrong wish raises `RequestError`
with the nearest names; two wishes that cannot both hold are named as a pair.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from boya.composing.form import Wished, parse_form, share_bars
from boya.composing.progressions import parse_bars
from boya.errors import InputError, RequestError
from boya.score import MINOR_MODES, ROLES
from boya.theory.chords import chord_pitch_classes, parse_chord
from boya.theory.instruments import REGISTERS, find_instrument
from boya.theory.keys import key_name, parse_key
from boya.theory.roman import is_roman
from boya.theory.scales import Scale, find_scale, scale_pitch_classes
from boya.theory.styles import Style, Substyle, find_style, style_names
from boya.theory.tables import folded, resolve

__all__ = ["COMPOSING_MODELS", "METRE", "Request", "chord_notes", "contradiction", "modes_of"]

COMPOSING_MODELS = ("gan", "seq2seq")
METRE = "4/4"
MOST_BARS = 512
_ABSENT = {folded(word) for word in ("none", "no", "off", "without", "无", "没有", "false")}
_DRAWN = {folded(word) for word in ("", "any", "auto", "yes", "on", "有", "true")}
_KIT = {folded(word) for word in ("yes", "on", "有", "true", "drums", "drum kit", "kit", "standard kit", "鼓", "架子鼓")}

Read = TypeVar("Read")


def contradiction(first: str, second: str, why: str) -> RequestError:
    """Return the error for two wishes that cannot both hold.

    >>> str(contradiction("key", "chords", "no chord is in C major"))
    'key and chords contradict each other: no chord is in C major; change one of the two'
    """
    return RequestError(f"{first} and {second} contradict each other: {why}; change one of the two")


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
        only "4/4": what the models write
    scale
        notes to draw from: "blues", "gong", "羽"; those of the key if None. Notes of the chords are always allowed.
    model
        one of `COMPOSING_MODELS`, or None for the composer's own choice
    seed
        >= 0; the same request and seed give the same piece
    band
        role -> instrument, "none" to leave the role out, "any" to let the plan choose; a mapping, pairs, or "melody=flute,
        drums=none"

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
    metre: str = METRE
    scale: str | None = None
    model: str | None = None
    seed: int = 0
    band: Mapping[str, str | int | None] | Iterable[tuple[str, str | int | None]] | str = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "band", _pairs(self.band))
        _check_number("bars", self.bars, 1, MOST_BARS, whole=True)
        _check_number("qpm", self.qpm, 20, 400)
        _check_number("seed", self.seed, 0, 2**63 - 1, whole=True)
        for name in ("style", "key", "chords", "form", "metre", "scale", "model"):
            value = getattr(self, name)
            if value is not None and not (isinstance(value, str) and value.strip() and len(value) <= 10_000):
                raise RequestError(f"{name} must be text; got {value!r:.60}; leave it out to let the plan decide")
        if self.model is not None:
            resolve(self.model, {folded(m): m for m in COMPOSING_MODELS}, "model", RequestError, COMPOSING_MODELS)
        _check_metre(self)
        _check_key(self)
        _check_length(self)
        if self.players and all(self.players.get(role, 0) is None for role in ROLES):
            raise RequestError("band must keep at least one role; got none for all; leave one of them out of the list")

    @property
    def family(self) -> Style | None:
        """The style family wished for."""
        return None if self.style is None else _with_our_error(find_style, self.style)[0]

    @property
    def substyle(self) -> Substyle | None:
        """The substyle wished for."""
        return None if self.style is None else _with_our_error(find_style, self.style)[1]

    @property
    def tonic_and_mode(self) -> tuple[int, str] | None:
        """The key wished for."""
        return None if self.key is None else _with_our_error(parse_key, self.key)

    @property
    def chord_bars(self) -> tuple[tuple[str, ...], ...] | None:
        """The chords wished for, one or two symbols a bar."""
        return None if self.chords is None else parse_bars(self.chords)

    @property
    def sections(self) -> Wished | None:
        """The form wished for."""
        return None if self.form is None else parse_form(self.form)

    @property
    def players(self) -> dict[str, int | None]:
        """Role -> program wished for, None where the role is left out; roles that the plan shall choose are missing."""
        chosen: dict[str, int | None] = {}
        for role, name in dict(self.band).items():  # type: ignore[arg-type]
            player = _player(role, name)
            if not isinstance(player, str):
                chosen[role] = player
        return chosen


def modes_of(scale: Scale) -> str:
    """Return "major" or "minor" where the thirds of a scale leave no choice (the blues goes with both), else "".

    >>> [modes_of(find_scale(name)) for name in ("gong", "phrygian", "blues", "whole tone", "shang")]
    ['major', 'minor', '', 'major', '']
    """
    has_minor, has_major = 3 in scale.semitones, 4 in scale.semitones
    if has_minor == has_major or scale.name in ("blues", "minor pentatonic", "yu"):
        return ""
    return "minor" if has_minor else "major"


def chord_notes(bars: Iterable[tuple[str, ...]]) -> list[int]:
    """Return the pitch classes of chord symbols; Roman numerals, which fit every key, have none here.

    >>> chord_notes([("Am", "V7"), ("N.C.",)])
    [9, 0, 4]
    """
    chords = [parse_chord(symbol) for bar in bars for symbol in bar if not is_roman(symbol)]
    return [note for root, quality, _ in chords if root is not None for note in chord_pitch_classes(root, quality)]


def _with_our_error(read: Callable[[str], Read], text: str) -> Read:
    """Call a reader of theory; its error becomes a RequestError."""
    try:
        return read(text)
    except InputError as error:
        raise RequestError(str(error)) from error


def _pairs(band: object) -> tuple[tuple[str, str | int | None], ...]:
    """The band as pairs of role and wish, in ROLES order."""
    if isinstance(band, str):
        parts = [part.partition("=") for part in band.split(",") if part.strip()]
        band = [(role, name) for role, _, name in parts]
    rows: Any = band.items() if isinstance(band, Mapping) else band
    try:
        pairs = [(role, name) for role, name in rows]
    except (TypeError, ValueError) as error:
        raise RequestError(f"band must map roles to instruments, as melody=flute; got {band!r:.60}") from error
    names = {folded(role): role for role in ROLES}
    found = {resolve(str(role), names, "role of the band", RequestError, ROLES): name for role, name in pairs}
    if len(found) < len(pairs):
        raise RequestError("band must name each role once; give one instrument for each")
    return tuple((role, found[role]) for role in ROLES if role in found)


def _player(role: str, name: str | int | None) -> int | str | None:
    """Program of a wish, None for no player, "any" where the plan shall choose."""
    word = folded(str(name)) if name is not None else "none"
    if word in _ABSENT:
        return None
    if role == "drums" and word in _KIT:
        return 0
    if word in _DRAWN:
        return "any"
    if role == "drums":
        raise RequestError(f"drums must be yes or none; got {name!r:.60}")
    found = _with_our_error(find_instrument, str(name))
    low, high = REGISTERS[role]
    if found.comfortable[0] > high or found.comfortable[1] < low:
        raise contradiction(
            f"role {role}", f"instrument {found.name}", f"the {role} plays pitches {low}-{high}, it {found.comfortable}"
        )
    return int(found.program)


def _check_number(name: str, value: object, low: float, high: float, whole: bool = False) -> None:
    """Raise unless the value is None or a number in range."""
    kinds = (int,) if whole else (int, float)
    right = isinstance(value, kinds) and not isinstance(value, bool) and math.isfinite(value) and low <= value <= high
    if value is not None and not right:
        raise RequestError(f"{name} must be a {'whole ' if whole else ''}number {low}-{high}; got {value!r:.60}")
    if value is None and name == "seed":
        raise RequestError("seed must be a whole number >= 0; got None")


def _check_metre(request: Request) -> None:
    """Raise unless style and metre are those that the models write."""
    both = f"the models {' and '.join(COMPOSING_MODELS)} write {METRE}"
    if request.metre.strip() != METRE:
        raise RequestError(f"metre must be {METRE}: {both}; got {request.metre!r:.20}")
    family, substyle = request.family, request.substyle
    metre = METRE if family is None else family.metre if substyle is None else substyle.metre
    if metre != METRE:
        known = ", ".join(style_names(METRE))
        raise contradiction("style", "metre", f"{request.style!r} is in {metre}, {both} (styles: {known})")


def _check_key(request: Request) -> None:
    """Raise if scale or chords do not belong to the key."""
    scale = None if request.scale is None else _with_our_error(find_scale, request.scale)
    if request.tonic_and_mode is None:
        return
    tonic, mode = request.tonic_and_mode
    if scale is not None and modes_of(scale) and (mode in MINOR_MODES) != (modes_of(scale) == "minor"):
        raise contradiction("key", "scale", f"{scale.name} has not the third of {key_name(tonic, mode)}")
    notes = chord_notes(request.chord_bars or ())
    inside = sum(note in scale_pitch_classes(tonic, mode) for note in notes)
    if 2 * inside < len(notes):
        why = f"only {inside} of {len(notes)} notes of {request.chords!r:.60} are in {key_name(tonic, mode)}"
        raise contradiction("key", "chords", why)


def _check_length(request: Request) -> None:
    """Raise if form or chords do not fit the bars."""
    if request.sections is not None:
        total = sum(size for _, size in share_bars(request.sections, request.bars))
        if total > MOST_BARS:
            raise RequestError(f"form must last at most {MOST_BARS} bars; got {total}")
    chords = request.chord_bars
    if chords is not None and request.bars is not None and len(chords) > request.bars:
        raise contradiction("chords", "bars", f"the chords fill {len(chords)} bars; got bars={request.bars}")
