"""What search promises: any key, any tempo, wrong notes, the place, and why."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boya.errors import InputError
from boya.listening.search import Entry, Index, Query, entry_of, lines_of, parse_query, queries_of, voting
from boya.score import Metre, Score, Timeline, Track, note_array

LAW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def facts(matches):
    return [(m.piece, m.voice, m.bar, m.distance, m.n_right, m.edits) for m in matches]


@LAW
@given(
    seed=st.integers(0, 29),
    first=st.integers(0, 20),
    up=st.integers(-30, 30),
    slower=st.sampled_from([0.1, 1 / 3, 1.0, 2.0, 7.7]),
)
def test_neither_key_nor_tempo_matters(music, index, seed, first, up, slower):
    entry = music.piece(seed)
    here, there = index.search(music.asked(entry, first)), index.search(music.asked(entry, first, up=up, slower=slower))
    assert facts(here) == facts(there)
    assert (here[0].piece, here[0].distance) == (entry.id, 0)
    assert there[0].transposition == -up
    assert there[0].tempo_ratio == pytest.approx(1 / slower, rel=1e-3)


@LAW
@given(st.data())
def test_a_few_wrong_missing_and_extra_notes_do_not_hide_a_tune(music, index, data):
    seed = data.draw(st.integers(0, 29))
    query = music.asked(music.piece(seed), n_notes=20)
    pitches, gaps = query.pitches.tolist(), query.gaps.tolist()
    at = data.draw(st.integers(6, 12))
    kind = data.draw(st.sampled_from(["wrong", "missing", "extra"]))
    if kind == "wrong":
        pitches[at] += 6
    elif kind == "missing":
        gaps[at - 1] += gaps[at]
        del pitches[at], gaps[at]
    else:
        gaps[at] /= 2
        pitches.insert(at + 1, 30)
        gaps.insert(at + 1, gaps[at])
    found = index.search(Query(np.array(pitches), np.array(gaps)))[0]
    assert found.piece == f"tune/{seed}"
    assert found.distance <= 1.7
    assert {edit.kind for edit in found.edits} & {kind, "split" if kind == "missing" else kind}


def test_it_says_where_and_why(tmp_path, music):
    lead = [(i * 480, 480, 72, 80) for i in range(12)] + [
        (5760 + i * 480, 480, p, 80) for i, p in enumerate((60, 62, 64, 65, 67, 65, 64, 62))
    ]
    low = [(i * 960, 960, 40 + (i * i) % 7, 80) for i in range(8)]
    score = Score(
        (Track(note_array(lead), name="Flute"), Track(note_array(low), name="Bass")), Timeline.of(metres=[Metre(0, 3, 4)])
    )
    with Index(tmp_path / "i", create=True) as index:
        index.add([entry_of(score, "one", title="Round")])
        [found] = index.search(parse_query("D4:2 E4:2 F#4:2 G4:2 G#4:2"))
    assert (found.piece, found.title, found.voice, found.bar, found.transposition) == ("one", "Round", "Flute", 4, -2)
    assert [(edit.kind, edit.note) for edit in found.edits] == [("wrong", 4)]
    assert found.why() == "4 of 5 notes, 2 semitones lower, 0.5 times as long; note 5: another pitch"


def test_a_split_and_a_joined_note_cost_half(tmp_path, music):
    with Index(tmp_path / "i", create=True) as index:
        index.add([entry_of(music.melody("60 62 64 65 67 67 69 71 72 74 76"), "one")])
        [split] = index.search(parse_query("C4:1 D4:1 E4:1 F4:1 G4:2 A4:1 B4:1 C5:1 D5:1"))
        [joined] = index.search(parse_query("C4:1 D4:1 E4:.5 E4:.5 F4:1 G4:1 G4:1 A4:1 B4:1 C5:1".replace(":.5", ":0.5")))
    assert ([e.kind for e in split.edits], split.distance, split.n_right, split.n_notes) == (["split"], 0.5, 9, 9)
    assert ([e.kind for e in joined.edits], joined.distance, joined.n_right, joined.n_notes) == (["joined"], 0.5, 10, 10)


def test_without_rhythm_only_pitches_count(music, index):
    entry = music.piece(7)
    found = index.search(Query(music.asked(entry).pitches))[0]
    assert (found.piece, found.distance, found.tempo_ratio) == (entry.id, 0, None)


def test_a_wrong_rhythm_is_found_by_its_pitches(music, index):
    query = music.asked(music.piece(7), n_notes=16)
    found = index.search(Query(query.pitches, np.linspace(1, 40, 16) % 9 + 1))[0]
    assert found.piece == "tune/7"
    assert found.distance > 0


def test_common_grams_are_cut_off_but_the_tune_is_found(music, index, monkeypatch):
    monkeypatch.setattr(voting, "MOST_VOTES", 20)
    assert index.search(music.asked(music.piece(3)))[0].piece == "tune/3"


def test_a_piece_among_many_removed_copies_is_found(tmp_path, music):
    with Index(tmp_path / "i", create=True) as index:
        lines = music.piece(3).lines
        index.add([Entry(f"copy/{number}", lines, text="copy" if number < 3000 else "mine") for number in range(4000)])
        assert index.search(music.asked(music.piece(3)), limit=1, text="mine")[0].piece.startswith("copy/3")
        index.remove([f"copy/{number}" for number in range(950)])
        assert index.search(music.asked(music.piece(3)), limit=1)[0].piece == "copy/950"


def test_a_drone_is_no_trouble(tmp_path, music):
    with Index(tmp_path / "i", create=True) as index:
        index.add([entry_of(music.melody("60 " * 3000), "drone"), music.piece(1)])
        assert [m.piece for m in index.search(parse_query("C4 " * 60))] == ["drone"]
        assert index.search(music.asked(music.piece(1)))[0].piece == "tune/1"


def test_several_queries_give_the_best_answer_of_each_piece(music, index):
    queries = [music.asked(music.piece(1)), music.asked(music.piece(2)), music.asked(music.piece(1), n_notes=8)]
    found = index.search(queries, limit=2)
    assert {m.piece for m in found} == {"tune/1", "tune/2"}
    assert all(m.score == 1 for m in found)
    assert index.search([]) == []


@pytest.mark.parametrize(
    "words", ["", "C4 D4 E4", "C4 D4 E4 H4", "C4 D4 E4 G4:0", "C4 D4 E4 G4:1/0", "C4 D4 E4 G99", "C4 " * 65, "-", "\0", "C4;D4"]
)
def test_hostile_queries_are_told(words):
    with pytest.raises(InputError, match=r"Write notes|Give a part"):
        parse_query(words)


@pytest.mark.parametrize("gaps", [[1, 1, 1], [1, 1, 1, 0], [1, 1, np.nan, 1], [1, 1, np.inf, 1], [-1, 1, 1, 1]])
def test_gaps_must_be_lengths(gaps):
    with pytest.raises(InputError, match="gaps must be"):
        Query(np.array([60, 62, 64, 65]), np.array(gaps))


def test_a_name_without_octave_is_the_nearest():
    assert parse_query("B4 C D Bb E").pitches.tolist() == [71, 72, 74, 70, 64 + 12]
    assert parse_query("Cb4 E#4 F##4 Abb4").pitches.tolist() == [59, 65, 67, 67]


def test_lines_are_top_bottom_and_skyline():
    right = [(0, 480, 60, 80), (0, 480, 64, 80), (480, 480, 65, 80), (960, 480, 67, 80), (960, 480, 55, 80), (1440, 480, 69, 80)]
    left = [(0, 1920, 66, 80), (1920, 480, 40, 80), (2400, 480, 41, 80), (2880, 480, 42, 80), (3360, 480, 43, 80)]
    drums = Track(note_array([(i * 480, 60, 36, 80) for i in range(9)]), is_drum=True)
    score = Score((Track(note_array(right), name="Right"), Track(note_array(left)), drums))
    found = {line.voice: line.pitches.tolist() for line in lines_of(score)}
    assert found == {
        "Right": [64, 65, 67, 69],
        "Right lowest": [60, 65, 55, 69],
        "track 2": [66, 40, 41, 42, 43],
        "skyline": [66, 67, 69, 40, 41, 42, 43],
    }


def test_a_line_ends_at_a_long_silence(music):
    early, late = music.melody("60 62 64 65").tracks[0].notes, music.melody("67 65 64 62").tracks[0].notes.copy()
    late["onset"] += 480 * 100
    lines = lines_of(Score((Track(np.concatenate([early, late])),)))
    assert [(line.onset, line.pitches.tolist()) for line in lines] == [(0, [60, 62, 64, 65]), (1200, [67, 65, 64, 62])]


@LAW
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 30), st.integers(40, 90)), max_size=40))
def test_the_skyline_is_never_below_what_sounds(rows):
    notes = note_array([(onset * 120, length * 120, pitch, 80) for onset, length, pitch in rows])
    score = Score((Track(notes[: len(notes) // 2]), Track(notes[len(notes) // 2 :])))
    for line in lines_of(score):
        onsets = line.onset + np.cumsum(line.gaps.astype(int)) - line.gaps
        for onset, pitch in zip(onsets.tolist(), line.pitches.tolist(), strict=True):
            at = onset * 40
            sounding = notes["pitch"][(notes["onset"] <= at) & (notes["onset"] + notes["duration"] > at)]
            assert line.voice != "skyline" or pitch == sounding.max()


def test_scores_without_lines_are_told(music):
    with pytest.raises(InputError, match="4 notes"):
        queries_of(Score())
    with pytest.raises(InputError, match="Drums"):
        queries_of(music.melody("60 62 64"))


def test_a_long_score_finds_itself(tmp_path, music):
    tune = music.line(5, 500)
    onsets = np.cumsum(tune.gaps.astype(int)) - tune.gaps
    rows = [(int(o) * 40, int(g) * 40, int(p), 80) for o, g, p in zip(onsets, tune.gaps, tune.pitches, strict=True)]
    score = Score((Track(note_array(rows)),))
    with Index(tmp_path / "i", create=True) as index:
        index.add([entry_of(score, "long"), *(music.piece(seed) for seed in range(20))])
        assert index.search(queries_of(score))[0].piece == "long"


def test_entries_without_lines_are_found_by_words_only(index, music):
    index.add([Entry("silence", (), title="4'33\"")])
    assert [entry.id for entry in index.find_text("4 33")] == ["silence"]
    assert index.search(music.asked(music.piece(0)))[0].piece == "tune/0"
