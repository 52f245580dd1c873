"""The composer's network: causal, and a Llama to the last bit of its names."""

import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file

from boya.models.networks.composer import UNCOUNTED, ComposerNetwork, ComposerSettings, turned
from boya.training.pretrained import save_pretrained

TINY = ComposerSettings(width=32, layers=2, heads=4, kv_heads=2, feed_forward=48, context=40, vocabulary=70)


def network(seed=0, of=TINY):
    torch.manual_seed(seed)
    return ComposerNetwork(of).eval()


def loud(seed=0):
    """A network whose layers matter: weights ten times as large."""
    made = network(seed)
    with torch.no_grad():
        for weight in made.parameters():
            if weight.dim() == 2:
                weight.mul_(10)
    return made


def tokens(seed, batch=2, time=40):
    return torch.randint(TINY.vocabulary, (batch, time), generator=torch.Generator().manual_seed(seed))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 99), st.integers(1, 39))
def test_the_future_never_changes_what_was_scored(seed, now):
    composer, heard = loud(), tokens(seed)
    other = heard.clone()
    other[:, now:] = tokens(seed + 100)[:, now:]
    with torch.no_grad():
        first, second = composer(heard), composer(other)
        alone = composer(heard[:, :now])
    torch.testing.assert_close(first[:, :now], second[:, :now], rtol=0, atol=1e-5)
    torch.testing.assert_close(first[:, :now], alone, rtol=0, atol=1e-5)
    assert not torch.allclose(first[:, now:], second[:, now:])


def test_the_past_is_heard_from_far_away_and_in_its_order():
    composer, heard = loud(), tokens(1)
    first, order = heard.clone(), heard.clone()
    first[:, 0] = (heard[:, 0] + 1) % TINY.vocabulary
    order[:, :2] = order[:, :2].flip(1)
    with torch.no_grad():
        last = composer(heard)[:, -1]
        assert not torch.allclose(last, composer(first)[:, -1], atol=1e-4)
        assert not torch.allclose(last, composer(order)[:, -1], atol=1e-4)


def test_a_turn_keeps_distances_and_only_they_matter():
    trunk = network().model
    query, key = torch.randn(2, 1, 1, 40, TINY.head, generator=torch.Generator().manual_seed(0))
    query, key = query[:, :, :1].expand(-1, -1, 40, -1), key[:, :, :1].expand(-1, -1, 40, -1)
    scores = turned(query, (trunk.cosine, trunk.sine)) @ turned(key, (trunk.cosine, trunk.sine)).transpose(2, 3)
    torch.testing.assert_close(scores[..., 5, 3], scores[..., 39, 37])
    torch.testing.assert_close(scores[..., 7, 7], (query * key).sum(-1)[..., 0])
    assert not torch.allclose(scores[..., 5, 3], scores[..., 5, 4])


def test_nats_count_what_they_are_told_to():
    composer, heard = loud(), tokens(2)
    following = heard.roll(-1, 1)
    following[:, ::3] = UNCOUNTED
    with torch.no_grad():
        found, scores = composer.nats(heard, following), composer(heard)
    counted = following != UNCOUNTED
    expected = -scores.log_softmax(-1).gather(2, following.clamp(min=0)[..., None])[..., 0][counted].sum()
    torch.testing.assert_close(found, expected)


def test_at_first_every_token_is_about_as_likely():
    composer, heard = network(), tokens(3)
    with torch.no_grad():
        nats = composer.nats(heard, heard.roll(-1, 1)) / heard.numel()
    assert abs(float(nats) - torch.log(torch.tensor(70.0))) < 0.1


def test_small_and_base_have_the_size_they_claim():
    small = ComposerSettings(256, 6, 8, 2, 704, 1024, 1100)
    base = ComposerSettings(512, 8, 8, 2, 1408, 2048, 1100)
    with torch.device("meta"):
        sizes = [sum(p.numel() for p in ComposerNetwork(of).parameters()) / 1e6 for of in (small, base)]
    assert 4 < sizes[0] < 5
    assert 20 < sizes[1] < 30


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"layers": 0}, "layers must be at least 1; got 0"),
        ({"heads": 6}, "width must be a multiple of twice the heads, 12; got 256"),
        ({"heads": 8, "kv_heads": 3}, "heads must be a multiple of kv_heads, 3; got 8"),
    ],
)
def test_sizes_that_do_not_fit_are_named(changed, message):
    assert list(ComposerSettings(**changed).faults()) == [message]


