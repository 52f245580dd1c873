"""What was heard in a request: each wish with the words it came from, and the words that were not understood.

Conventions: `start` and `end` count characters of the text; a value is text or a tuple of texts and numbers, as `readers` makes
it.
"""

from dataclasses import dataclass

from boya.composing.words.lexicon import table
from boya.theory.graph import graph

__all__ = ["LANGUAGES", "Heard", "Span", "Told", "language_of"]

LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Span:
    """Words of the text, and where they stand."""

    words: str
    start: int
    end: int


@dataclass(frozen=True)
class Heard(Span):
    """A wish: its name, its value, and the words it came from."""

    wish: str
    value: tuple[object, ...]


@dataclass(frozen=True)
class Told:
    """A request in words, as it was understood.

    Attributes
    ----------
    text
        as it was given
    language
        "en", or "zh" where it has Chinese characters
    heard
        wishes in the order of the text
    unknown
        words that were not understood
    unmet
        words that were understood, but that a plan cannot hold

    Examples
    --------
    >>> from boya.composing.words import read_words
    >>> told = read_words("a sad waltz with a vocoder, 16 bars")
    >>> print(told.summary("en"))
    mood: sad ("sad")
    style: waltz ("waltz")
    bars: 16 ("16 bars")
    not understood: "vocoder"
    """

    text: str
    language: str
    heard: tuple[Heard, ...]
    unknown: tuple[Span, ...] = ()
    unmet: tuple[Span, ...] = ()

    def summary(self, language: str | None = None) -> str:
        """Return what was understood, a line for each wish, in "en" or "zh"; None is the language of the text."""
        names = table("sayings")[language or self.language]
        lines = [
            f"{names[h.wish]}{names['colon']}{_shown(h.value, names)} ({names['open']}{h.words}{names['close']})"
            for h in self.heard
        ]
        for name, spans in (("unmet", self.unmet), ("unknown", self.unknown)):
            said = names["comma"].join(f"{names['open']}{span.words}{names['close']}" for span in spans)
            lines += [f"{names[name]}{names['colon']}{said}"] if spans else []
        return "\n".join(lines)


def language_of(text: str) -> str:
    """Return "zh" for a text with Chinese characters, else "en".

    >>> language_of("一首爵士"), language_of("a waltz")
    ('zh', 'en')
    """
    return "zh" if any("\u3400" <= sign <= "\u9fff" for sign in text) else "en"


def _shown(value: tuple[object, ...], names: dict[str, str]) -> str:
    """A value as a person reads it."""
    return names["comma"].join(filter(None, (_word(part, names) for part in value)))


def _word(part: object, names: dict[str, str]) -> str:
    """A part of a value as a person reads it: things of the graph by their labels."""
    if isinstance(part, tuple):  # a player: name, role, number
        return " ".join(filter(None, (_word(inner, names) for inner in part if inner != 1)))
    if isinstance(part, float):
        return f"{part:g}"
    text = str(part or "").rpartition("; ")[2]
    label = graph().label(text, names["language"]) if ":" in text else text
    return names.get(f"word {label}", label)
