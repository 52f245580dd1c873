"""Text as a row of items: names, numbers, notes, chords, words, each with its kind and its place in the text.

Conventions: full-width signs are read as plain ones; where several items begin at one place, the longest wins; Chinese is read
character by character, so a name needs no space around it. `start` and `end` count characters of the text as it was given.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from boya.composing.words.lexicon import Word, longest_name, look_up
from boya.composing.words.numerals import number_at
from boya.errors import InputError
from boya.theory.chords import parse_chord
from boya.theory.tables import folded

__all__ = ["Item", "is_form", "items_of"]

_NOTE = r"[A-G](?:\#|♯|♭|b(?![a-z]))?"
_QUALITY = (
    r"(?:maj|min|mi|m|M|dim|aug|sus|add|Δ|ø|°|o(?=\d))?\d{0,2}(?:sus[24]?|add\d{1,2}|maj\d|[#b]\d{1,2}|\([^()\s]{1,8}\)|\+)*"
)
_NUMERAL = r"(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)"
_TOKEN = re.compile(
    rf"""(?P<clock>\d{{1,2}}:\d\d(?!\d))
    | (?P<metre>\d{{1,2}}\s?/\s?(?:16|2|4|8)(?!\d))
    | (?P<number>\d{{1,9}}(?:\.\d{{1,6}})?)
    | (?P<letters>(?<![a-zA-Z\d])[A-H]'?(?:[A-H]'?)+(?![a-zA-Z\d]))
    | (?P<roman>(?<![a-zA-Z\d])[b#♭♯]?{_NUMERAL}(?:maj7|m7b5|ø7?|o7?|°7?|\+|7|9|6|sus4)?(?:/[b#]?{_NUMERAL})?(?![a-zA-Z0-9']))
    | (?P<flat>(?<![a-zA-Z\d])b[A-G](?![a-zA-Z\d]))
    | (?P<chord>(?<![a-zA-Z\d]){_NOTE}{_QUALITY}(?:/[A-G][#b]?)?(?![a-zA-Z0-9'♯#]))
    | (?P<small>(?<![a-zA-Z\d])[a-g](?:\#|♯|♭|b)?(?![a-zA-Z0-9'♯]))
    | (?P<han>[\u3400-\u9fff])
    | (?P<word>[^\W\d_\u3400-\u9fff]+(?:['’][^\W\d_\u3400-\u9fff]+)*)
    | (?P<mark>[^\s\w]|_)""",
    re.VERBOSE,
)
_MARKS = {
    **dict.fromkeys(",，;；.。!！?？\n“”\"'", "comma"),
    **dict.fromkeys("(（[【《", "open"),
    **dict.fromkeys(")）]】》", "close"),
    **dict.fromkeys("-–—~→>", "dash"),
    **dict.fromkeys("|｜", "bar-line"),
    **dict.fromkeys(":：", "colon"),
    **dict.fromkeys("=＝", "colon"),
}
_IN_NAMES = frozenset("-–&'’·.")
MOST_TOKENS = 12


@dataclass(frozen=True)
class Item:
    """One item: kind, value, and the characters it stands for."""

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class _Token:
    """A word, character or sign of the text, and its folded name, which is empty for a mark."""

    kind: str
    text: str
    name: str
    start: int
    end: int


def items_of(text: str) -> tuple[Item, ...]:
    """Return the items of a text.

    Examples
    --------
    >>> [(item.kind, item.value) for item in items_of("sad, 三十二小节 in Bb")]
    [('mood', 'mood:sad'), ('comma', ','), ('number', '32'), ('unit-bar', ''), ('in', ''), ('note', 'Bb')]
    """
    plain, places = _plain(text)
    tokens = [_token(match, places) for match in _TOKEN.finditer(plain)]
    words = [token.text.casefold() for token in tokens]
    found: list[Item] = []
    at = 0
    while at < len(tokens):
        kind, value, size = _best(tokens, words, at)
        found.append(Item(kind, value, tokens[at].start, tokens[at + size - 1].end))
        at += size
    return tuple(found)


def is_form(labels: Sequence[str]) -> bool:
    """Whether letters are those of a form: new ones come in the order of the alphabet, from A.

    >>> is_form("AABA"), is_form("ABAC"), is_form("DAD")
    (True, True, False)
    """
    fresh = list(dict.fromkeys(label[0] for label in labels))
    return fresh == [chr(ord("A") + place) for place in range(len(fresh))]


def _token(match: re.Match[str], places: Sequence[int]) -> _Token:
    """The token of a match."""
    kind = str(match.lastgroup)
    name = "" if kind == "mark" else folded(match[0])
    return _Token(kind, match[0], name, places[match.start()], places[match.end() - 1] + 1)


def _plain(text: str) -> tuple[str, list[int]]:
    """The text in plain signs, and where each of its characters stands in the original."""
    signs = [(sign, place) for place, given in enumerate(text) for sign in unicodedata.normalize("NFKC", given)]
    return "".join(sign for sign, _ in signs), [place for _, place in signs]


def _best(tokens: Sequence[_Token], words: Sequence[str], at: int) -> tuple[str, str, int]:
    """Kind, value and number of tokens of the item that begins at a token."""
    token = tokens[at]
    name, size = _name_at(tokens, at)
    number = number_at(words, at) if token.kind in ("number", "han", "word") else None
    if number is not None and number[1] >= size and (name is None or token.kind == "number" or number[1] > size):
        value = int(number[0]) if number[0].is_integer() else number[0]
        return "number", str(value), number[1]
    if size < 2 and (own := _own_kind(token)) is not None:
        return *own, 1
    if name is not None:
        return *name, size
    return ("word" if token.kind in ("word", "han", "number") else "other"), token.text, 1


def _own_kind(token: _Token) -> Word | None:
    """Kind and value of a token that is no word."""
    if token.kind == "mark":
        return (_MARKS[token.text], token.text) if token.text in _MARKS else None
    if token.kind == "letters":
        return ("form-letters", token.text) if is_form(re.findall(r"[A-H]'?", token.text)) else None
    if token.kind == "small":
        return ("small-a" if token.text == "a" else "small-note"), token.text
    if token.kind == "flat":
        return "note", f"{token.text[1]}b"
    if token.kind == "chord":
        return _chord(token.text)
    return (token.kind, token.text) if token.kind in ("clock", "metre", "roman") else None


def _chord(text: str) -> Word | None:
    """A note or chord symbol, if it is one."""
    plain = text.replace("♭", "b").replace("♯", "#")
    if re.fullmatch(r"[A-G][#b]?", plain):
        return "note", plain
    try:
        parse_chord(plain)
    except InputError:
        return None
    return "chord", plain


def _name_at(tokens: Sequence[_Token], at: int) -> tuple[Word | None, int]:
    """The longest known name that begins at a token, and its number of tokens."""
    best: tuple[Word | None, int] = None, 0
    for size, name in _names(tokens, at):
        found = look_up(name)
        if found is not None:
            best = found, size
    return best


def _names(tokens: Sequence[_Token], at: int) -> Iterator[tuple[int, str]]:
    """Number of tokens and folded text of everything that may be a name from a token on."""
    name = ""
    for size, token in enumerate(tokens[at : at + MOST_TOKENS], 1):
        if token.kind == "mark" and not (name and token.text in _IN_NAMES):
            if size == 1 and look_up(token.text) is not None:
                yield 1, token.text
            return
        name += token.name
        if len(name) > longest_name():
            return
        words = [other for other in tokens[at : at + size] if other.kind not in ("chord", "small", "mark")]
        if token.name and (size == 1 or words):
            yield size, name  # letters one by one are no word: "A D" is no "ad"
