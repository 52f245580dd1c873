"""Marking of answers that are texts: read in any spelling, compared token by token."""

from boya.errors import InputError
from boya.teaching.exercises.item import Item
from boya.teaching.exercises.reading import READERS
from boya.teaching.exercises.remarks import Marked, Remark, bar_and_beat, place_of
from boya.teaching.spelling import parse_note
from boya.teaching.wording import Words, say

__all__ = ["mark_text"]


def mark_text(item: Item, text: str) -> Marked:
    """Mark a text."""
    read = READERS[item.reader]
    rights = [read(accepted) for accepted in item.accepts]
    try:
        given = read(text)
    except InputError as error:
        hint = str(error).split(";", maxsplit=1)[0]
        return Marked(0.0, (_remark(item, "unread", text, error=hint),))
    if given in rights:
        return Marked(1.0)
    right = rights[0]
    if len(right) == 1:
        what = "same_sound" if item.reader == "tonic" and _sounds_alike(given[0], right[0]) else "name"
        return Marked(0.5 if what == "same_sound" else 0.0, (_remark(item, what, text),))
    return _mark_tokens(item, given, right)


def _mark_tokens(item: Item, given: tuple[str, ...], right: tuple[str, ...]) -> Marked:
    """Mark a list, place by place; what sounds alike but is spelled otherwise earns half."""
    points, remarks = 0.0, []
    for place, wanted in enumerate(right):
        found = given[place] if place < len(given) else ""
        if found == wanted:
            points += 1
            continue
        is_alike = item.reader == "notes" and bool(found) and _sounds_alike(found, wanted)
        points += is_alike / 2
        remarks.append(_token(item, "same_sound" if is_alike else "token", place, found, wanted))
    remarks += [_remark(item, "too_many", extra) for extra in given[len(right) :]]
    lost = 1 / len(right) * max(len(given) - len(right), 0)
    return Marked(max(points / len(right) - lost, 0.0), tuple(remarks))


def _sounds_alike(a: str, b: str) -> bool:
    """Whether two names of notes are one key of the piano."""
    return parse_note(a).pitch_class == parse_note(b).pitch_class


def _token(item: Item, what: str, place: int, given: str, right: str) -> Remark:
    """A remark on one of several answers, in the bar of its note."""
    ticks = sorted({onset for part in item.filled for onset, _, _ in part})
    bar, words, _ = bar_and_beat(item, ticks[place] if len(ticks) > place else 0)
    shown: Words | str = given or say("terms", "nothing")
    values = {"number": item.number, "bars": words, "place": place + 1, "given": shown, "answer": right, "why": item.why}
    return Remark(item.number, bar, what, say("exercises", f"mark.{what}", **values))


def _remark(item: Item, what: str, text: str, **more: object) -> Remark:
    """A remark on the whole item."""
    values = {"number": item.number, "bars": place_of(item), "given": text, "answer": item.answer, "why": item.why}
    return Remark(item.number, item.bar, what, say("exercises", f"mark.{what}", **values, **more))
