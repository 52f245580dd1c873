"""What is played for dictation: before each item the chord of its key, or beats to count by; then the music, twice.

Conventions: every item begins with a bar of preparation and ends with an empty bar; items that are not heard are left out.
"""

from boya.score import Key, Metre, Score, Tempo, Timeline, Track, note_array
from boya.teaching.exercises.item import Item, Sheet

__all__ = ["heard_score"]

_TURNS = 2
_VELOCITY, _SOFT = 84, 64
_TRIADS = {"major": (0, 4, 7, 12), "minor": (0, 3, 7, 12)}
_CLICK = 76


def heard_score(sheet: Sheet) -> Score:
    """Return what a learner hears.

    Examples
    --------
    >>> from boya.teaching.exercises import exercise_sheet
    >>> sheet = exercise_sheet("melodic-dictation", level=1, seed=1, count=1)
    >>> heard_score(sheet).n_bars == 2 * (1 + sheet.items[0].n_bars + 1) - 1
    True
    """
    rows: list[list[tuple[int, int, int, int]]] = [[] for _ in sheet.players]
    metres, keys = list[Metre](), list[Key]()
    at = 0
    heard = [item for item in sheet.items if item.is_heard]
    for item in heard:
        metres.append(Metre(at, *item.metre))
        keys.append(Key(at, *item.key))
        for _ in range(_TURNS):
            rows[0] += [(at + onset, ticks, pitch, _SOFT) for onset, ticks, pitch in _preparation(item, sheet)]
            at += item.bar_ticks
            for row, part in zip(rows, item.filled, strict=True):
                row += [(at + onset, ticks, pitch, _VELOCITY) for onset, ticks, pitch in part]
            at += item.length + item.bar_ticks
    tempo = [Tempo(0, heard[0].qpm)] if heard else []
    tracks = tuple(
        Track(note_array(row), player.program, name=player.name.en) for row, player in zip(rows, sheet.players, strict=True)
    )
    return Score(tracks, Timeline.of(tempo, metres, keys), title=sheet.title.en)


def _preparation(item: Item, sheet: Sheet) -> list[tuple[int, int, int]]:
    """A bar before the music: the tonic chord, or clicks on the beats where only rhythm counts."""
    if sheet.kind == "rhythm":
        beat = 1920 // item.metre[1]
        return [(onset, beat // 2, _CLICK) for onset in range(0, item.bar_ticks, beat)]
    root = 60 + item.key[0] - (12 if item.key[0] > 6 else 0)
    return [(0, item.bar_ticks, root + step) for step in _TRIADS["minor" if item.key[1] == "minor" else "major"]]
