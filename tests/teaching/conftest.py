"""Sheets, and answers with one thing wrong."""

from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import pytest

from boya.teaching.exercises import Answers, exercise_sheet


@cache
def draw(kind, level=1, seed=0, count=3):
    """A sheet; of counterpoint, which is searched for, one item."""
    return exercise_sheet(kind, level=level, seed=seed, count=1 if kind == "counterpoint" else count)


def filled(sheet, number, solution):
    """The filled-in score of a sheet whose item of that number is answered otherwise."""
    items = [replace(item, solution=solution) if item.number == number else item for item in sheet.items]
    return replace(sheet, items=tuple(items)).solution()


def with_tone(parts, voice, place, pitch):
    """Parts with one pitch changed."""
    part = list(parts[voice])
    part[place] = (*part[place][:2], pitch)
    return (*parts[:voice], tuple(part), *parts[voice + 1 :])


def by_key(key):
    """The answers that a key gives to its own sheet."""
    return Answers(key.answers, key.solution)


@pytest.fixture(scope="session")
def sheets():
    """How tests draw, change and answer sheets."""
    return SimpleNamespace(draw=draw, filled=filled, with_tone=with_tone, by_key=by_key)
