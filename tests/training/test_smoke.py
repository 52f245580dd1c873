"""Every smoke recipe trains from packed arrays to weights, and leaves what a run should leave."""

import json

import pytest
import torch
from safetensors.torch import load_file

from boya.errors import ModelError
from boya.training import train
from boya.training.checkpoint import read_told


def log_of(folder):
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def runs(packed, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs")
    for name in (
        "seq2seq-smoke",
        "seq2seq-trio-smoke",
        "gan-smoke",
        "gan-dense-smoke",
    ):  # gan-smoke trains gan-likelihood-smoke first
        train(name, packed, out)
    return out


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("seq2seq-smoke", "accuracy"),
        ("seq2seq-trio-smoke", "accuracy_drums"),
        ("gan-likelihood-smoke", "nats"),
        ("gan-smoke", "two_sample"),
        ("gan-dense-smoke", "two_sample"),
    ],
)
def test_a_run_leaves_weights_with_their_origin(runs, name, figure):
    folder = runs / name
    told = read_told(folder / "weights.safetensors")
    assert told["recipe"]["name"] == name
    assert told["data"] == {"collections": ["band", "lieder"], "pieces": 32, "works": 32, "licences": ["CC0-1.0"]}
    assert figure in told["figures"]
    log = log_of(folder)
    assert [entry["step"] for entry in log if "dev/" + figure in entry][-1] == told["recipe"]["loop"]["steps"]
    assert any((folder / "tensorboard").iterdir())
    assert all(tensor.isfinite().all() for tensor in load_file(folder / "weights.safetensors").values())


def test_seq2seq_learns(runs):
    losses = [entry["loss"] for entry in log_of(runs / "seq2seq-smoke") if "loss" in entry]
    assert sum(losses[-4:]) < 0.8 * sum(losses[:4])


def test_the_generator_of_the_game_begins_with_its_likelihood_weights(runs, packed, tmp_path):
    with pytest.raises(ModelError, match="train the recipe they come from first"):
        train("gan-smoke", packed, tmp_path, start_from=tmp_path / "nowhere")
    begun = load_file(runs / "gan-likelihood-smoke" / "weights.safetensors")
    after = load_file(runs / "gan-smoke" / "weights.safetensors")
    assert begun.keys() == after.keys()
    assert all((begun[key] - after[key]).abs().max() < 1e-2 for key in begun)
    assert any(not torch.equal(begun[key], after[key]) for key in begun)


def test_a_finished_run_is_not_run_again(runs, packed):
    weights = runs / "seq2seq-smoke" / "weights.safetensors"
    before, log = weights.read_bytes(), log_of(runs / "seq2seq-smoke")
    assert train("seq2seq-smoke", packed, runs) == weights
    assert weights.read_bytes() == before
    assert log_of(runs / "seq2seq-smoke") == log


def test_a_checkpoint_of_other_settings_is_refused(runs, packed):
    with pytest.raises(ModelError, match="other settings"):
        train("seq2seq-smoke", packed, runs, seed=5)


def test_the_same_seed_gives_the_same_bits_and_another_does_not(packed, tmp_path):
    paths = [train("seq2seq-smoke", packed, tmp_path / str(n), steps=3, seed=seed) for n, seed in enumerate((1, 1, 2))]
    first, same, other = (load_file(path) for path in paths)
    assert all(torch.equal(first[key], same[key]) for key in first)
    assert any(not torch.equal(first[key], other[key]) for key in first)


def test_weights_of_another_network_are_refused(runs, packed, tmp_path):
    with pytest.raises(ModelError, match="another network"):
        train("seq2seq-smoke", packed, tmp_path, start_from=runs / "gan-smoke" / "weights.safetensors")
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"\x08\x00\x00\x00\x00\x00\x00\x00{}")
    with pytest.raises(ModelError, match="whole weights file"):
        train("seq2seq-smoke", packed, tmp_path, start_from=broken)


def test_a_loss_that_is_no_number_stops_the_run(packed, tmp_path, recipe):
    wild = recipe("seq2seq-smoke", loop={"learning_rate": 1e30, "clip": 1e30, "warmup": 0, "evaluate_every": 1000})
    with pytest.raises(ModelError, match="smaller learning_rate"):
        train(wild, packed, tmp_path)
