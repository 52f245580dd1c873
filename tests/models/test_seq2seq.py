"""Every shipped seq2seq: phrases to vectors and back, masks, and what can be done with a vector."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.errors import RequestError
from boya.models.runtime import available, read_card
from boya.models.seq2seq import UNKNOWN, morph

NAMES = [name for name in available() if read_card(name)["family"] == "seq2seq"]
ATTRIBUTES = ("density", "register", "syncopation")
TUNE = [26, 1, 28, 1, 30, 1, 31, 1, 33, 1, 1, 1, 30, 1, 1, 1, 31, 1, 28, 1, 30, 1, 26, 1, 28, 1, 1, 1, 1, 1, 0, 0]


@pytest.fixture(params=NAMES)
def model(request, shipped):
    return shipped.load(request.param)


def rng(seed=0):
    return np.random.default_rng(seed)


def some_phrases(model, n, seed=0):
    """Any tokens. [shape=(n, tracks, steps)]"""
    draws = rng(seed)
    return np.stack([draws.integers(0, size, (n, model.n_steps)) for size in model.vocabulary], axis=1)


def tune(model):
    """The same two bars over and over on the first track, the others silent."""
    phrase = np.zeros((1, len(model.tracks), model.n_steps), dtype=np.int64)
    phrase[0, 0] = np.resize(TUNE, model.n_steps)
    return phrase


def test_shapes_and_ranges(model):
    vectors = model.encode(some_phrases(model, 3))
    assert vectors.shape == (3, read_card(model.card["name"])["settings"]["latent"])
    assert np.isfinite(vectors).all()
    tokens = model.decode(vectors)
    assert tokens.shape == (3, len(model.tracks), model.n_steps)
    for track, size in enumerate(model.vocabulary):
        assert tokens[:, track].min() >= 0
        assert tokens[:, track].max() < size
    assert model.n_steps % 16 == 0
    assert set(model.attributes) >= set(ATTRIBUTES)


def test_a_plain_tune_is_remembered(model):
    if len(model.tracks) > 1:
        pytest.skip("a tune without a band is not what this model has heard")
    written = model.decode(model.encode(tune(model)))[0, 0]
    assert (written == tune(model)[0, 0]).mean() > 0.5


def test_seeds(model):
    def drawn(seed):
        draws = rng(seed)
        return model.decode(model.imagine(2, draws), draws, temperature=0.7)

    assert np.array_equal(drawn(1), drawn(1))
    assert not np.array_equal(drawn(1), drawn(2))
    assert not np.array_equal(drawn(1)[0], drawn(1)[1])


@pytest.mark.parametrize("temperature", [0.0, 1.0, 5.0])
@pytest.mark.parametrize("shared", [True, False])
def test_masks_are_obeyed_to_the_letter(model, temperature, shared):
    draws = rng(7)
    mask = {
        t: draws.random((1 if shared else 3, model.n_steps, n)) < 0.1 for t, n in zip(model.tracks, model.vocabulary, strict=True)
    }
    for track, allowed in mask.items():
        np.put_along_axis(allowed, draws.integers(0, allowed.shape[-1], (*allowed.shape[:2], 1)), True, axis=-1)
        assert allowed.any(-1).all(), track
    written = model.decode(model.imagine(3, draws), draws, temperature=temperature, mask=mask)
    for number, track in enumerate(model.tracks):
        allowed = np.broadcast_to(mask[track], (3, *mask[track].shape[1:]))
        assert np.take_along_axis(allowed, written[:, number, :, None], axis=-1).all()


def test_a_mask_for_one_track_leaves_the_phrase_whole(model):
    only_rest = np.zeros((1, model.n_steps, model.vocabulary[0]), dtype=bool)
    only_rest[..., 0] = True
    assert not model.decode(model.encode(tune(model)), mask={model.tracks[0]: only_rest})[:, 0].any()
    everything = {t: np.ones((1, model.n_steps, n), dtype=bool) for t, n in zip(model.tracks, model.vocabulary, strict=True)}
    vectors = model.imagine(2, rng())
    assert np.array_equal(model.decode(vectors), model.decode(vectors, mask=everything))


def test_a_phrase_does_not_depend_on_its_neighbours(model):
    phrases = some_phrases(model, 4)
    vectors = model.encode(phrases)
    alone = np.concatenate([model.encode(phrases[n : n + 1]) for n in range(4)])
    assert np.allclose(vectors, alone, atol=1e-4)
    assert np.array_equal(model.decode(vectors), np.concatenate([model.decode(vectors[n : n + 1]) for n in range(4)]))


def test_what_is_unknown_can_be_imagined(model):
    asked = tune(model)
    asked[..., -16:] = UNKNOWN
    vectors = model.encode(asked)
    assert np.isfinite(vectors).all()
    assert not np.allclose(vectors, model.encode(tune(model)))
    assert (model.decode(vectors) >= 0).all()


def test_amounts_of_variation(model):
    vectors = model.encode(some_phrases(model, 8))
    assert np.allclose(model.vary(vectors, 0.0, rng()), vectors, atol=1e-5)
    assert np.allclose(model.vary(vectors, 1.0, rng(3)), model.vary(vectors[::-1], 1.0, rng(3)), atol=1e-5)
    moved = [np.linalg.norm(model.vary(vectors, amount, rng(3)) - vectors, axis=1).mean() for amount in (0.1, 0.5, 0.9)]
    assert moved == sorted(moved)


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_attributes_are_directions(model, attribute):
    vectors = model.imagine(3, rng())
    assert np.array_equal(model.change(vectors, attribute, 0.0), vectors)
    forth = model.change(vectors, attribute, 1.5)
    assert not np.allclose(forth, vectors)
    assert np.allclose(model.change(forth, attribute, -1.5), vectors, atol=1e-5)


def test_density_and_register_do_what_they_say(model):
    vectors = model.imagine(16, rng())
    onsets, heights = [], []
    for amount in (-1.5, 1.5):
        dense = model.decode(model.change(vectors, "density", amount))[:, 0]
        high = model.decode(model.change(vectors, "register", amount))[:, 0]
        onsets.append((dense > 1).mean())
        heights.append(high[high > 1].mean())
    assert onsets[0] < onsets[1]
    assert heights[0] < heights[1]


def test_new_phrases_differ_from_each_other_less_with_less_spread(model):
    near, far = (model.imagine(50, rng(), spread=spread).std(axis=0).mean() for spread in (0.5, 1.0))
    assert 0 < near < far
    assert np.allclose(model.imagine(2, rng(), spread=0.0)[0], model.imagine(2, rng(1), spread=0.0)[1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: m.encode(np.zeros((1, len(m.tracks), 3), np.int64)), "phrases must be shaped"),
        (lambda m: m.encode(np.zeros((len(m.tracks), m.n_steps), np.int64)), "phrases must be shaped"),
        (lambda m: m.encode(np.zeros((0, len(m.tracks), m.n_steps), np.int64)), "phrases must be shaped"),
        (lambda m: m.encode(np.full((1, len(m.tracks), m.n_steps), 600)), "tokens must be -1 or more and below"),
        (lambda m: m.encode(np.full((1, len(m.tracks), m.n_steps), -2)), "tokens must be -1 or more and below"),
        (lambda m: m.decode(np.zeros((1, 3), np.float32)), "vectors must be shaped"),
        (lambda m: m.decode(np.zeros(3, np.float32)), "vectors must be shaped"),
        (lambda m: m.decode(m.imagine(1, rng()), temperature=1.0), "needs rng"),
        (lambda m: m.decode(m.imagine(1, rng()), mask={"horn": np.ones((1, 1, 1), bool)}), "got 'horn'"),
        (lambda m: m.decode(m.imagine(1, rng()), mask={m.tracks[0]: np.ones((1, 5, 50), bool)}), "the mask of melody must be"),
        (lambda m: m.decode(m.imagine(1, rng()), mask={m.tracks[0]: np.zeros((1, m.n_steps, 50), bool)}), "allow a token"),
        (lambda m: m.vary(m.imagine(1, rng()), 1.1, rng()), "amount must be 0-1; got 1.1"),
        (lambda m: m.vary(m.imagine(1, rng()), float("nan"), rng()), "amount must be 0-1; got nan"),
        (lambda m: m.change(m.imagine(1, rng()), "sadness", 1.0), "attribute must be one of density, .*; got 'sadness'"),
    ],
)
def test_what_does_not_fit_is_named(model, call, message):
    with pytest.raises(RequestError, match=message):
        call(model)


@given(st.integers(2, 9), st.integers(0, 2**16))
@settings(max_examples=30, deadline=None)
def test_a_morph_ends_where_it_should_and_moves_evenly(steps, seed):
    first, second = rng(seed).standard_normal((2, 6))
    path = morph(first, second, steps)
    assert path.shape == (steps, 6)
    assert np.allclose(path[0], first)
    assert np.allclose(path[-1], second)
    assert np.allclose(path, morph(second, first, steps)[::-1])


def test_a_morph_of_like_opposite_or_no_vectors():
    one = np.array([1.0, 0.0])
    assert np.allclose(morph(one, one, 3), one)
    assert np.allclose(morph(one, -one, 3), [[1, 0], [0, 0], [-1, 0]])
    assert np.isfinite(morph(np.zeros(2), one, 4)).all()
    assert np.allclose(morph(np.zeros(2), one, 2)[1], one)
    with pytest.raises(RequestError, match="at least 2 steps; got 1"):
        morph(one, one, 1)
