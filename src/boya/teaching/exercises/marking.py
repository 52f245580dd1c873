"""Marking: what is right, what is wrong, in which bar, and why.

Conventions: an item is worth one point; a text or a written part earns the share of it that is right, a setting of voices what
`boya.teaching.exercises.mark_voices` says. Remarks stand in the order of the sheet; a bar is counted from 0.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from boya.teaching.exercises.item import Item
from boya.teaching.exercises.keys import AnswerKey
from boya.teaching.exercises.mark_names import mark_text
from boya.teaching.exercises.mark_notes import mark_notes, parts_of
from boya.teaching.exercises.mark_voices import mark_counterpoint, mark_voices
from boya.teaching.exercises.reading import Answers
from boya.teaching.exercises.remarks import Marked, Remark, place_of
from boya.teaching.wording import Words, say

__all__ = ["Marking", "Remark", "mark"]

_BY_NOTES: Mapping[str, Callable[..., Marked]] = {
    "write": mark_notes,
    "voices": mark_voices,
    "counterpoint": mark_counterpoint,
}


@dataclass(frozen=True)
class Marking:
    """The result: points of each item (0-1), and remarks on what is wrong or could be better."""

    points: tuple[float, ...]
    remarks: tuple[Remark, ...]

    @property
    def share(self) -> float:
        """Share of all points, 0-1."""
        return sum(self.points) / max(len(self.points), 1)

    @property
    def words(self) -> Words:
        """The points in words."""
        return say("exercises", "mark.score", points=sum(self.points), total=len(self.points), percent=100 * self.share)

    def text(self, language: str = "en") -> str:
        """Return the remarks and the score as lines."""
        return "\n".join([*(remark.words.of(language) for remark in self.remarks), self.words.of(language)])


def mark(answers: Answers, key: AnswerKey) -> Marking:
    """Mark answers by a key.

    Parameters
    ----------
    answers
        texts and a score; an item that is to be named needs its text, one that is to be written its notes, or the names of the
        notes as text
    key
        of the sheet

    Examples
    --------
    >>> from boya.teaching.exercises import answer_key, exercise_sheet
    >>> key = answer_key(exercise_sheet("intervals", level=2, seed=7, count=2))
    >>> marking = mark(Answers({1: "perfect fifth", 2: "纯一度"}), key)
    >>> print(marking.text())
    Item 1, bar 1: perfect fifth is wrong. Right is perfect fourth. D5 and G5 span 4 letters and 5 semitones: a perfect fourth.
    1.0 of 2 points (50%)
    """
    points: list[float] = []
    remarks: list[Remark] = []
    written = None if answers.score is None else parts_of(answers.score, key.sheet)
    for number, item in enumerate(key.sheet.items):
        found = _marked(item, answers, key, None if written is None else written[number])
        points.append(found.points)
        remarks += found.remarks
    return Marking(tuple(points), tuple(remarks))


def _marked(item: Item, answers: Answers, key: AnswerKey, written: object) -> Marked:
    """One item by its task: its text where there is one, else its notes."""
    text = answers.texts.get(item.number, "")
    if item.task in _BY_NOTES and not (item.task == "write" and text) and written not in (None, item.given):
        return _BY_NOTES[item.task](item, written, key.sheet.players)
    if text and item.accepts:
        return mark_text(item, text)
    words = say("exercises", "mark.missing", number=item.number, bars=place_of(item), answer=item.answer, why=item.why)
    return Marked(0.0, (Remark(item.number, item.bar, "missing", words),))
