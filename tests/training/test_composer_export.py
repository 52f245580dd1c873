"""The composer's graph gives what its weights mean: a Llama written out in NumPy, the torch network, and what rounding leaves."""

import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from boya.errors import ModelError
from boya.models.composer import Composer
from boya.models.networks.composer import NORM_EPSILON, ROTARY_BASE, ComposerNetwork, ComposerSettings
from boya.representation.stream import VOCABULARY
from boya.training import composer_graph as making
from boya.training.blocks import BLOCK, quantised
from boya.training.composer_export import export_composer, read_llama
from boya.training.composer_graph import shapes
from boya.training.pretrained import save_pretrained

TINY = ComposerSettings(
    width=64, layers=3, heads=4, kv_heads=2, feed_forward=80, context=160, vocabulary=len(VOCABULARY) + 3
)  # a feed-forward width that is no multiple of a block, some tokens that nobody uses


def drawn_weights(seed=0, settings=TINY):
    """Weights large enough that every part of the network is heard."""
    rng = np.random.default_rng(seed)
    return {
        name: (rng.standard_normal(shape) * (0.1 if len(shape) > 1 else 0.3) + (len(shape) == 1)).astype(np.float32)
        for name, shape in shapes(settings).items()
    }


def some_tokens(rows=2, time=150, seed=1):
    return np.random.default_rng(seed).integers(0, TINY.vocabulary, (rows, time))


def normed(x, scale):
    return x / np.sqrt((x**2).mean(-1, keepdims=True) + NORM_EPSILON) * scale


def turned(x):
    """Rotary positions: the two halves of a head are the coordinates of points that turn. x [shape=(time, heads, head)]"""
    half = x.shape[-1] // 2
    angle = np.arange(len(x))[:, None, None] / ROTARY_BASE ** (np.arange(half) / half)
    first, second = x[..., :half], x[..., half:]
    return np.concatenate(
        [first * np.cos(angle) - second * np.sin(angle), second * np.cos(angle) + first * np.sin(angle)], axis=-1
    )


