"""Marking: readings of one meaning, spelling, voice leading, hostile answers."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boya.errors import FileError, FormatError
from boya.files import write
from boya.score import Score, Track
from boya.teaching.exercises import Answers, answer_key, mark, read_answers
from boya.teaching.exercises.item import Item, Sheet
from boya.teaching.exercises.kinds.four_part import PLAYERS
from boya.teaching.exercises.reading import READERS
from boya.teaching.exercises.steps import read_step, same_numeral
from boya.teaching.wording import Words

C = (0, "major")
I_V_I = (((0, 960, 72), (960, 960, 71), (1920, 1920, 72)), ((0, 960, 67), (960, 960, 67), (1920, 1920, 67)))
I_V_I += (((0, 960, 64), (960, 960, 62), (1920, 1920, 64)), ((0, 960, 48), (960, 960, 43), (1920, 1920, 48)))


def voices_sheet(steps=("I", "V", "I")):
    words = Words("?", "？")
    demands = {"steps": list(steps), "onsets": [0, 960, 1920], "tonic": 0}
    given = tuple(part[:1] for part in I_V_I)
    item = Item(words, "voices", words, words, given, 1.0, I_V_I, key=C, n_bars=2, demands=demands, number=1)
    return Sheet("four-part", 1, 0, words, PLAYERS, (item,))


def marked(parts, sheet=None):
    sheet = sheet or voices_sheet()
    answer = replace(sheet, items=(replace(sheet.items[0], solution=parts),))
    return mark(Answers({}, answer.solution()), answer_key(sheet))


@pytest.mark.parametrize(
    ("reader", "alike", "other"),
    [
        ("interval", ["P5", "perfect fifth", "Perfect Fifth", "纯五度", "fifth"], "d5"),
        ("interval", ["m3", "minor third", "小三度"], "M3"),
        ("chord", ["Cm7b5", "C:hdim7", "Cø7"], "Cdim7"),
        ("tonic", ["Bb major", "Bb", "降B大调", "Bb minor"], "A#"),
        ("number", ["2.5", "2 1/2", "5/2"], "2"),
        ("notes", ["C E G", "C4, E4, G4", "c e g"], "C Eb G"),
        ("numerals", ["V6/5 I", "V65, I"], "V7 I"),
        ("plain", ["6/5", "65", " 6/5 "], "6/4"),
    ],
)
def test_texts_of_one_meaning_are_one_answer(reader, alike, other):
    read = READERS[reader]
    assert len({read(text) for text in alike}) == 1
    assert read(other) != read(alike[0])


@pytest.mark.parametrize("label", ["I", "V7", "V6/5", "V4/3/V", "viio7/V", "iiø6/5", "bII6", "V4/2/IV", "i6/4", "viio6"])
def test_numerals_are_read_back(label):
    assert read_step(label).label == label
    assert same_numeral(label) == label


@given(st.text(max_size=30))
def test_any_text_is_marked_without_a_crash(text):
    words = Words("?", "？")
    for reader, accepted in (
        ("interval", "P5"),
        ("chord", "C"),
        ("tonic", "C"),
        ("number", "1"),
        ("notes", "C E"),
        ("numerals", "I"),
    ):
        item = Item(words, "name", words, words, ((),), 1.0, accepts=(accepted,), reader=reader, number=1)
        sheet = Sheet("any", 1, 0, words, PLAYERS[:1], (item,))
        marking = mark(Answers({1: text}), answer_key(sheet))
        assert 0 <= marking.share <= 1
        assert marking.share == 1 or marking.remarks


def test_a_right_setting_has_all_points():
    marking = marked(I_V_I)
    assert marking.share == 1
    assert all(remark.what == "advice" for remark in marking.remarks)


def test_parallel_octaves_are_named_with_bar_and_rule():
    soprano = ((0, 960, 72), (960, 960, 67), (1920, 1920, 72))
    alto = ((0, 960, 67), (960, 960, 67), (1920, 1920, 67))
    tenor = ((0, 960, 64), (960, 960, 59), (1920, 1920, 60))
    marking = marked((soprano, alto, tenor, I_V_I[3]))
    assert marking.share < 1
    told = [remark for remark in marking.remarks if remark.what == "fault"]
    assert any("octave" in remark.words.en and "八度" in remark.words.zh for remark in told)
    assert {remark.bar for remark in told} <= {0, 1}
    assert all("Item 1, bar" in remark.words.en for remark in told)


def test_a_foreign_note_a_missing_third_and_a_wrong_bass_are_told_apart(sheets):
    foreign = marked(sheets.with_tone(I_V_I, 2, 1, 60))
    assert [remark.what for remark in foreign.remarks][:1] == ["chord"]
    assert "V is asked for, with the notes G, B and D; C4 does not belong to it" in foreign.remarks[0].words.en
    bare = marked(sheets.with_tone(I_V_I, 0, 1, 74))
    assert "V lacks B" in bare.text()
    upturned = marked(sheets.with_tone(I_V_I, 3, 1, 47))
    assert "V stands on G in the bass; B2 is written" in upturned.text()


def test_a_missing_voice_and_a_changed_given_note_are_told(sheets):
    gone = marked((I_V_I[0], I_V_I[1], I_V_I[2][:1], I_V_I[3]))
    assert "a note in every voice" in gone.text()
    changed = marked(sheets.with_tone(I_V_I, 0, 0, 76))
    assert "C5 was given and must stay" in changed.text()


def test_dissonance_in_counterpoint_is_named(sheets):
    sheet = sheets.draw("counterpoint", 1, 0)
    item = sheet.items[0]
    cantus = item.given[1][3][2]
    parts = sheets.with_tone(item.solution, 0, 3, cantus + 1)
    marking = mark(Answers({}, sheets.filled(sheet, 1, parts)), answer_key(sheet))
    told = [remark for remark in marking.remarks if remark.what == "fault" and remark.bar == 3]
    assert any("consonant" in remark.words.en for remark in told)


def test_a_bar_left_empty_and_a_moved_cantus_cost_points(sheets):
    sheet = sheets.draw("counterpoint", 1, 0)
    item = sheet.items[0]
    short = (item.solution[0][:4], item.solution[1])
    told = mark(Answers({}, sheets.filled(sheet, 1, short)), answer_key(sheet))
    assert {remark.bar for remark in told.remarks if remark.what == "absent"} == set(range(4, item.n_bars))
    moved = sheets.with_tone(item.solution, 1, 2, item.solution[1][2][2] + 1)
    assert "was given and must stay" in mark(Answers({}, sheets.filled(sheet, 1, moved)), answer_key(sheet)).text()


def test_spelling_counts_half():
    words = Words("?", "？")
    item = Item(words, "write", words, words, (((0, 480, 60),),), 1.0, ((),), accepts=("C Eb G",), reader="notes", number=1)
    key = answer_key(Sheet("scales", 1, 0, words, PLAYERS[:1], (item,)))
    marking = mark(Answers({1: "C D# G"}), key)
    assert marking.share == pytest.approx(2.5 / 3)
    assert "sounds right but is spelled wrong" in marking.text()


def test_wrong_length_and_missing_and_extra_notes_are_told(sheets):
    sheet = sheets.draw("melodic-dictation", 1, 0)
    item = sheet.items[1]
    onset, ticks, pitch = item.solution[0][2]
    longer = (*item.solution[0][:2], (onset, ticks * 2, pitch), *item.solution[0][4:], (item.length - 240, 240, 90))
    marking = mark(Answers({}, sheets.filled(sheet, 2, (longer,))), answer_key(sheet))
    assert {remark.what for remark in marking.remarks if remark.item == 2} == {"length", "absent", "extra"}
    assert marking.points[0] == 0 or marking.points[0] == 1
    assert all(remark.bar in (item.bar, item.bar + 1) for remark in marking.remarks if remark.item == 2)


@pytest.mark.parametrize("ending", [".mid", ".json", ".musicxml"])
def test_answers_come_from_any_score_file(ending, sheets, tmp_path):
    if ending == ".musicxml":
        pytest.importorskip("music21")
    sheet = sheets.draw("four-part", 2, 0, 2)
    path = write(sheet.solution("zh"), tmp_path / f"answer{ending}")
    assert mark(read_answers([path]), answer_key(sheet)).share == 1


def test_tracks_without_names_are_taken_in_order(sheets):
    sheet = sheets.draw("four-part", 1, 0, 1)
    score = sheet.solution()
    bare = score.with_tracks(replace(track, name="") for track in score.tracks)
    assert mark(Answers({}, bare), answer_key(sheet)).share == 1


def test_texts_and_score_add_up(sheets, tmp_path):
    sheet = sheets.draw("intervals", 1, 0)
    key = answer_key(sheet)
    texts = tmp_path / "texts.json"
    texts.write_text(json.dumps({"answers": {str(n): t for n, t in key.answers.items() if n != 3}}), encoding="utf-8")
    score = write(sheet.solution(), tmp_path / "sheet.mid")
    assert mark(read_answers([texts]), key).points == (1, 1, 0)
    assert mark(read_answers([texts, score]), key).share == 1


@pytest.mark.parametrize(
    "text",
    [
        '{"answers": {"one": "P5"}}',
        '{"answers": {"1": ["P5"]}}',
        '{"answers": "P5"}',
        "[[1]]",
        "{}",
        "P5",
        '{"answers": {"1": true}}',
    ],
)
def test_what_is_no_answer_is_refused(text, tmp_path):
    path = tmp_path / "answers.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError):
        read_answers([path])


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(FileError, match=r"answers\.json"):
        read_answers([tmp_path / "answers.json"])


def test_an_empty_score_earns_nothing(sheets):
    sheet = sheets.draw("four-part", 1, 0, 1)
    assert mark(Answers({}, Score((Track(),))), answer_key(sheet)).share == 0
