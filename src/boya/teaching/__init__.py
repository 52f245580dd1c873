"""Teaching: explain a score in words, and exercises with answers and marking, in English and Chinese.

Two ways in:

    explain(score)                                keys, chords, cadences, form, texture; of our own pieces every decision
    exercise_sheet("four-part", level=2, seed=7)  a sheet; `answer_key` and `mark` go with it
"""

from boya.teaching.exercises import Sheet, answer_key, exercise_sheet, mark, read_answers, read_key
from boya.teaching.explaining import explain
from boya.teaching.explanation import BarNote, Decision, Explanation
from boya.teaching.origins import Origin, read_origin
from boya.teaching.wording import Words

__all__ = [
    "BarNote",
    "Decision",
    "Explanation",
    "Origin",
    "Sheet",
    "Words",
    "answer_key",
    "exercise_sheet",
    "explain",
    "mark",
    "read_answers",
    "read_key",
    "read_origin",
]
