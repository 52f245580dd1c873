"""Runs shared with a corpus: by brute force, in any key and tempo, named with their bars; a damaged file is told."""

import contextlib
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.errors import CorpusError
from boya.evaluation.fingerprints import (
    EXACT,
    SHORTEST,
    Fingerprints,
    copied,
    grams,
    kind_of,
    limit_of,
    lines_of,
    open_fingerprints,
    shipped,
    text_of,
)
from boya.listening.originality import build_fingerprints, write_fingerprints
from boya.score import Score, Track, note_array

STEP = 40
tunes = st.lists(st.tuples(st.sampled_from([60, 62, 64, 67]), st.sampled_from([3, 6, 12])), min_size=1, max_size=40)
corpora = st.lists(tunes, min_size=1, max_size=4)


def track(notes, by=0, times=1, **told) -> Track:
    """Notes as pitch and distance to the next in twelfths of a quarter."""
    rows, at = [], 0
    for pitch, steps in notes:
        rows.append((at, 40, pitch + by, 80))
        at += steps * STEP * times
    return Track(note_array(rows), **told)


def score(*tracks) -> Score:
    return Score(tuple(t if isinstance(t, Track) else track(t) for t in tracks))


def prints_of(*scores) -> Fingerprints:
    return build_fingerprints((s, {"id": str(i), "title": f"Tune {i}"}) for i, s in enumerate(scores))


def random_tune(seed: int, count: int) -> list[tuple[int, int]]:
    rng = np.random.default_rng(seed)
    return list(zip(rng.integers(48, 84, count).tolist(), rng.choice([3, 6, 9, 12, 24], count).tolist(), strict=True))


def brute_force(one, other) -> int:
    """Notes of the longest run of two tunes: equal intervals, and equal ratios from the second move on."""
    best = 1
    (a, u), (b, v) = ([np.array(part) for part in zip(*tune, strict=True)] for tune in (one, other))
    for i in range(len(a)):
        for j in range(len(b)):
            n = 1
            while i + n < len(a) and j + n < len(b) and a[i + n] - a[i + n - 1] == b[j + n] - b[j + n - 1]:
                at, bt = i + n - 1, j + n - 1  # distances are of the note before
                if n > 1 and ratio(u[at], u[at - 1]) != ratio(v[bt], v[bt - 1]):
                    break
                n += 1
            best = max(best, n)
    return best


def ratio(late: int, early: int) -> int:
    return round(float(np.clip(np.rint(2 * np.log2(late / early)), -4, 4)))


@settings(max_examples=60, deadline=None)
@given(corpora, tunes)
def test_every_run_of_ten_notes_is_found_with_its_length(corpus, asked):
    longest = max(brute_force(asked, other) for other in corpus)
    found = prints_of(*map(score, corpus)).runs(lines_of(score(asked)))
    assert max(found.notes, default=0) == (longest if longest >= SHORTEST else 0)


