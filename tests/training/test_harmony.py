"""Ears of chords and keys: what they learn from, and that they learn it in every key."""

import numpy as np
import pytest

from boya.corpus import open_packed
from boya.listening.recognition.harmony import CHORD_KINDS
from boya.score import Chord, Key, Score, Timeline, Track, note_array
from boya.training.harmony import chords_to_learn, in_mode, key_told, keys_to_learn
from boya.training.rooted import Lesson, Taught, teach_rooted

TRIADS = ("maj", "min")


def sounding(truth, rng):
    """Triads of these numbers, with noise."""
    heard = 0.1 * rng.random((len(truth), 1, 12), dtype=np.float32)
    for place, (root, kind) in enumerate(zip(truth // 2, truth % 2, strict=True)):
        heard[place, 0, [root, (root + 4 - kind) % 12, (root + 7) % 12]] += 1
    return heard


def right(ear, music):
    found = ear.shares(music.heard, music.plain).reshape(len(music.truth), -1).argmax(axis=1)
    known = music.truth >= 0
    return np.mean(found[known] == music.truth[known])


@pytest.fixture(scope="module")
def echo():
    """An ear of chords that are only heard a unit later, and music it was not taught with."""
    rng = np.random.default_rng(6)
    pieces = []
    for _ in range(24):
        truth = rng.integers(24, size=40)
        heard = sounding(np.roll(truth, 1), rng)
        pieces.append(Taught(heard, np.zeros((40, 0), dtype=np.float32), np.append(truth[:-1], -1)))
    lesson = Lesson(width=24, reaches=(1,), rounds=16, span=16, batch=8, rate=1e-2)
    return teach_rooted(TRIADS, pieces[5:], pieces[:5], lesson), pieces[0]


def test_what_comes_after_is_learnt(echo):
    ear, music = echo
    assert right(ear, music) > 0.95


def test_what_is_learnt_holds_in_every_key(echo):
    ear, music = echo
    found, moved = (ear.shares(np.roll(music.heard, by, axis=2), music.plain) for by in (0, 3))
    assert np.allclose(np.roll(found, 3, axis=1), moved, atol=1e-5)


def test_an_ear_without_blocks_hears_each_unit_alone():
    rng = np.random.default_rng(6)
    truth = rng.integers(24, size=1000)
    pieces = [Taught(sounding(truth[n::20], rng), np.zeros((50, 0), dtype=np.float32), truth[n::20]) for n in range(20)]
    ear = teach_rooted(TRIADS, pieces[2:], [], Lesson(width=16, rounds=15, span=1, batch=128, rate=1e-2))
    assert right(ear, pieces[0]) > 0.95
    alone = ear.scores(pieces[0].heard[3:4], pieces[0].plain[3:4])
    assert np.allclose(alone[0], ear.scores(pieces[0].heard, pieces[0].plain)[3], atol=1e-5)


def test_chords_are_learnt_as_people_wrote_them(packed):
    corpus = open_packed(packed)
    learnt, aside = chords_to_learn(corpus)
    bands = [n for n in corpus.split("train").tolist() if corpus.pieces[n]["source"] == "band"]
    assert 0 < len(learnt) <= len(bands)
    assert not aside
    roots = {int(number) // len(CHORD_KINDS) for music in learnt for number in music.truth}
    assert roots == {0, 9, 5, 7}
    assert all(len(music.heard) == len(music.plain) == len(music.truth) for music in learnt)


def test_keys_are_learnt_from_pieces_melodies_and_excerpts(packed):
    learnt, aside = keys_to_learn(open_packed(packed), np.random.default_rng(1))
    assert len(learnt) + len(aside) == 5 * 16
    assert {int(music.truth[0]) for music in learnt} <= {0, 1}


@pytest.mark.parametrize(
    ("keys", "chords", "named", "known"),
    [
        ((Key(0, 2, "minor"),), (), (), (2, "minor")),
        ((Key(0, 2, "minor"), Key(960, 5)), (), (), None),
        ((Key(0, 2, "dorian"),), (), (), None),
        ((Key(0, 2, "minor"),), (5, 0), ("mode",), (5, "major")),
        ((Key(0, 2, "minor"),), (0, 2), ("mode",), (2, "minor")),
        ((Key(0, 2, "minor"), Key(960, 5)), (7, 5), ("mode",), (5, "major")),
        ((Key(0, 2, "minor"),), (7, 0), ("mode",), None),
        ((Key(0, 2, "minor"),), (0, 2), ("mode", "chords"), (5, "major")),
        ((Key(0, 2),), (), ("key",), None),
    ],
)
def test_only_certain_keys_are_told(keys, chords, named, known):
    notes = note_array([(0, 960, 62, 80), (960, 960, 65, 80), (960, 960, 69, 80)])
    symbols = tuple(Chord(960 * place, 960, root, "maj") for place, root in enumerate(chords))
    assert key_told(Score((Track(notes),), Timeline(keys=keys), symbols), named) == known


def test_modes_keep_the_tonic_and_the_third():
    rng = np.random.default_rng(2)
    scale = Track(note_array([(480 * n, 480, 62 + step, 80) for n, step in enumerate((0, 3, 7, 8, 11))]))
    found = {tuple((in_mode(scale, (2, "minor"), rng).notes["pitch"] - 62).tolist()) for _ in range(50)}
    assert found == {(0, 3, 7, 8, 11), (0, 3, 7, 9, 10), (0, 3, 7, 8, 10)}
