"""Versions of one tune are found after transposition, tempo change and loss of notes; other tunes are not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.corpus.duplicates import find_matches, group
from boya.corpus.fingerprint import fingerprint, skyline
from boya.corpus.works import settle
from boya.score import Score, Track, note_array


@pytest.fixture(scope="module")
def others(music):
    return [fingerprint(music.band(seed)) for seed in range(100, 160)]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 50), st.integers(-6, 6), st.sampled_from([(1, 2), (2, 1), (3, 2), (5, 4), (1, 1)]))
def test_a_planted_copy_is_found(music, others, seed, semitones, factor):
    score = Score((music.tune(seed, 120), music.drums()))
    copy = music.thinned(music.stretched(score.transpose(semitones), *factor), seed)
    found = find_matches([fingerprint(score), *others, fingerprint(copy)])
    assert [(m.first, m.second) for m in found] == [(0, len(others) + 1)]


def test_an_exact_copy_shares_everything(music):
    score = Score((music.tune(1),))
    copy = music.stretched(score.transpose(3), 2, 1)
    assert np.array_equal(fingerprint(score), fingerprint(copy))


def test_other_accompaniment_is_the_same_tune(music):
    one, other = music.band(1), Score((music.tune(1), music.held((50, 57, 62), 8, 480, 0, "Piano")))
    assert len(find_matches([fingerprint(one), fingerprint(other)])) == 1


def test_unrelated_tunes_do_not_match(others):
    assert find_matches(others) == []


def test_drums_and_fragments_match_nothing(music):
    silent = [fingerprint(Score((music.drums(),))), fingerprint(Score((music.tune(1, 6),))), fingerprint(Score())]
    assert all(len(p) == 0 for p in silent)
    assert find_matches(silent) == []
    assert find_matches([]) == []


def test_many_copies_are_one_group(music):
    prints = [fingerprint(music.thinned(Score((music.tune(1, 120),)), seed, 0.05)) for seed in range(120)]
    links = [(m.first, m.second) for m in find_matches(prints)]
    assert set(group(120, links).tolist()) == {0}
    assert len(links) < 120 * 119 / 4


def test_the_skyline_follows_the_melody_track():
    tune = Track(note_array([(i * 480, 480, 60 + i, 80) for i in range(12)]), role="melody")
    high = Track(note_array([(i * 480, 480, 90, 80) for i in range(12)]), role="pad")
    assert skyline(Score((high, tune)))[:, 1].tolist() == list(range(60, 72))
    assert skyline(Score()).shape == (0, 2)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_groups_are_connected_components(links):
    found = group(10, links)
    assert all(found[a] == found[b] for a, b in links)
    assert all(found[r] == r and r <= i for i, r in enumerate(found.tolist()))


def entry(number, work="", split="", source="s", notes=10):
    name = f"{source}/{number}"
    return {"id": name, "source": source, "path": f"{name}.mid", "work": work or name, "split": split, "notes": notes}


def test_a_tune_in_two_given_splits_is_kept_where_it_was_held_out(music):
    print_ = fingerprint(Score((music.tune(1),)))
    entries = [entry(1, split="train"), entry(2, split="valid"), entry(3, split="train")]
    faults = settle(entries, [print_, print_, fingerprint(Score((music.tune(2),)))])
    assert {i: (f.reason, f.detail) for i, f in faults.items()} == {0: ("work_in_two_splits", "train, but one work with s/2")}
    assert [e["split"] for e in entries[1:]] == ["valid", "train"]


def test_a_new_version_joins_the_split_of_its_tune(music):
    print_ = fingerprint(Score((music.tune(1),)))
    entries = [entry(1), entry(2, split="valid", source="t")]
    assert settle(entries, [print_, print_]) == {}
    assert [e["split"] for e in entries] == ["valid", "valid"]
    assert entries[0]["group"] == entries[1]["group"]


def test_pieces_of_one_work_share_a_split():
    nothing = np.empty(0, dtype=np.uint64)
    entries = [entry(i, work=f"w{i // 2}") for i in range(60)]
    settle(entries, [nothing] * 60)
    assert {e["split"] for e in entries} == {"train", "valid"}
    assert all(a["split"] == b["split"] for a, b in zip(entries[::2], entries[1::2], strict=True))


def test_repeats_of_one_source_can_be_left_out(music):
    print_ = fingerprint(Score((music.tune(1),)))
    entries = [entry(1, notes=10), entry(2, notes=30), entry(3, source="t", notes=5)]
    faults = settle(entries, [print_] * 3, keep_duplicates=False)
    assert {i: f.reason for i, f in faults.items()} == {0: "duplicate_music"}
    assert "s/2" in faults[0].detail
