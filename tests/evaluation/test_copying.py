"""Runs that voices share: by brute force, in any key, never across two voices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.errors import InputError
from boya.evaluation.copying import RunIndex, moves_of, voices_of
from boya.score import Score, Track, note_array

voices = st.lists(st.lists(st.integers(0, 2), max_size=25), max_size=5)


def tune(*pitches: int, step: int = 480, at: int = 0, **told) -> Track:
    return Track(note_array([(at + i * step, 120, pitch, 80) for i, pitch in enumerate(pitches)]), **told)


def brute_force(corpus: list[list[int]], voice: list[int]) -> int:
    """Notes of the longest common run."""
    known = {run for other in corpus for run in runs(other)}
    return 1 + max((len(run) for run in runs(voice) if run in known), default=0)


def runs(voice: list[int]) -> list[tuple[int, ...]]:
    return [tuple(voice[i:j]) for i in range(len(voice)) for j in range(i + 1, len(voice) + 1)]


@settings(max_examples=150, deadline=None)
@given(voices, voices)
def test_the_longest_run_is_that_of_brute_force(corpus, asked):
    index = RunIndex(np.array(voice, dtype=np.int64) for voice in corpus)
    found = index.longest([np.array(voice, dtype=np.int64) for voice in asked])
    assert found.tolist() == [brute_force(corpus, voice) for voice in asked]


def test_a_tune_is_found_in_another_key_at_another_time():
    index = RunIndex([moves_of(tune(60, 62, 64, 65, 67)), moves_of(tune(70, 60, 50))])
    assert index.longest([moves_of(tune(50, 41, 43, 45, 46, 90, at=96))]).tolist() == [4]


def test_another_rhythm_is_another_tune():
    index = RunIndex([moves_of(tune(60, 62, 64, 65))])
    assert index.longest([moves_of(tune(60, 62, 64, 65, step=240))]).tolist() == [1]


def test_a_run_does_not_go_on_in_the_next_voice():
    index = RunIndex([moves_of(tune(60, 62)), moves_of(tune(62, 64))])
    assert index.longest([moves_of(tune(60, 62, 64))]).tolist() == [2]


def test_long_copies_are_measured_whole():
    rng = np.random.default_rng(0)
    corpus = [rng.integers(0, 500, 3000) for _ in range(20)]
    asked = np.concatenate([rng.integers(500, 900, 100), corpus[7][1000:1777], rng.integers(500, 900, 50)])
    assert RunIndex(corpus).longest([asked, rng.integers(500, 900, 40)]).tolist() == [778, 1]


def test_equal_notes_count_once_and_small_shifts_are_heard_as_one_rhythm():
    doubled = Track(note_array([(0, 120, 60, 80), (0, 480, 60, 90), (487, 120, 64, 80)]))
    assert moves_of(doubled).tolist() == moves_of(tune(60, 64)).tolist()


def test_drums_are_no_voice():
    score = Score((tune(60, 62), tune(36, 38, is_drum=True)))
    assert [len(voice) for voice in voices_of(score)] == [1]
    assert voices_of(Score()) == []


def test_an_empty_corpus_shares_nothing():
    index = RunIndex([])
    assert len(index) == 0
    assert index.longest([moves_of(tune(60, 62))]).tolist() == [1]
    assert index.longest([]).tolist() == []
    with pytest.raises(InputError, match="0 or more"):
        RunIndex([np.array([3, -5])])
