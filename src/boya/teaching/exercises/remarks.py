"""What a marking says of one place."""

from dataclasses import dataclass

from boya.teaching.exercises.item import Item
from boya.teaching.names import bar_words, bars_words
from boya.teaching.wording import Words

__all__ = ["Marked", "Remark", "bar_and_beat", "place_of"]


@dataclass(frozen=True)
class Remark:
    """One thing that is wrong: number of the item from 1, bar from 0, what kind of thing it is, and the sentence."""

    item: int
    bar: int
    what: str
    words: Words


@dataclass(frozen=True)
class Marked:
    """An item that was marked: points 0-1 and remarks."""

    points: float
    remarks: tuple[Remark, ...] = ()


def place_of(item: Item) -> Words:
    """Return the bars of an item in words."""
    return bars_words(range(item.bar, item.bar + item.n_bars))


def bar_and_beat(item: Item, tick: int) -> tuple[int, Words, float]:
    """Return bar, bar in words and beat of a tick from the start of the item."""
    bar = item.bar + tick // item.bar_ticks
    beat = 1920 // item.metre[1]
    return bar, bar_words(bar), tick % item.bar_ticks / beat + 1
