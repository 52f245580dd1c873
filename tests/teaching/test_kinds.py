"""What every kind of exercise keeps: its seed, its levels, its key, and a wrong answer named in its bar."""

import json
from itertools import pairwise

import numpy as np
import pytest

from boya.errors import FormatError, InputError
from boya.files import read_bytes, write_bytes
from boya.teaching.exercises import KINDS, LEVELS, Answers, answer_key, exercise_sheet, key_text, mark, read_answers, read_key
from boya.teaching.exercises.hearing import heard_score
from boya.teaching.exercises.reading import READERS
from boya.teaching.names import note_words
from boya.teaching.spelling import parse_note, writable

EVERY = [(kind, level) for kind in KINDS for level in LEVELS]
WRONG = {
    "interval": ("P5", "m7"),
    "chord": ("F#dim", "Ebmaj7"),
    "tonic": ("F#", "Bb"),
    "number": ("1", "1.25"),
    "notes": ("C C C C C C C C", "D D D D D D D D"),
    "numerals": ("vii", "iii"),
    "plain": ("nonsense", "nothing"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_same_sheet(kind, sheets):
    again = exercise_sheet(kind, level=2, seed=0, count=len(sheets.draw(kind, 2).items))
    assert again == sheets.draw(kind, 2)
    assert again.score() == sheets.draw(kind, 2).score()
    assert sheets.draw(kind, 2, 1) != again


@pytest.mark.parametrize("kind", KINDS)
def test_higher_levels_are_harder(kind, sheets):
    seeds = range(2) if kind == "counterpoint" else range(5)
    means = [np.mean([sheets.draw(kind, level, seed, 4).difficulty for seed in seeds]) for level in LEVELS]
    assert all(b > a for a, b in pairwise(means)), means


@pytest.mark.parametrize(("kind", "level"), EVERY)
def test_the_key_marks_itself_with_all_points(kind, level, sheets, tmp_path):
    key = answer_key(sheets.draw(kind, level))
    path = tmp_path / "sheet.key.json"
    path.write_text(key_text(key), encoding="utf-8")
    assert read_key(path) == key
    marking = mark(read_answers([path]), read_key(path))
    assert marking.share == 1
    assert not [remark for remark in marking.remarks if remark.what != "advice"]


@pytest.mark.parametrize(("kind", "level"), EVERY)
def test_an_empty_sheet_earns_nothing(kind, level, sheets):
    sheet = sheets.draw(kind, level)
    marking = mark(Answers({}, sheet.score()), answer_key(sheet))
    assert marking.share == 0
    assert [remark.what for remark in marking.remarks] == ["missing"] * len(sheet.items)


@pytest.mark.parametrize(("kind", "level"), EVERY)
def test_a_planted_wrong_answer_is_named_with_its_bar(kind, level, sheets):
    sheet = sheets.draw(kind, level)
    key = answer_key(sheet)
    for item in sheet.items:
        answers, bar = planted(sheet, item, key, sheets)
        marking = mark(answers, key)
        assert marking.points[item.number - 1] < 1
        assert [points for n, points in enumerate(marking.points, 1) if n != item.number] == [1] * (len(sheet.items) - 1)
        remarks = [remark for remark in marking.remarks if remark.what != "advice"]
        assert {remark.item for remark in remarks} == {item.number}
        assert bar in {remark.bar for remark in remarks}
        for remark in remarks:
            assert str(item.number) in remark.words.en
            assert f"第{item.number}题" in remark.words.zh


def planted(sheet, item, key, sheets):
    """Answers that are wrong in one item, and the bar of the fault."""
    if item.task == "name":
        right = {READERS[item.reader](text) for text in item.accepts}
        wrong = next(text for text in WRONG[item.reader] if READERS[item.reader](text) not in right)
        return Answers({**key.answers, item.number: wrong}, key.solution), item.bar
    voice, place, step = (0, len(item.solution[0]) // 2, 1)
    onset, _, pitch = item.solution[voice][place]
    if item.task == "voices":
        step = 7 if item.demands["steps"][place].startswith(("viio", "bII")) else 1
        chord = {p % 12 for part in item.solution for o, t, p in part if o <= onset < o + t}
        step = next(step for step in (1, 2, 3, -1, -2) if (pitch + step) % 12 not in chord)
    if item.task == "counterpoint":
        cantus = next(p for o, t, p in item.given[1] if o <= onset < o + t)
        pitch, step = (cantus, 1) if item.demands["is_above"] else (cantus, -1)
        bar = onset // item.bar_ticks
        place = next(n for n, (o, t, _) in enumerate(item.solution[0]) if o <= bar * item.bar_ticks < o + t)
        onset = max(item.solution[0][place][0], bar * item.bar_ticks)
    texts = {number: text for number, text in key.answers.items() if number != item.number}
    score = sheets.filled(sheet, item.number, sheets.with_tone(item.solution, voice, place, pitch + step))
    return Answers(texts, score), item.bar + onset // item.bar_ticks


@pytest.mark.parametrize(("kind", "level"), EVERY)
def test_sheets_can_be_written_down(kind, level, sheets):
    sheet = sheets.draw(kind, level)
    for score in (sheet.score(), sheet.solution("zh")):
        assert len([track for track in score.tracks if track.n_notes]) >= 1
        assert read_bytes(write_bytes(score, ".json"), ".json") == score
        assert write_bytes(score, ".musicxml")
    onsets = sheet.onsets()
    for item, start in zip(sheet.items, onsets, strict=False):
        assert sheet.score().timeline.bar_at(start) == item.bar
        for part in item.filled:
            assert all(onset >= 0 and onset + ticks <= item.length for onset, ticks, _ in part)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("counterpoint",)])
def test_no_two_items_ask_the_same(kind, sheets):
    sheet = sheets.draw(kind, 3, 0, 4)
    assert len({(item.question, item.given, item.answer) for item in sheet.items}) == 4


@pytest.mark.parametrize("kind", ["intervals", "scales", "chords"])
def test_answers_are_spelled_as_notation_writes_them(kind, sheets):
    for level in LEVELS:
        for item in sheets.draw(kind, level, 1, 6).items:
            sharps = {0: 0, 7: 1, 2: 2, 9: 3, 4: 4, 5: -1, 10: -2, 3: -3, 8: -4}[item.key[0]]
            names = item.accepts[0].split() if item.reader == "notes" else []
            assert all(writable(parse_note(name), sharps) for name in names)
            assert all(note_words(parse_note(name)).en for name in names)


def test_dictation_is_heard_twice_and_not_shown(sheets):
    for kind in ("melodic-dictation", "harmonic-dictation", "rhythm"):
        sheet = sheets.draw(kind, 2)
        heard = heard_score(sheet)
        items = [item for item in sheet.items if item.is_heard]
        assert items
        shown = {item.number: sum(map(len, item.given)) for item in items}
        assert all(count <= 1 for count in shown.values())
        played = sum(len(part) for item in items for part in item.filled)
        assert heard.n_notes >= 2 * played
    assert heard_score(sheets.draw("intervals")).n_notes == 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kind": "interval training"}, "kind of exercise must be a known name"),
        ({"kind": "intervals", "level": 6}, "level must be 1-5"),
        ({"kind": "intervals", "count": 0}, "count must be 1-64"),
        ({"kind": "intervals", "seed": -1}, "seed must be"),
        ({"kind": "intervals", "seed": True}, "seed must be"),
    ],
)
def test_wrong_wishes_are_refused(wrong, message):
    with pytest.raises(InputError, match=message):
        exercise_sheet(**wrong)


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.pop("items"),
        lambda row: row.update(version=2),
        lambda row: row.update(items=[]),
        lambda row: row["items"][0].update(task="guess"),
        lambda row: row["items"][0].update(reader="eval"),
        lambda row: row["items"][0].update(given=[]),
        lambda row: row["items"][0].update(question="?"),
        lambda row: row.update(solution=[1]),
    ],
)
def test_a_damaged_key_is_refused(change, sheets, tmp_path):
    row = json.loads(key_text(answer_key(sheets.draw("intervals"))))
    change(row)
    path = tmp_path / "sheet.key.json"
    path.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(FormatError, match=r"not an answer key"):
        read_key(path)
