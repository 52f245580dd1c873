"""The two-sample test: chance on equal music, certain on noise, and pieces that stay together."""

import numpy as np
import pytest

from boya.errors import InputError
from boya.evaluation import two_sample as module
from boya.evaluation.descriptors import descriptor_names, descriptors
from boya.evaluation.two_sample import telltales, two_sample


def tunes(n: int, seed: int) -> np.ndarray:
    """Phrases with a scale-wise melody, a bass on the beat and a back-beat."""
    rng = np.random.default_rng(seed)
    rolls = np.zeros((n, 5, 64, 128), np.uint8)
    for roll in rolls:
        degrees = np.clip(np.cumsum(rng.integers(-1, 2, 32)) + 7, 0, 14)
        pitches = np.array([0, 2, 4, 5, 7, 9, 11, 12, 14, 16, 17, 19, 21, 23, 24])[degrees] + 55
        roll[0, np.arange(0, 64, 2), pitches] = 2
        roll[2, ::4, rng.choice([36, 41, 43])] = 2
        roll[4, ::8, 36] = roll[4, 4::8, 38] = 2
    return rolls


def test_names_and_columns_agree():
    rolls = tunes(3, 0)
    names = descriptor_names(with_chords=True)
    values = descriptors(rolls, np.ones((3, 64, 12), bool))
    assert values.shape == (3, len(names)) == (3, len(set(names)))
    column = dict(zip(names, values[0].tolist(), strict=True))
    assert column["notes bass"] == 16
    assert column["onsets drums 0"] == 0.25
    assert column["drum kick"] == column["drum snare"] == 0.5
    assert column["fragmented melody"] == 1
    assert column["chord tones melody"] == 1
    assert column["bar likeness drums 1"] == 1
    assert column["together bass-drums"] == 1
    assert column["together melody-bass"] == 0.5
    assert np.isnan(column["polyphony pad"])


def test_chord_tones_count_only_steps_with_a_chord():
    roll = np.zeros((1, 5, 64, 128), np.uint8)
    roll[0, 0, [0, 1, 20], [60, 61, 60]] = 2
    chords = np.zeros((1, 64, 12), bool)
    chords[0, :16, [0, 4, 7]] = True
    assert descriptors(roll, chords)[0, -4] == 0.5
    with pytest.raises(InputError, match="chords must be"):
        descriptors(roll, chords[:, :32])


def test_intervals_do_not_cross_phrases():
    roll = np.zeros((2, 5, 64, 128), np.uint8)
    roll[0, 0, [0, 4, 8], [60, 62, 62]] = 2
    roll[1, 0, 0, 90] = 2
    names = descriptor_names()
    values = descriptors(roll)
    assert values[0, names.index("interval melody 1")] == 0.5
    assert values[0, names.index("interval melody 0")] == 0.5
    assert np.isnan(values[1, names.index("interval melody 1")])


def test_equal_music_is_chance_and_noise_is_certain():
    pytest.importorskip("sklearn")
    data, more = descriptors(tunes(150, 0)), descriptors(tunes(150, 1))
    same = two_sample(more, data, np.random.default_rng(0))
    assert same.low < 0.5 < same.high
    noise = (np.random.default_rng(2).random((150, 5, 64, 128)) < 0.003).astype(np.uint8) * 2
    other = two_sample(descriptors(noise), data, np.random.default_rng(0), n_per_class=100)
    assert other.accuracy > 0.97
    assert other.n_per_class == 100
    assert 0.9 < other.low < other.accuracy <= other.high <= 1


def test_groups_hide_the_piece():
    """Pieces that each have one telltale number: told apart when pieces are split over folds, not when they stay together."""
    pytest.importorskip("sklearn")
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(60), 10)
    values = np.repeat(rng.random(60), 10)[:, None] + rng.normal(0, 1e-4, (600, 1))
    model, data = groups % 2 == 0, groups % 2 == 1
    loose = two_sample(values[model], values[data], np.random.default_rng(1))
    kept = two_sample(values[model], values[data], np.random.default_rng(1), model_groups=groups[model], data_groups=groups[data])
    assert loose.accuracy > 0.8
    assert kept.accuracy < 0.65
    assert kept.high - kept.low > loose.high - loose.low


def test_folds_never_split_a_group_and_balance_both_kinds():
    rng = np.random.default_rng(0)
    groups = rng.integers(0, 80, 1000)
    y = (groups >= 40).astype(np.int64)
    fold = module._folds(groups, y, 5, rng)
    assert all(len(set(fold[groups == g])) == 1 for g in range(80))
    assert np.abs(np.bincount(fold[y == 1]) - (y == 1).sum() / 5).max() < 20


def test_too_little_music_is_refused():
    pytest.importorskip("sklearn")
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match="10 phrases of each kind"):
        two_sample(np.zeros((9, 2)), np.zeros((50, 2)), rng)
    with pytest.raises(InputError, match="equal columns"):
        two_sample(np.zeros((50, 2)), np.zeros((50, 3)), rng)
    with pytest.raises(InputError, match="at least 5 pieces"):
        two_sample(np.zeros((50, 2)), np.zeros((50, 2)), rng, model_groups=np.zeros(50), data_groups=np.zeros(50))
    with pytest.raises(InputError, match="piece of each"):
        two_sample(np.zeros((50, 2)), np.zeros((50, 2)), rng, model_groups=np.zeros(9))


def test_telltales_rank_and_sign():
    rng = np.random.default_rng(0)
    model, data = rng.normal(0, 1, (300, 3)), rng.normal(0, 1, (300, 3))
    model[:, 1] -= 2
    model[:150, 2] = np.nan
    found = telltales(model, data, ("same", "less", "missing"), n=3)
    assert [name for name, _ in found] == ["less", "missing", "same"]
    assert found[0][1] < 0.1
    assert found[1][1] < 0.3
    assert abs(found[2][1] - 0.5) < 0.06