def llama(folder, heard):
    """The scores that a Llama's files stand for, from its paper's formulas, position by position."""
    says = json.loads((folder / "config.json").read_text())
    weights = {name: array.astype(np.float64) for name, array in load_file(folder / "model.safetensors").items()}
    head, shared = says["head_dim"], says["num_attention_heads"] // says["num_key_value_heads"]

    def norm(x, name):
        return x / np.sqrt((x**2).mean() + says["rms_norm_eps"]) * weights[f"{name}.weight"]

    def rotated(x, at):
        point = x[: head // 2] + 1j * x[head // 2 :]
        turned = point * np.exp(1j * at * says["rope_theta"] ** (-2 * np.arange(head // 2) / head))
        return np.concatenate([turned.real, turned.imag])

    keys, values, scores = {}, {}, []
    for at, token in enumerate(heard):
        stream = weights["model.embed_tokens.weight"][token]
        for layer in range(says["num_hidden_layers"]):
            name = f"model.layers.{layer}"
            x = norm(stream, f"{name}.input_layernorm")
            q, k, v = ((weights[f"{name}.self_attn.{part}_proj.weight"] @ x).reshape(-1, head) for part in "qkv")
            keys.setdefault(layer, []).append([rotated(each, at) for each in k])
            values.setdefault(layer, []).append(v)
            found = []
            for number, query in enumerate(q):
                dots = np.array([past[number // shared] @ rotated(query, at) for past in keys[layer]]) / np.sqrt(head)
                found.append(np.exp(dots) / np.exp(dots).sum() @ [past[number // shared] for past in values[layer]])
            stream = stream + weights[f"{name}.self_attn.o_proj.weight"] @ np.concatenate(found)
            x = norm(stream, f"{name}.post_attention_layernorm")
            gate, up = (weights[f"{name}.mlp.{part}_proj.weight"] @ x for part in ("gate", "up"))
            stream = stream + weights[f"{name}.mlp.down_proj.weight"] @ (gate / (1 + np.exp(-gate)) * up)
        scores.append(weights["model.embed_tokens.weight"] @ norm(stream, "model.norm"))
    return np.array(scores)


def test_what_is_written_is_a_llama_by_its_formulas(tmp_path):
    composer, heard = loud(6), tokens(6, batch=1, time=12)
    with torch.no_grad():
        scores = composer(heard)[0]
    np.testing.assert_allclose(scores, llama(save_pretrained(composer, tmp_path), heard[0].tolist()), rtol=1e-4, atol=1e-4)


def test_transformers_reads_the_same_file_to_the_same_scores(tmp_path):
    transformers = pytest.importorskip("transformers")
    composer, heard = loud(), tokens(4, batch=3)
    llama, report = transformers.LlamaForCausalLM.from_pretrained(
        save_pretrained(composer, tmp_path), output_loading_info=True, local_files_only=True
    )
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    assert {name for name, _ in llama.named_parameters()} == set(composer.state_dict())
    with torch.no_grad():
        torch.testing.assert_close(llama.eval()(heard).logits, composer(heard), rtol=1e-4, atol=1e-4)
        assert composer(heard).std() > 1


def test_transformers_goes_on_from_its_cache_as_the_network_does(tmp_path):
    transformers = pytest.importorskip("transformers")
    composer, heard = loud(5), tokens(5, batch=2, time=12)
    llama = transformers.LlamaForCausalLM.from_pretrained(save_pretrained(composer, tmp_path), local_files_only=True)
    written = llama.generate(heard, max_new_tokens=10, min_new_tokens=10, do_sample=False)
    own = heard
    with torch.no_grad():
        for _ in range(10):
            own = torch.cat([own, composer(own)[:, -1:].argmax(-1)], 1)
    assert torch.equal(written, own)