@settings(max_examples=30, deadline=None)
@given(st.integers(-20, 20), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_key_and_tempo_do_not_matter(by, times, seed):
    notes = random_tune(seed, 30)
    one, other = lines_of(score(notes)), lines_of(score(track(notes, by, times)))
    assert np.array_equal(one[0].moves, other[0].moves)


@settings(max_examples=30, deadline=None)
@given(st.integers(SHORTEST, 40), st.integers(0, 50), st.integers(0, 2**32 - 1))
def test_a_planted_run_is_found_and_named_with_its_bars(length, before, seed):
    source = random_tune(seed, 100)
    asked = random_tune(seed + 1, before) + source[30 : 30 + length] + random_tune(seed + 2, 20)
    corpus = [score(random_tune(seed + 3 + i, 60)) for i in range(3)] + [score(source)]
    prints = prints_of(*corpus)
    found = prints.runs(lines_of(score(asked)))
    assert int(found.piece[0]) == 3
    assert int(found.notes[0]) >= length
    assert int(found.first[0]) <= before
    assert int(found.first[0] + found.notes[0]) >= before + length
    there = prints.bars(found)[0]
    assert there[0] <= bar_of(source, 30)
    assert there[1] > bar_of(source, 30 + length - 1)


def bar_of(notes, number: int) -> int:
    return sum(steps for _, steps in notes[:number]) // 48


def test_runs_do_not_cross_lines():
    tune = random_tune(0, 20)
    found = prints_of(score(tune[:10]), score(tune[10:])).runs(lines_of(score(tune)))
    assert found.notes.tolist() == [10, 10]


def test_what_stands_everywhere_is_no_sign_of_copying():
    repeated = [(60, 6)] * 120
    assert len(prints_of(score(repeated)).runs(lines_of(score(repeated)))) == 0


def test_a_bar_that_is_repeated_is_told_once():
    bar = random_tune(5, 8)
    asked = lines_of(score(bar * 4))
    prints = prints_of(score(bar * 4))
    found = prints.runs(asked)
    assert int(found.notes[0]) == 32
    assert int(prints.telling(asked, found)[0]) in (12, 13)  # the first move has no ratio
    alone = lines_of(score(random_tune(6, 32)))
    other = prints_of(score(random_tune(6, 32)))
    assert other.telling(alone, other.runs(alone)).tolist() == [32]


def test_unknown_stretches_stand_nowhere():
    source, new = random_tune(1, 40), random_tune(2, 40)
    prints = prints_of(score(source))
    assert not prints.unknown(lines_of(score(source))).any()
    assert prints.unknown(lines_of(score(new))).all()
    assert len(prints.unknown(lines_of(score(new)))) == 39 - EXACT + 1


def test_lines_are_the_top_of_tracks_and_the_skyline_drums_stay_out():
    low = track([(40, 12), (41, 12)])
    chords = Track(note_array([(0, 480, 60, 80), (5, 480, 67, 80), (480, 480, 62, 80)]), role="chords")
    drums = Track(low.notes, is_drum=True)
    lines = lines_of(Score((low, drums, chords)))
    assert [line.track for line in lines] == [0, 2, -1]
    assert np.array_equal(lines[1].moves, lines[2].moves)
    assert lines[1].n_notes == 2
    assert [kind_of(Score((low, drums, chords)), line) for line in lines] == ["track", "accompaniment", "skyline"]
    assert lines_of(Score((drums,))) == []
    assert lines_of(Score()) == []


def test_copies_are_told_beyond_the_limit_only():
    source = random_tune(3, 60)
    prints = prints_of(score(source))
    prints.typical = {"figures": {"melody": [0.0] * 98 + [15.0, 16.0, 20.0]}}
    assert limit_of(prints, "melody") == 16
    melody = score(track(random_tune(4, 10) + source[20:37] + random_tune(5, 10), role="melody"))
    (told,) = copied(melody, prints)
    assert (told.kind, told.track, told.notes, told.telling, told.limit) == ("melody", 0, 17, 17, 16)
    assert told.piece["title"] == "Tune 0"
    assert told.piece_bars[0] <= bar_of(source, 20) < told.piece_bars[1]
    shorter = score(track(random_tune(4, 10) + source[20:36] + random_tune(5, 10), role="melody"))
    assert copied(shorter, prints) == ()


def test_stretches_are_numbers_of_their_moves():
    moves = np.arange(1, 12, dtype=np.uint8)
    assert grams(moves, EXACT).tolist() == [int.from_bytes(bytes(moves[i : i + 8]), "little") for i in range(4)]
    assert len(grams(moves[:3], EXACT)) == 0
    assert [part.tolist() for part in text_of([])] == [[0], []]


def test_a_file_holds_the_same_and_is_the_same_again(tmp_path):
    prints = prints_of(score(random_tune(1, 30)), score(random_tune(2, 30), random_tune(3, 20)))
    prints.typical = {"figures": {"melody": [1.0] * 101}}
    path = write_fingerprints(prints, tmp_path / "a.npz")
    again = open_fingerprints(path)
    assert again.pieces == prints.pieces
    assert again.typical == prints.typical
    assert all(np.array_equal(again.arrays[name], array) for name, array in prints.arrays.items())
    assert write_fingerprints(again, tmp_path / "b.npz").read_bytes() == path.read_bytes()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_is_told_or_reads_the_same(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("damage")
    prints = prints_of(score(random_tune(1, 30)))
    raw = bytearray(write_fingerprints(prints, folder / "a.npz").read_bytes())
    if data.draw(st.booleans()):
        raw = raw[: data.draw(st.integers(0, len(raw) - 1))]
    else:
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    (folder / "a.npz").write_bytes(raw)
    found = None
    with contextlib.suppress(CorpusError):  # any other error fails
        found = open_fingerprints(folder / "a.npz")
    if found is not None:  # the byte says nothing, such as a date
        assert np.array_equal(found.moves, prints.moves)
        assert found.pieces == prints.pieces


def test_files_of_something_else_are_told(tmp_path):
    np.savez(tmp_path / "other.npz", moves=np.zeros(3))
    with pytest.raises(CorpusError, match="whole file of fingerprints"):
        open_fingerprints(tmp_path / "other.npz")
    with pytest.raises(CorpusError, match=r"missing\.npz"):
        open_fingerprints(tmp_path / "missing.npz")


def test_what_ships_says_whose_music_it_is():
    prints = shipped()
    assert len(prints.pieces) > 4000
    assert all(piece["id"] and piece["source"] and piece["licence"] for piece in prints.pieces)
    assert set(prints.typical["figures"]) >= {"melody", "accompaniment", "skyline", "originality", "unknown", "longest"}
    assert json.dumps(prints.typical)
    assert copied(score(random_tune(9, 60))) == ()
