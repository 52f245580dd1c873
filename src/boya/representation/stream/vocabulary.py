"""The words of the bar stream: what each token is called, and which number it has.

Conventions: a token is `kind` or `kind:value`; the tokens of a kind have consecutive numbers, so a kind is a slice. A step is a
twelfth of a quarter, positions count steps from the bar line, pitches are MIDI numbers moved so that the home tonic is C. Numbers
change only with this package; `Vocabulary.hash` tells apart weights that were trained on another one.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boya.errors import StreamError
from boya.representation.stream.words import QUALITIES, STYLES, SUBSTYLES
from boya.score import MODES, ROLES, TICKS_PER_QUARTER

__all__ = [
    "CONTROLS",
    "LONGEST_BAR",
    "LONGEST_NOTE",
    "LOWEST_DRUM",
    "LOWEST_PITCH",
    "MAX_SLOTS",
    "METRES",
    "MOST_BARS",
    "N_DRUMS",
    "SECTIONS",
    "STEPS_PER_QUARTER",
    "TEMPOS",
    "TICKS_PER_STEP",
    "VOCABULARY",
    "Vocabulary",
    "checked",
    "describe",
    "slug",
]

STEPS_PER_QUARTER = 12
TICKS_PER_STEP = TICKS_PER_QUARTER // STEPS_PER_QUARTER
LONGEST_BAR = 96  # steps: 8 quarters
LONGEST_NOTE = 21 * LONGEST_BAR  # long:20 and dur:96
MAX_SLOTS = 16
MOST_BARS = 64  # that a window with holes may have, and that bar numbers tell apart
LOWEST_PITCH, N_PITCHES = -6, 140  # MIDI 0-127, moved by up to half an octave
LOWEST_DRUM, N_DRUMS = 27, 61  # keys of the General MIDI Level 2 kit

METRES = tuple((n, d) for d in (2, 4, 8, 16) for n in range(1, 17) if 48 * n <= LONGEST_BAR * d)
TEMPOS = tuple(round(120 * 2 ** (k / 16)) for k in range(-41, 22))  # 20-298 quarters a minute, 16 an octave; 60 and 120 exactly
SECTIONS = ("intro", "verse", "chorus", "bridge", "solo", "outro", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "other")
CONTROLS = {"density": 5, "register": 6, "polyphony": 4, "dynamics": 4}  # name -> number of classes


@dataclass(frozen=True)
class Vocabulary:
    """Kinds of tokens with their values, in the order of their numbers.

    Examples
    --------
    >>> VOCABULARY.span("at")
    slice(796, 892, None)
    >>> VOCABULARY.names[796], VOCABULARY.id("at:4")
    ('at:0', 800)
    >>> describe(VOCABULARY.read("at:4 vel:5 dur:12 pitch:60"))
    'at:4 vel:5 dur:12 pitch:60'
    """

    kinds: tuple[tuple[str, tuple[str, ...]], ...]

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every token's name, by its number."""
        return tuple(_named(kind, value) for kind, values in self.kinds for value in values)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names)}

    @cached_property
    def _spans(self) -> dict[str, slice]:
        stops = np.cumsum([len(values) for _, values in self.kinds]).tolist()
        return {kind: slice(stop - len(values), stop) for (kind, values), stop in zip(self.kinds, stops, strict=True)}

    @cached_property
    def kind_names(self) -> tuple[str, ...]:
        """Every token's kind, by its number."""
        return tuple(kind for kind, values in self.kinds for _ in values)

    @cached_property
    def hash(self) -> str:
        """A fingerprint of names and numbers, 16 hexadecimal digits."""
        return hashlib.sha256("\n".join(self.names).encode()).hexdigest()[:16]

    def span(self, kind: str) -> slice:
        """Return the numbers of a kind."""
        if kind not in self._spans:
            raise StreamError(f"a kind of token must be one of {', '.join(self._spans)}; got {kind!r}")
        return self._spans[kind]

    def first(self, kind: str) -> int:
        """Return the number of the first token of a kind."""
        return int(self.span(kind).start)

    def has(self, name: str) -> bool:
        """Whether there is a token of this name."""
        return name in self._ids

    def id(self, name: str) -> int:
        """Return the number of a token."""
        if name not in self._ids:
            raise StreamError(f"a token looks like bar:3, pitch:60 or end; got {name!r}. See VOCABULARY.names.")
        return self._ids[name]

    def value(self, token: int) -> int:
        """Return the place of a token within its kind."""
        return int(token) - int(self._spans[self.kind_names[token]].start)

    def read(self, text: str) -> NDArray[np.int16]:
        """Return the tokens named in a text, separated by blanks; the reverse of `describe`."""
        return np.array([self.id(word) for word in text.split()], dtype=np.int16)