def llama(weights, tokens, s=TINY):
    """Logits of one row, in doubles. [shape=(time,)] -> [shape=(time, vocabulary)]"""
    w = {name: value.astype(np.float64) for name, value in weights.items()}
    x = w["model.embed_tokens.weight"][tokens]
    time = len(tokens)
    future = np.triu(np.ones((time, time), dtype=bool), 1)
    for layer in range(s.layers):
        p = f"model.layers.{layer}."
        heard = normed(x, w[p + "input_layernorm.weight"])
        q, k, v = (
            (heard @ w[f"{p}self_attn.{part}_proj.weight"].T).reshape(time, heads, s.head)
            for part, heads in (("q", s.heads), ("k", s.kv_heads), ("v", s.kv_heads))
        )
        k, v = (np.repeat(part, s.heads // s.kv_heads, axis=1) for part in (turned(k), v))
        scores = np.einsum("qhd,khd->hqk", turned(q), k) / np.sqrt(s.head)
        scores[:, future] = -np.inf
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        found = np.einsum("hqk,khd->qhd", shares / shares.sum(-1, keepdims=True), v).reshape(time, -1)
        x = x + found @ w[p + "self_attn.o_proj.weight"].T
        heard = normed(x, w[p + "post_attention_layernorm.weight"])
        gate = heard @ w[p + "mlp.gate_proj.weight"].T
        x = x + (gate / (1 + np.exp(-gate)) * (heard @ w[p + "mlp.up_proj.weight"].T)) @ w[p + "mlp.down_proj.weight"].T
    return normed(x, w["model.norm.weight"]) @ w.get("lm_head.weight", w["model.embed_tokens.weight"]).T


def restored(matrix, bits):
    """The matrix that a rounded one stands for."""
    levels, scales = quantised(matrix, bits)
    whole = (levels.astype(np.float32) - 2 ** (bits - 1)) * scales[..., None].astype(np.float32)
    return whole.reshape(len(matrix), -1)[:, : matrix.shape[1]]


def by_steps(session, tokens):
    return np.stack([session.feed(tokens[:, time : time + 1]) for time in range(tokens.shape[1])], axis=1)


def exported(tmp_path, weights, **options):
    export_composer(weights, TINY, tmp_path, "tiny", {}, **options)
    return Composer("tiny", tmp_path)


def test_unrounded_logits_are_those_of_a_llama_and_of_torch(tmp_path):
    weights, tokens = drawn_weights(), some_tokens()
    network = ComposerNetwork(TINY).eval()
    network.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
    composer = exported(tmp_path, network.state_dict(), precision="float32")
    wanted = np.stack([llama(weights, row) for row in tokens])
    assert wanted.std() > 0.5
    with torch.no_grad():
        np.testing.assert_allclose(network(torch.from_numpy(tokens)), wanted, atol=1e-4)
    np.testing.assert_allclose(composer.session(2).score(tokens), wanted, atol=1e-4)
    np.testing.assert_allclose(by_steps(composer.session(2), tokens), wanted, atol=1e-4)


@pytest.mark.parametrize(("precision", "bits"), [("int8", 8), ("int4", 4)])
def test_rounded_weights_compute_what_they_stand_for(tmp_path, monkeypatch, precision, bits):
    """With inputs left as they are, the graph is exactly the Llama of the restored weights."""
    monkeypatch.setattr(making, "ROUNDED_INPUTS", 0)
    weights, tokens = drawn_weights(), some_tokens(rows=1, time=40)
    composer = exported(tmp_path, weights, precision=precision)
    linear = {name for name, value in weights.items() if value.ndim == 2 and "embed" not in name}
    rounded = weights | {name: restored(weights[name], bits) for name in linear}
    table = weights["model.embed_tokens.weight"]
    rounded["model.embed_tokens.weight"] = table.astype(np.float16).astype(np.float32)
    rounded["lm_head.weight"] = restored(table, 8)  # the scores use the table in 8 bits, the stream the table in 16
    wanted = llama(rounded, tokens[0])
    np.testing.assert_allclose(composer.session(1).score(tokens)[0], wanted, atol=1e-4)


@pytest.mark.parametrize(("precision", "most"), [("int8", 0.05), ("int4", 0.4)])
def test_rounding_moves_the_logits_little(tmp_path, precision, most):
    weights, tokens = drawn_weights(), some_tokens()
    wanted = np.stack([llama(weights, row) for row in tokens])
    found = exported(tmp_path, weights, precision=precision).session(2).score(tokens)
    assert 0 < np.sqrt(((found - wanted) ** 2).mean()) < most * wanted.std()


@pytest.mark.parametrize(("precision", "most"), [("float32", 0.025), ("int8", 0.05)])
def test_a_memory_of_8_bits_moves_the_logits_little_and_all_ways_of_reading_agree(tmp_path, precision, most):
    weights, tokens = drawn_weights(), some_tokens()
    composer = exported(tmp_path, weights, precision=precision, heard=some_tokens(rows=20, seed=2))
    assert composer.card["memory"] == "int8"
    wanted = np.stack([llama(weights, row) for row in tokens])
    found = composer.session(2).score(tokens)
    assert 0 < np.sqrt(((found - wanted) ** 2).mean()) < most * wanted.std()
    np.testing.assert_allclose(by_steps(composer.session(2), tokens), found, atol=0.05)


@examples(max_examples=50, deadline=None)
@given(st.integers(0, 999), st.integers(1, 70), st.sampled_from([4, 8]), st.sampled_from([1e-6, 1.0, 300.0]))
def test_rounding_errs_by_half_a_step_at_most(seed, inputs, bits, size):
    matrix = (np.random.default_rng(seed).standard_normal((3, inputs)) * size).astype(np.float32)
    matrix[0] = 0
    levels, scales = quantised(matrix, bits)
    assert levels.shape == (3, -(-inputs // BLOCK), BLOCK)
    assert levels.max() < 2**bits
    error = np.abs(restored(matrix, bits) - matrix)
    step = np.repeat(np.abs(scales.astype(np.float32)), BLOCK, axis=1)[:, :inputs]
    clipped = step * (2 ** (bits - 1)) * (0.45 if bits == 4 else 0.01)  # only the ends of a range may be cut
    assert (error <= np.maximum(step / 2, clipped) * 1.01 + 1e-7).all()
    assert not error[0].any()


def test_4_bits_choose_a_better_range_than_the_largest_weight():
    matrix = np.random.default_rng(0).standard_normal((64, 256)).astype(np.float32)
    largest = np.abs(matrix.reshape(64, -1, BLOCK)).max(-1, keepdims=True) / 8
    plain = np.clip(np.rint(matrix.reshape(64, -1, BLOCK) / largest), -8, 7) * largest
    assert ((restored(matrix, 4) - matrix) ** 2).mean() < 0.9 * ((plain.reshape(matrix.shape) - matrix) ** 2).mean()


def test_the_card_says_what_the_model_is(tmp_path):
    path = export_composer(drawn_weights(), TINY, tmp_path, "tiny", {"licences": ["CC0-1.0"]}, precision="int4")
    card = json.loads(path.read_text())
    assert card["family"] == "composer"
    assert card["vocabulary_hash"] == VOCABULARY.hash
    assert (card["precision"], card["memory"]) == ("int4", "float32")
    assert card["parameters"] == sum(value.size for value in drawn_weights().values())
    assert ComposerSettings(**card["settings"]) == TINY
    assert card["licences"] == ["CC0-1.0"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["tiny.decoder.onnx", "tiny.json"]


def broken(name, change):
    weights = drawn_weights()
    weights[name] = change(weights[name])
    return weights


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({}, "embed_tokens.weight must be shaped .* got nothing"),
        (
            broken("model.layers.1.mlp.up_proj.weight", lambda w: w[:-1]),
            r"up_proj.weight must be shaped \(80, 64\); got \(79, 64\)",
        ),
        (broken("model.norm.weight", lambda w: w * np.nan), "finite"),
        (broken("model.layers.0.self_attn.q_proj.weight", lambda w: w * 1e6), "below 65504"),
    ],
)
def test_weights_that_are_no_composer(tmp_path, weights, message):
    with pytest.raises(ModelError, match=message):
        export_composer(weights, TINY, tmp_path, "tiny", {})
    assert not list(tmp_path.iterdir())


def test_settings_that_cannot_be_exported(tmp_path):
    with pytest.raises(ModelError, match="float32, int8, int4; got 'int2'"):
        export_composer(drawn_weights(), TINY, tmp_path, "tiny", {}, precision="int2")
    narrow = ComposerSettings(width=64, heads=8, kv_heads=2, vocabulary=len(VOCABULARY))
    with pytest.raises(ModelError, match="width / heads must be a multiple of 16 to be exported; got 8"):
        export_composer(drawn_weights(0, narrow), narrow, tmp_path, "tiny", {})
    small = ComposerSettings(vocabulary=10)
    with pytest.raises(ModelError, match="the network 10; train it again"):
        export_composer(drawn_weights(0, small), small, tmp_path, "tiny", {})


def test_a_folder_of_hugging_face_is_read(tmp_path):
    network = ComposerNetwork(TINY)
    weights, settings = read_llama(save_pretrained(network, tmp_path))
    assert settings == TINY
    assert all(np.array_equal(weights[name], value.numpy()) for name, value in network.state_dict().items())


@pytest.mark.parametrize(
    "change", [{"rms_norm_eps": 1e-6}, {"hidden_act": "gelu"}, {"head_dim": 8}, {"rope_parameters": {"rope_theta": 5e5}}]
)
def test_a_llama_of_another_shape_is_refused(tmp_path, change):
    save_pretrained(ComposerNetwork(TINY), tmp_path)
    config = json.loads((tmp_path / "config.json").read_text()) | change
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="a composer is a Llama with"):
        read_llama(tmp_path)


def test_a_folder_that_holds_something_else(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"must hold config.json and model.safetensors"):
        read_llama(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ModelError, match=r"must hold config.json and model.safetensors"):
        read_llama(tmp_path)
