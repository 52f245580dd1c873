"""ABC: what is read, what is written, what is refused."""

from typing import Any

import pytest

from boya import files
from boya.errors import FormatError, LimitError
from boya.files import Limits
from boya.files.abc import tunes
from boya.score import Chord, Key, Metre, Score, Tempo, Timeline, Track, note_array

pytest.importorskip("music21")


def read(text: str, **limits: Any) -> Score:
    return files.read_bytes(text.encode(), ".abc", limits=Limits(**limits))


def rows(score: Score) -> list[list[tuple[int, int, int]]]:
    return [[row[:3] for row in track.notes.tolist()] for track in score.tracks]


def test_a_tune() -> None:
    score = read('X:1\nT:Tune\nC:Trad.\nM:3/4\nL:1/4\nQ:1/4=90\nK:G\n"G"G A/2B/2 c|"D7/A"F3|]\n')
    assert rows(score) == [[(0, 480, 67), (480, 240, 69), (720, 240, 71), (960, 480, 72), (1440, 1440, 66)]]
    assert score.timeline == Timeline((Tempo(0, 90.0),), (Metre(0, 3, 4),), (Key(0, 7),))
    assert score.chords == (Chord(0, 1440, 7), Chord(1440, 1440, 2, "7", 9))
    assert (score.title, score.composer) == ("Tune", "Trad.")


def test_repeats_are_played_out() -> None:
    score = read("X:1\nM:4/4\nL:1/1\nK:C\n|: C |1 D :|2 E | F |]\n")
    assert [row[2] for row in rows(score)[0]] == [60, 62, 60, 64, 65]


def test_inline_fields_and_modes() -> None:
    score = read("X:1\nM:4/4\nL:1/4\nK:Ddor\nD E F G|[M:3/4][K:Bb]B e d|]\n")
    assert score.timeline.keys == (Key(0, 2, "dorian"), Key(1920, 10))
    assert score.timeline.metres == (Metre(0, 4, 4), Metre(1920, 3, 4))
    assert [row[2] for row in rows(score)[0]][-3:] == [70, 75, 74]


def test_voices_names_and_programs() -> None:
    score = read(
        'X:1\nM:4/4\nL:1/1\nK:C\nV:1 name="Fiddle"\n%%MIDI program 40\nC|D|\nV:2 nm="Kit"\n%%MIDI channel 10\nC,,|D,,|\n'
    )
    assert [(t.name, t.program, t.is_drum) for t in score.tracks] == [("Fiddle", 40, False), ("Kit", 0, True)]
    assert rows(score) == [[(0, 1920, 60), (1920, 1920, 62)], [(0, 1920, 36), (1920, 1920, 38)]]


def test_a_book_is_parted_into_tunes() -> None:
    book = "%%common\n\nX:1\nT:One\nK:C\nC|\n\nX:2\nT:Two\nK:D\nD|\n\nX:3\nnot a tune\n"
    assert [text.count("T:") for text in tunes(book.encode())] == [1, 1]
    assert read(book).title == "One"


def test_latin_1_and_line_ends() -> None:
    assert files.read_bytes(b"X:1\r\nT:Caf\xe9\r\nM:4/4\r\nL:1/4\r\nK:C\r\nC D E F|\r\n", ".abc").title == "Café"


def test_accidentals_last_as_long_as_the_bar() -> None:
    pitches = [60, 61, 60, 61, 73, 72, 60, 70, 71, 63]
    score = Score(
        (Track(note_array([(i * 240, 240, p, 80) for i, p in enumerate(pitches)]), name="V"),),
        Timeline.of(keys=[Key(0, 5)], metres=[Metre(0, 4, 4)]),
    )
    assert [row[2] for row in rows(files.read_bytes(files.write_bytes(score, ".abc"), ".abc"))[0]] == pitches


def test_what_is_written_is_abc() -> None:
    score = Score(
        (Track(note_array([(0, 480, 60, 80), (480, 160, 62, 80), (640, 1280, 64, 80)])),),
        Timeline.of(metres=[Metre(0, 4, 4)]),
        (Chord(0, 960, 9, "min7"),),
        title='100% "x"',
    )
    text = files.write_bytes(score, ".abc").decode()
    assert text.splitlines()[:4] == ["X:1", "T:100 x", "M:4/4", "L:1/8"]
    assert '"Am7"C2 D2/3 E4- E4/3|]' in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hello", "looks like text"),
        ("X:1\nT:no key\n", "K: field"),
        ("X:1\nL:1/4\nK:C\nC9999|\n", "three digits"),
        ("X:1\nL:1/4\nK:C\n(99999:2:3 CDE|\n", "three digits"),
        ("X:1\nM:4/4\nL:1/4\nK:C\nC D ø F|G A B c|\n", "without a pitch"),
    ],
)
def test_what_is_no_tune_is_refused(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read(text)


def test_limits() -> None:
    with pytest.raises(LimitError, match="notes and bars"):
        read("X:1\nL:1/4\nK:C\n" + "CDEF|\n" * 30, text_notes=100)
    with pytest.raises(LimitError, match="characters"):
        read("X:1\nL:1/4\nK:C\n" + "CDEF|" * 5000)


def test_voices_that_alternate_stay_apart() -> None:
    score = read('X:1\nM:4/4\nL:1/1\nV:1 nm="High"\nV:2 nm="Low"\nK:C\nV:1\nC|\nV:2\nC,|\n[V:1] D|\n[V:2] D,|\n')
    assert rows(score) == [[(0, 1920, 60), (1920, 1920, 62)], [(0, 1920, 48), (1920, 1920, 50)]]
    assert [track.name for track in score.tracks] == ["High", "Low"]


@pytest.mark.parametrize("chord", ["[CE]4-[CE]4", "[C-E-]4 [CE]4", '"A-7"[CE]4- "Bb"[CE]4'])
def test_ties_of_chords(chord: str) -> None:
    assert rows(read(f"X:1\nM:4/4\nL:1/8\nK:C\n{chord}|\n")) == [[(0, 1920, 60), (0, 1920, 64)]]


def test_chord_symbols_music21_does_not_know() -> None:
    score = read('X:1\nM:4/4\nL:1/4\nK:C\n"CmMaj7"C "^slowly"D "G7(b9,b13)/B"E "N.C."F|\n')
    assert [(c.onset, c.root, c.quality, c.bass) for c in score.chords] == [
        (0, 0, "minmaj7", None),
        (960, 7, "7(b9,b13)", 11),
        (1440, None, "", None),
    ]


def test_lyrics_comments_and_directives_are_left_out() -> None:
    score = read("X:1\nT:A\nT:B\n%%score 1\nM:4/4\nL:1/4\nK:C\nC D % E F\nw:la la\nP:B\nE F|C D E F|C:|\n")
    assert [row[2] for row in rows(score)[0]] == [60, 62, 64, 65, 60, 62, 64, 65, 60] * 2
    assert score.title == "A"
