"""Exercises for learners: seeded sheets at five levels, their answer keys, and marking that names the bar and says why.

A kind is a module of `boya.teaching.exercises.kinds` and a line in `KINDS`. A `Sheet` gives the score that the learner sees, the
one that is filled in, and for dictation the one that is heard; `answer_key` is all that marking needs.
"""

from boya.teaching.exercises.item import Item, Sheet
from boya.teaching.exercises.keys import AnswerKey, answer_key, key_text, read_key
from boya.teaching.exercises.marking import Marking, Remark, mark
from boya.teaching.exercises.reading import Answers, read_answers
from boya.teaching.exercises.registry import KINDS, LEVELS, exercise_sheet
from boya.teaching.exercises.sheet_text import as_markdown

__all__ = [
    "KINDS",
    "LEVELS",
    "AnswerKey",
    "Answers",
    "Item",
    "Marking",
    "Remark",
    "Sheet",
    "answer_key",
    "as_markdown",
    "exercise_sheet",
    "key_text",
    "mark",
    "read_answers",
    "read_key",
]
