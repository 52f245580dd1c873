"""A sheet as text: its questions, and with the answers its key, as Markdown that a person reads."""

from boya.teaching.exercises.item import Item, Sheet
from boya.teaching.exercises.remarks import place_of
from boya.teaching.wording import Words, check_language, say

__all__ = ["as_markdown"]


def as_markdown(sheet: Sheet, language: str = "en", *, has_answers: bool = False, heard: str = "") -> str:
    """Return a sheet, or with `has_answers` its key, as Markdown.

    Parameters
    ----------
    heard
        name of the file with what is to be heard

    Examples
    --------
    >>> from boya.teaching.exercises import exercise_sheet
    >>> print(as_markdown(exercise_sheet("intervals", level=2, seed=7, count=1), has_answers=True))
    # Intervals: answers
    <BLANKLINE>
    Level 2 of 5, seed 7, difficulty 3.0
    <BLANKLINE>
    1. Name the interval. (bar 1)
       Answer: perfect fourth
       D5 and G5 span 4 letters and 5 semitones: a perfect fourth.
    <BLANKLINE>
    """
    check_language(language)
    title = say("exercises", "sheet.key_title", title=sheet.title) if has_answers else sheet.title
    about = say("exercises", "sheet.level", level=sheet.level, seed=sheet.seed, difficulty=sheet.difficulty)
    blocks = [f"# {title.of(language)}", about.of(language)]
    if heard and sheet.is_heard:
        blocks.append(say("exercises", "sheet.heard", file=heard).of(language))
    blocks.append("\n".join(_lines(item, language, has_answers) for item in sheet.items))
    return "\n\n".join(blocks) + "\n"


def _lines(item: Item, language: str, has_answers: bool) -> str:
    """One question, with its answer and the reason."""
    place = say("exercises", "sheet.place", bars=place_of(item))
    lines = [f"{item.number}. {_with_place(item.question, place).of(language)}"]
    if has_answers:
        lines += [f"   {say('exercises', 'sheet.answer', answer=item.answer).of(language)}", f"   {item.why.of(language)}"]
    return "\n".join(lines)


def _with_place(question: Words, place: Words) -> Words:
    """A question and where it stands."""
    return Words(f"{question.en} {place.en}", f"{question.zh}{place.zh}")
