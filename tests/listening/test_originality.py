"""The originality report: copies are named, near copies too, silence and drums are told apart, in words and plain values."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.errors import InputError
from boya.evaluation.fingerprints import lines_of
from boya.listening.originality import (
    build_fingerprints,
    near_runs,
    passages_of,
    report,
    windows_of,
    worth_of,
)
from boya.listening.originality.planting import beats, planted, tune
from boya.score import Score, Track, note_array


def random_score(seed: int, count: int = 80, n_tracks: int = 1) -> Score:
    rng = np.random.default_rng(seed)
    tracks = []
    for number in range(n_tracks):
        onset = np.cumsum(rng.choice([120, 240, 360, 480], count))
        pitch = rng.integers(50, 80, count)
        rows = [(int(at), 100, int(note), 80) for at, note in zip(onset, pitch, strict=True)]
        tracks.append(Track(note_array(rows), role="melody" if not number else "bass", name=f"part {number}"))
    return Score(tuple(tracks), title=f"Song {seed}")


def prints_of(*scores: Score):
    about = {"source": "folk", "licence": "CC0-1.0", "composer": ""}
    return build_fingerprints((s, {"id": str(i), "title": s.title, **about}) for i, s in enumerate(scores))


CORPUS = [random_score(seed, n_tracks=2) for seed in range(6)]
PRINTS = prints_of(*CORPUS)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([12, 16, 24]), st.integers(0, 5), st.integers(0, 2**32 - 1))
def test_a_planted_tune_is_found_in_any_key_and_tempo(length, number, seed):
    rng = np.random.default_rng(seed)
    excerpt = tune(CORPUS[number], length, 0, rng)
    host, (track,) = planted(excerpt, random_score(100 + seed % 7))
    about = report(host, PRINTS)
    line = next(line for line in about.lines if line.track == track)
    assert line.longest.notes >= length
    assert line.longest.piece["id"] == str(number)
    assert line.telling.telling >= length - 1


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([12, 16, 24]), st.integers(0, 5), st.integers(0, 2**32 - 1))
def test_a_wrong_note_does_not_hide_a_copy(length, number, seed):
    rng = np.random.default_rng(seed)
    excerpt = tune(CORPUS[number], length, 1, rng)
    host, (track,) = planted(excerpt, random_score(100 + seed % 7))
    lines = lines_of(host)
    near = near_runs(PRINTS, lines)
    mine = near.take(np.array([lines[line].track == track for line in near.line]))
    assert int(mine.piece[0]) == number
    assert int(mine.equal[0]) <= length


@pytest.mark.parametrize("by", [-5, 1, 7])
def test_a_whole_copy_is_no_original(by):
    about = report(CORPUS[2].transpose(by), PRINTS)
    assert about.is_copied
    assert about.unknown == 0
    assert all(window.originality == 0 and window.piece["title"] == "Song 2" for window in about.windows)
    assert about.longest.notes == 80
    assert about.most_telling.bars[0] == about.most_telling.piece_bars[0] == 0
    assert about.passage.n_lines == 2
    assert about.passage.piece["title"] == "Song 2"


def test_new_music_is_original():
    about = report(random_score(99), PRINTS)
    assert not about.is_copied
    assert about.longest is None
    assert about.unknown == 1
    assert about.figures["originality"] == about.figures["least originality"] == 1
    assert "No run of 10 notes" in about.in_words()
    assert "没有 10 个音以上" in about.in_words("zh")


def test_half_a_window_that_is_copied_is_half_original():
    notes = [(i * 480, 480, 60 + i * i % 11, 80) for i in range(16)]
    source = Score((Track(note_array(notes)),))
    strange = [(at, 100, 50 + i * 7 % 30 if i < 4 else pitch, 80) for i, (at, _, pitch, _) in enumerate(notes)]
    prints = prints_of(source)
    lines = lines_of(Score((Track(note_array(strange)),)))
    (window,) = windows_of(lines, prints.runs(lines)).originality.tolist()
    assert window == pytest.approx(1 - 12 / 16)


def test_voices_that_agree_on_a_place_outdo_one_that_stands_by_chance():
    decoy = Score((Track(CORPUS[0].tracks[0].notes[:20]),), title="decoy")
    prints = prints_of(decoy, *CORPUS)
    asked = Score(tuple(Track(t.notes[:20]) for t in CORPUS[0].tracks))
    lines = lines_of(asked)
    found = passages_of(prints, lines)
    assert prints.pieces[int(found.piece[0])]["title"] == "Song 0"
    assert int(found.n_lines[0]) == 2
    assert int(found.onset[0]) == int(found.first[0]) // 480 == 0


@pytest.mark.parametrize(
    ("score", "why", "words"),
    [
        (Score(), "empty", "the score has no notes"),
        (Score((Track(note_array([(0, 10, 36, 80)]), is_drum=True),)), "drums", "only drums play"),
        (Score((Track(note_array([(0, 10, 36, 80)])),)), "short", "no line has more than 9 notes"),
    ],
)
def test_what_cannot_be_compared_is_told_apart(score, why, words):
    about = report(score, PRINTS)
    assert about.why_nothing == why
    assert words in str(about)
    assert about.in_words("zh") != str(about)
    assert about.figures == {}
    assert not about.is_copied
    assert json.loads(json.dumps(about.as_json()))["why_nothing"] == why


def test_simultaneous_notes_only_is_one_note():
    chord = Score((Track(note_array([(0, 480, pitch, 80) for pitch in range(40, 60)])),))
    assert report(chord, PRINTS).why_nothing == "short"


def test_plain_values_count_bars_from_one():
    plain = json.loads(json.dumps(report(CORPUS[1], PRINTS).as_json()))
    assert plain["most_telling"]["bars"][0] == 1
    assert plain["lines"][0]["track"] == 1
    assert plain["lines"][-1]["kind"] == "skyline"
    assert plain["lines"][-1]["track"] is None
    assert plain["figures"]["melody"]["rank"] is None
    assert 0 <= plain["windows"][0]["originality"] <= 1


def test_ranks_count_real_music_that_shares_no_more():
    prints = prints_of(*CORPUS)
    prints.typical = {"figures": {"melody": [float(i) for i in range(101)]}}
    about = report(CORPUS[1], prints)
    assert about.rank("melody") == min(int(about.figures["melody"]), 100)
    assert about.rank("longest") is None
    assert about.real("melody") == 50


def test_words_name_the_piece_its_licence_and_the_bars():
    text = report(CORPUS[3], PRINTS).in_words()
    assert "Song 3 (folk, CC0-1.0)" in text
    assert "part 0" in text
    assert "Some lines share more" in text
    assert "《Song 3》（folk，CC0-1.0）" in report(CORPUS[3], PRINTS).in_words("zh")
    with pytest.raises(InputError, match="language must be en or zh"):
        report(CORPUS[3], PRINTS).in_words("fr")


def test_the_same_twice():
    assert report(CORPUS[4], PRINTS).as_json() == report(CORPUS[4], PRINTS).as_json()


def test_near_runs_come_best_first_and_never_have_more_equal_notes_than_notes():
    near = near_runs(PRINTS, lines_of(CORPUS[0]))
    assert (np.diff(worth_of(near)) <= 0).all()
    assert (near.equal <= near.notes).all()
    assert len(near_runs(PRINTS, [])) == 0
    assert len(PRINTS.runs([])) == 0


def test_excerpts_are_moved_and_begin_at_once():
    rng = np.random.default_rng(0)
    for seed in range(5):
        excerpt = beats(random_score(seed, 200, 2), rng)
        assert excerpt is None or min(int(track.notes["onset"].min()) for track in excerpt.tracks) == 0
    assert beats(Score(), rng) is None
    assert tune(Score(), 12, 0, rng) is None
    repeated = Score((Track(note_array([(480 * i, 100, 60, 80) for i in range(40)])),))
    assert tune(repeated, 12, 0, rng) is None


def test_far_apart_and_many_tracks_are_no_trouble():
    notes = [(480 * i, 100, 60 + i * i % 7, 80) for i in range(14)]
    late = [(onset + 2**31 - 480 * 20, *rest) for onset, *rest in notes]
    score = Score(tuple(Track(note_array(rows)) for rows in [notes, late] * 50))
    found = passages_of(prints_of(Score((Track(note_array(notes)),))), lines_of(score))
    assert int(found.worth[0]) == 14 * 50
    assert int(found.n_lines[0]) == 50
