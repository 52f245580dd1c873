"""From items to wishes: patterns over kinds of items, tried in the order of `data/patterns.toml`.

Conventions: a row of items is one character for each kind, so a pattern is a regular expression in which words stand for kinds.
What a pattern takes is taken from the row; a reader may decline it. What is left over and means something was not understood.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TypeVar

from boya.composing.words.band_readers import Wish
from boya.composing.words.items import Item, items_of
from boya.composing.words.lexicon import lexicon, table
from boya.composing.words.readers import READERS
from boya.composing.words.told import Heard, Span, Told, language_of
from boya.errors import RequestError

Words = TypeVar("Words", bound=Span)

__all__ = ["MOST_CHARACTERS", "read_words"]

MOST_CHARACTERS = 10_000
MOST_DECLINED = 64
FIRST_SIGN = 0xE000  # private characters stand for kinds
TAKEN = "\uf8ff"
_KIND = re.compile(r"[a-z][a-z-]*")


def read_words(text: str) -> Told:
    """Read a request in plain English or Chinese.

    Parameters
    ----------
    text
        at most 10,000 characters; what it says in words that are not known is told in `Told.unknown`

    Raises
    ------
    RequestError
        if it is no text, empty, or too long.

    Examples
    --------
    >>> told = read_words("C小调 悲伤的钢琴曲 80拍 16小节")
    >>> [(heard.wish, heard.words) for heard in told.heard]
    [('key', 'C小调'), ('mood', '悲伤'), ('band', '悲伤的钢琴'), ('beats', '80拍'), ('bars', '16小节')]
    """
    if not isinstance(text, str) or not text.strip() or len(text) > MOST_CHARACTERS:
        found = f"{len(text)} characters" if isinstance(text, str) else repr(text)[:60]
        raise RequestError(f"a request must be text of 1-{MOST_CHARACTERS} characters, as a sad waltz, 16 bars; got {found}")
    row = list(_without_articles([item for item in items_of(text) if item.kind != "filler"]))
    signs = "".join(_signs().get(item.kind, _signs()["other"]) for item in row)
    heard: list[Heard] = []
    unmet: list[Span] = []
    for reader, pattern, unless, needs in _patterns():
        known = {wish.wish for wish in heard}
        if unless in known or {needs} - known - {""}:
            continue
        for taken, first, said in _taken(row, signs, reader, pattern):
            heard += [Heard(*_span(text, items or taken), wish, value) for wish, value, *items in said]
            unmet += [] if said else [Span(*_span(text, taken))]
            signs = signs[:first] + TAKEN * len(taken) + signs[first + len(taken) :]
    left = (item if sign != TAKEN else None for item, sign in zip(row, signs, strict=True))
    return Told(text, language_of(text), _in_order(heard), tuple(_unknown(text, left)), _in_order(unmet))


def _taken(
    row: Sequence[Item], signs: str, reader: str, pattern: re.Pattern[str]
) -> Iterator[tuple[Sequence[Item], int, Sequence[Wish]]]:
    """The items that a pattern takes, the place of the first, and what they say; who says nothing is tried from the second on."""
    place, declined = 0, 0
    while (match := pattern.search(signs, place)) is not None and match.end() > match.start():
        taken = row[match.start() : match.end()]
        said = READERS[reader](taken)
        declined += said is None
        place = match.end() if said is not None or declined > MOST_DECLINED else match.start() + 1
        if said is not None:
            yield taken, match.start(), said


def _span(text: str, items: Sequence[Item]) -> tuple[str, int, int]:
    """The words of some items, and where they stand."""
    return text[items[0].start : items[-1].end], items[0].start, items[-1].end


def _in_order(spans: Sequence[Words]) -> tuple[Words, ...]:
    """Spans in the order of the text."""
    return tuple(sorted(spans, key=lambda span: (span.start, span.end)))


def _without_articles(items: Sequence[Item]) -> Iterator[Item]:
    """The items without a capital A that begins the text as an article."""
    for place, item in enumerate(items):
        following = items[place + 1].kind if place + 1 < len(items) else "comma"
        if not (place == 0 and item.value == "A" and item.kind == "note" and following not in table("patterns")["after-a-note"]):
            yield item


def _unknown(text: str, left: Iterable[Item | None]) -> Iterator[Span]:
    """The words that no pattern took, neighbours together."""
    run: list[Item] = []
    for item in (*left, None):
        is_glue = item is None or item.kind in table("patterns")["glue"] or item.value in ("I", "i") or _is_number_word(item)
        if item is not None and not is_glue:
            run.append(item)
        elif run:
            yield Span(*_span(text, run))
            run = []


def _is_number_word(item: Item) -> bool:
    """Whether an item is "one", which is more often a pronoun than a number."""
    return item.kind == "number" and item.value == "1" and item.end - item.start == 3


@cache
def _signs() -> dict[str, str]:
    """The character of each kind."""
    rows = table("patterns")
    texts = [*rows["part"].values(), *(like for row in rows["pattern"] for like in row["like"])]
    named = {word for text in texts for word in _KIND.findall(re.sub(r"\{[a-z]+\}", " ", text))}
    kinds = ["other", *sorted(named | {kind for kind, _ in lexicon().values()})]
    return {kind: chr(FIRST_SIGN + number) for number, kind in enumerate(kinds)}


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str], str, str], ...]:
    """Reader and pattern, in order, and the wishes beside which it does not count, or only counts."""
    rows = table("patterns")
    parts: dict[str, str] = {}
    for name, part in rows["part"].items():
        parts[name] = _with_parts(part, parts)
    return tuple(
        (row["wish"], re.compile(_in_signs(_with_parts(like, parts))), row.get("unless", ""), row.get("needs", ""))
        for row in rows["pattern"]
        for like in row["like"]
    )


def _with_parts(pattern: str, parts: dict[str, str]) -> str:
    """A pattern with the parts that it names."""
    return re.sub(r"\{([a-z]+)\}", lambda match: parts[match[1]], pattern)


def _in_signs(pattern: str) -> str:
    """A pattern over kinds as one over their characters."""
    return _KIND.sub(lambda match: _signs()[match[0]], pattern).replace(" ", "")
