"""Words that pieces are found by: what is written beside them in an index, and what a text asks for.

Conventions: FTS5 splits text at what is no letter or digit, which would tear a key or a metre apart and leave Chinese whole. So
a key is also written as one word (`A minor`: `keyaminor`), a metre too (`3/4`: `metre3x4`), and Chinese as all pairs of
neighbours (华尔兹: 华尔 尔兹). A text is asked the same way; the small words of English and Chinese sentences are left out.
"""

import re
from collections.abc import Iterator

__all__ = ["asked_words", "more_words"]

_MODES = "major|minor|dorian|phrygian|lydian|mixolydian|locrian"
_KEY = re.compile(rf"\b([a-g])(\s?sharp|\s?flat|[#♯b♭])?[\s-]+({_MODES})\b", re.IGNORECASE)
_METRE = re.compile(r"\b(\d{1,2})/(\d{1,2})\b")
_CHINESE = re.compile(r"[㐀-䶿一-鿿]+")
_MARKS = {"sharp": "s", "#": "s", "♯": "s", "flat": "f", "b": "f", "♭": "f", "": ""}
_SMALL = frozenset({"a", "an", "and", "at", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "with"})
_SMALL_ZH = re.compile("[的和与在是之]|一个|一首")


def more_words(text: str) -> str:
    """Return what is to be written beside a text so that its keys, metres and Chinese are found.

    >>> more_words("Waltz in F# minor, 3/4"), more_words("慢圆舞曲"), more_words("Air")
    ('keyfsminor metre3x4', '慢圆 圆舞 舞曲', '')
    """
    pairs = (word for run in _CHINESE.findall(text) for word in _pairs(run)) if not text.isascii() else ()
    return " ".join(dict.fromkeys([*_joined(text), *pairs]))


def asked_words(text: str) -> list[str]:
    """Return the words that a text asks for, each of letters and digits only.

    >>> asked_words("slow waltz in A minor for flute")
    ['keyaminor', 'slow', 'waltz', 'flute']
    >>> asked_words("长笛的圆舞曲"), asked_words("the")
    (['长笛', '圆舞', '舞曲'], ['the'])
    """
    found = list(_joined(text))
    rest = _METRE.sub(" ", _KEY.sub(" ", text))
    runs = _CHINESE.findall(_SMALL_ZH.sub(" ", rest)) or _CHINESE.findall(rest)
    plain = "".join(c if c.isalnum() else " " for c in _CHINESE.sub(" ", rest)).split()
    telling = [word for word in plain if word.casefold() not in _SMALL]
    found += telling + [word for run in runs for word in _pairs(run)]
    return list(dict.fromkeys(found or plain))


def _joined(text: str) -> Iterator[str]:
    """Keys and metres as one word each."""
    for letter, mark, mode in _KEY.findall(text):
        yield f"key{letter}{_MARKS[mark.strip().casefold()]}{mode}".casefold()
    for above, below in _METRE.findall(text):
        yield f"metre{int(above)}x{int(below)}"


def _pairs(run: str) -> list[str]:
    """All pairs of neighbours, or the one sign."""
    return [run[at : at + 2] for at in range(max(len(run) - 1, 1))]
