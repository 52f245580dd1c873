"""Repeats: the order in which bars are played, and what is played with them."""

import pytest

from boya.files.repeats import BarMarks, played_order, played_out
from boya.score import Chord, Metre, Score, Section, Tempo, Timeline, Track, note_array


def bars(text: str) -> list[BarMarks]:
    """Bars as `|: a b :|`: letters are bars, `1`-`3` before a letter an ending."""
    found: list[BarMarks] = []
    opens, ending = False, frozenset[int]()
    for word in text.split():
        if word == "|:":
            opens, ending = True, frozenset()
        elif word == ":|":
            last = found.pop()
            found.append(BarMarks(last.onset, last.opens, 2, last.endings))
            ending = frozenset()
        elif word == "|":
            ending = frozenset()
        elif word.isdigit():
            ending = frozenset(int(n) for n in word)
        else:
            found.append(BarMarks(len(found) * 1920, opens, 1, ending))
            opens = False
    return found


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("a b c", "abc"),
        ("a b :|", "abab"),
        ("a |: b c :| d", "abcbcd"),
        ("|: a :| |: b :|", "aabb"),
        ("a b :| c d :|", "ababcdcd"),
        ("|: a 1 b :| 2 c | d", "abacd"),
        ("|: a 1 b b :| 2 c c | d e :|", "abbaccdede"),
        ("|: a 1 b :| 2 c :| 3 d | e", "abacade"),
        ("|: a 12 b :| 3 c | d", "ababacd"),
        ("|: a |: b :|", "abb"),
        ("1 a", "a"),
        ("", ""),
    ],
)
def test_order(text: str, order: str) -> None:
    names = [word for word in text.split() if word.isalpha()]
    assert "".join(names[i] for i in played_order(bars(text))) == order


def test_a_long_repeat_stops_somewhere() -> None:
    marks = [BarMarks(i * 1920, times=10_000) for i in range(100)]
    score = Score((Track(note_array([(0, 480, 60, 80)])),))
    assert played_out(score, marks, 100 * 1920) == score


def test_notes_chords_sections_and_time_are_repeated_together() -> None:
    score = Score(
        (Track(note_array([(0, 480, 60, 80), (1440, 960, 62, 80)])),),
        Timeline.of([Tempo(0, 100.0), Tempo(1920, 50.0)], [Metre(0, 4, 4)]),
        (Chord(0, 1920, 0), Chord(1920, 1920, 7)),
        (Section(0, 1920, "A"),),
    )
    out = played_out(score, bars("a :| b"), 3840)
    assert out.tracks[0].notes.tolist() == [(0, 480, 60, 80), (1440, 480, 62, 80), (1920, 480, 60, 80), (3360, 960, 62, 80)]
    assert out.chords == (Chord(0, 1920, 0), Chord(1920, 1920, 0), Chord(3840, 1920, 7))
    assert [s.onset for s in out.sections] == [0, 1920]
    assert out.timeline.tempos == (Tempo(0, 100.0), Tempo(3840, 50.0))
