"""Melodies to write from hearing: steps and leaps of a key over a plain rhythm, from the tonic chord to the tonic.

Difficulty: number of notes over four, mean leap in scale steps, and the number of accidentals of the signature over four.
"""

from itertools import pairwise

import numpy as np

from boya.teaching.exercises.drawing import chosen, different, draw_key
from boya.teaching.exercises.item import Item, Part, Player
from boya.teaching.names import key_words
from boya.teaching.spelling import Note
from boya.teaching.wording import Words, say

__all__ = ["PLAYERS", "items"]

PLAYERS = (Player(Words("Melody", "旋律")),)
_RHYTHMS = (
    ((480, 480, 480, 480), (480, 480, 960)),
    ((480, 480, 240, 240, 480), (480, 480, 960), (960, 480, 480)),
    ((720, 240, 480, 480), (480, 240, 240, 480, 480), (240, 240, 480, 960)),
    ((720, 240, 240, 240, 480), (360, 120, 480, 480, 480), (240, 240, 240, 240, 960)),
    ((240, 480, 240, 480, 480), (360, 120, 240, 240, 480, 480), (160, 160, 160, 480, 960)),
)
_BARS = (2, 3, 3, 4, 4)
_WIDEST = (1, 2, 3, 4, 5)
_HOME = (0, 2, 4)
_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_MINOR = (0, 2, 3, 5, 7, 8, 10)
_LOWEST, _HIGHEST = -3, 9


def items(level: int, count: int, rng: np.random.Generator) -> tuple[Item, ...]:
    """Draw melodies in one key."""
    sharps, key = draw_key(level, rng, minor_from=3)
    return different(lambda _: _item(level, sharps, key, rng), count)


def _item(level: int, sharps: int, key: tuple[int, str], rng: np.random.Generator) -> Item | None:
    """One melody, or None where its end cannot be reached."""
    lengths = [ticks for _ in range(_BARS[level - 1] - 1) for ticks in chosen(_RHYTHMS[level - 1], rng)]
    lengths += [480, 480, 960]
    degrees = _line(len(lengths), _WIDEST[level - 1], rng)
    if degrees is None:
        return None
    tonic = Note(sharps + 3 * (key[1] == "minor"), 4)
    lift = -12 if tonic.pitch > 70 else 0
    pitches = [_pitch(tonic.pitch + lift, degree, key[1], n, degrees) for n, degree in enumerate(degrees)]
    onsets = np.cumsum([0, *lengths]).tolist()
    part: Part = tuple(zip(onsets, lengths, pitches, strict=False))
    leaps = [abs(b - a) for a, b in pairwise(degrees)]
    difficulty = len(part) / 4 + float(np.mean(leaps)) + abs(sharps) / 4
    told = " ".join(str(degree % 7 + 1) for degree in degrees)
    why = say("exercises", "melodic_dictation.why", degrees=told, key=key_words(*key))
    question = say("exercises", "melodic_dictation.name")
    return Item(
        question,
        "write",
        Words(told, told),
        why,
        (part[:1],),
        difficulty,
        (part,),
        key=key,
        n_bars=_BARS[level - 1],
        is_heard=True,
    )


def _line(count: int, widest: int, rng: np.random.Generator) -> list[int] | None:
    """Degrees above the tonic: after a leap a step back, to the end by step into the tonic."""
    line = [chosen(_HOME, rng)]
    while len(line) < count - 1:
        last = line[-1] - line[-2] if len(line) > 1 else 0
        if abs(last) > 2:
            move = -1 if last > 0 else 1
        else:
            move = int(rng.integers(1, widest + 1)) if rng.random() < 0.4 else 1
            move *= chosen((1, -1), rng)
        if _LOWEST <= line[-1] + move <= _HIGHEST:
            line.append(line[-1] + move)
        elif abs(last) > 2:
            return None
    home = [degree for degree in (0, 7) if abs(degree - line[-1]) == 1]
    return [*line, home[0]] if home and max(np.abs(np.diff(line))) <= widest else None


def _pitch(tonic: int, degree: int, mode: str, place: int, line: list[int]) -> int:
    """Pitch of a degree; in minor the seventh is raised where the tonic follows."""
    octave, index = divmod(degree, 7)
    semitone = (_MINOR if mode == "minor" else _MAJOR)[index]
    is_leading = mode == "minor" and index == 6 and line[place + 1 : place + 2] == [degree + 1]
    return tonic + 12 * octave + semitone + is_leading