def slug(name: str) -> str:
    """A name as it stands in a token: without blanks.

    >>> slug("art song")
    'art_song'
    """
    return name.replace(" ", "_")


def describe(tokens: ArrayLike) -> str:
    """Return tokens as text, a line for each bar.

    >>> print(describe(VOCABULARY.read("bar:0 metre:4/4 slot:0 at:0 vel:5 drum:36 bar:1")))
    bar:0 metre:4/4 slot:0 at:0 vel:5 drum:36
    bar:1
    """
    words = (VOCABULARY.names[token] for token in checked(tokens).tolist())
    return " ".join(f"\n{word}" if word.startswith(("bar:", "fill")) else word for word in words).replace(" \n", "\n").strip()


def checked(tokens: ArrayLike) -> NDArray[np.int64]:
    """Return tokens as whole numbers, after looking that each is one of the vocabulary."""
    try:
        found = np.asarray(tokens)
    except ValueError as error:
        raise StreamError(f"tokens must be one row of whole numbers; {error}") from error
    if found.ndim != 1 or not (found.size == 0 or np.issubdtype(found.dtype, np.integer)):
        raise StreamError(f"tokens must be one row of whole numbers; got an array of {found.dtype} with shape {found.shape}")
    wrong = found[(found < 0) | (found >= len(VOCABULARY))]
    if len(wrong):
        raise StreamError(f"a token must be 0-{len(VOCABULARY) - 1}; got {int(wrong[0])}")
    return found.astype(np.int64)


def _named(kind: str, value: str) -> str:
    """The name of a token; a kind of one token has no value."""
    return f"{kind}:{value}" if value else kind


def _numbers(first: int, count: int) -> tuple[str, ...]:
    """Values that are numbers."""
    return tuple(str(value) for value in range(first, first + count))


def _kinds() -> Iterable[tuple[str, tuple[str, ...]]]:
    """All kinds with their values."""
    for kind in ("pad", "piece", "part", "fill", "end", "hole", "last", "drums"):
        yield kind, ("",)
    yield "home", _numbers(0, 12)
    yield "style", ("none", *STYLES)
    yield "substyle", SUBSTYLES
    yield "mode", MODES
    yield "slot", _numbers(0, MAX_SLOTS)
    yield "program", _numbers(0, 128)
    yield "role", ("none", *ROLES)
    for control, count in CONTROLS.items():
        yield control, _numbers(0, count)
    yield "bar", _numbers(0, MOST_BARS)
    yield "metre", tuple(f"{n}/{d}" for n, d in METRES)
    yield "length", _numbers(1, LONGEST_BAR)
    yield "tempo", tuple(str(qpm) for qpm in TEMPOS)
    yield "tonic", _numbers(0, 12)
    yield "section", ("none", *SECTIONS)
    yield "chord", _numbers(0, LONGEST_BAR)
    yield "root", _numbers(0, 12)
    yield "none", ("",)
    yield "quality", QUALITIES
    yield "over", _numbers(0, 12)
    yield "at", _numbers(0, LONGEST_BAR)
    yield "vel", _numbers(0, 8)
    yield "long", _numbers(1, LONGEST_NOTE // LONGEST_BAR - 1)
    yield "dur", _numbers(1, LONGEST_BAR)
    yield "pitch", _numbers(LOWEST_PITCH, N_PITCHES)
    yield "drum", _numbers(LOWEST_DRUM, N_DRUMS)
    yield "same", _numbers(1, MOST_BARS - 1)
    yield "gap", ("",)


VOCABULARY = Vocabulary(tuple(_kinds()))
