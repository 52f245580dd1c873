"""The composer's training: it learns, the same each time, in one process or two, and goes on where it was stopped."""

import json
from functools import partial

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from boya.corpus import open_packed
from boya.errors import ModelError
from boya.models.networks.composer import UNCOUNTED
from boya.representation.stream import VOCABULARY, Vocabulary
from boya.training import export_run, train
from boya.training.checkpoint import read_told
from boya.training.composer import ComposerTask, Windows
from boya.training.distributed import World
from boya.training.draws import Draws
from boya.training.recipe import read_recipe, shipped_recipes
from boya.training.shipping import load_network
from boya.training.start import build_task
from boya.training.streams import load_streams
from boya.training.task import Moment

CPU = torch.device("cpu")
COMPOSERS = [name for name in shipped_recipes() if read_recipe(name).family == "composer"]


@pytest.fixture(scope="module")
def streams(packed):
    return load_streams(open_packed(packed))


def task_of(streams, **changes):
    return build_task(read_recipe("composer-smoke", changes=changes), streams, CPU)


def log_of(folder):
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def same(first, other):
    a, b = load_file(first), load_file(other)
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


@pytest.mark.parametrize("name", COMPOSERS)
def test_every_recipe_is_of_the_vocabulary_and_has_its_kind_of_size(name):
    settings = read_recipe(name).tables["network"]
    assert settings.vocabulary == len(VOCABULARY)
    assert not list(settings.faults())


def test_one_batch_can_be_learnt_by_heart(streams):
    task = task_of(streams, network={"width": 64}, loop={"learning_rate": 5e-3, "steps": 400})
    batch = task.batch(Draws(0, 0), 2, slice(0, 2))
    losses = [float(task.update(batch, Moment(step, task.recipe.loop, World()))["loss"]) for step in range(150)]
    assert losses[0] == pytest.approx(np.log(len(VOCABULARY)), abs=0.2)
    assert losses[-1] < 0.05


def test_two_halves_of_a_batch_are_the_batch(streams):
    task = task_of(streams)
    whole = task.batch(Draws(3, 8), 8, slice(0, 8))
    halves = [task.batch(Draws(3, 8), 8, rows) for rows in (slice(0, 4), slice(4, 8))]
    for part in ("tokens", "following"):
        assert torch.equal(torch.cat([getattr(half, part) for half in halves]), getattr(whole, part))
    assert not torch.equal(task.batch(Draws(3, 9), 8, slice(0, 8)).tokens, whole.tokens)


def test_what_is_not_counted_costs_nothing(streams):
    task = task_of(streams)
    batch = task.batch(Draws(0, 0), 4, slice(0, 4))
    padded = torch.full((2, batch.tokens.shape[1]), VOCABULARY.id("pad"))
    more = Windows(torch.cat([batch.tokens, padded]), torch.cat([batch.following, torch.full_like(padded, UNCOUNTED)]))
    losses = [task_of(streams).update(each, Moment(0, task.recipe.loop, World()))["loss"] for each in (batch, more)]
    torch.testing.assert_close(*losses)


def test_only_matrices_between_layers_decay(streams):
    task = task_of(streams, loop={"weight_decay": 0.3})
    names = {weight: name for name, weight in task.network.named_parameters()}
    decay = {names[p]: group["weight_decay"] for group in task.optimizers["network"].param_groups for p in group["params"]}
    assert decay == {name: 0.3 if name.endswith("proj.weight") else 0.0 for name in names.values()}


def test_the_dev_part_is_measured_the_same_each_time(streams):
    task = task_of(streams)
    figures = task.evaluate()
    assert figures == task.evaluate() == task_of(streams).evaluate()
    assert set(figures) == {"nats", "nats_quarter", "nats_fill"}
    assert figures["nats"] == pytest.approx(np.log(len(VOCABULARY)), abs=0.2)
    assert figures["nats_quarter"] / figures["nats"] == pytest.approx(float(task.whole.count) / task.quarters)
    fills = task.fills.following[task.fills.following != UNCOUNTED]
    assert VOCABULARY.id("hole") not in fills
    assert VOCABULARY.id("end") in fills


def test_another_vocabulary_is_refused(streams):
    with pytest.raises(ModelError, match=r"vocabulary must be the \d+ tokens of the stream; got 99"):
        task_of(streams, network={"vocabulary": 99})


def test_a_run_leaves_weights_with_their_origin_and_has_learnt(packed, tmp_path):
    weights = train("composer-smoke", packed, tmp_path)
    told = read_told(weights)
    assert told["recipe"]["name"] == "composer-smoke"
    assert told["data"] == {"collections": ["band", "lieder"], "pieces": 32, "works": 32, "licences": ["CC0-1.0"]}
    assert told["vocabulary"] == VOCABULARY.hash
    log = log_of(weights.parent)
    assert [entry["step"] for entry in log if "dev/nats" in entry] == [12, 24]
    losses = [entry["loss"] for entry in log if "loss" in entry]
    assert sum(losses[-4:]) < 0.85 * sum(losses[:4])
    assert all(tensor.isfinite().all() for tensor in load_file(weights).values())


def test_weights_become_a_model_only_of_this_vocabulary(packed, tmp_path, monkeypatch):
    weights = train("composer-smoke", packed, tmp_path, steps=2)
    card = json.loads(export_run(weights, packed, tmp_path / "model", "tiny").read_text())
    assert card["family"] == "composer"
    assert card["recipe"]["network"] == card["settings"]
    assert card["vocabulary_hash"] == VOCABULARY.hash
    assert card["learnt"]["pieces"] == 32
    monkeypatch.setattr("boya.training.shipping.VOCABULARY", Vocabulary((("pad", ("",)),)))
    with pytest.raises(ModelError, match=rf"was trained on vocabulary {VOCABULARY.hash}"):
        load_network(weights)


def test_the_same_seed_gives_the_same_bits_and_another_does_not(packed, tmp_path):
    first, again, other = (
        train("composer-smoke", packed, tmp_path / str(n), steps=3, seed=seed) for n, seed in enumerate((1, 1, 2))
    )
    assert same(first, again)
    assert not same(first, other)


def test_a_torn_run_goes_on_with_the_same_bits(packed, tmp_path, recipe, monkeypatch):
    own = recipe("composer-smoke", loop={"steps": 8, "checkpoint_minutes": 0.0, "evaluate_every": 3, "precision": "bfloat16"})
    whole = train(own, packed, tmp_path / "whole")

    def torn(self, step, figures):
        if step == 5:
            raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("boya.training.journal.Journal.write", torn)
        with pytest.raises(OSError, match="no space"):
            train(own, packed, tmp_path / "torn")
    torn_weights = train(own, packed, tmp_path / "torn")
    assert same(torn_weights, whole)
    assert same(torn_weights.with_name("checkpoint.safetensors"), whole.with_name("checkpoint.safetensors"))


def test_a_compiled_network_learns_the_same(streams, monkeypatch):
    monkeypatch.setattr("torch.compile", lambda nats, dynamic: partial(nats))
    updates = []
    for is_fused in (False, True):
        task = task_of(streams, objective={"is_fused": is_fused})
        assert isinstance(task, ComposerTask)
        assert (task.nats == task.network.nats) != is_fused
        batch = task.batch(Draws(0, 0), 4, slice(0, 4))
        updates.append(task.update(batch, Moment(0, task.recipe.loop, World()))["loss"])
    assert torch.equal(*updates)
    monkeypatch.setenv("CXX", "no-such-compiler")
    assert task_of(streams, objective={"is_fused": True}).evaluate() == task_of(streams).evaluate()
