"""Killed, stopped and shared runs end where an undisturbed run ends."""

import json
import os
import signal
import time

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from boya.errors import ModelError
from boya.training import train
from boya.training.distributed import World
from boya.training.journal import duration_text

from .conftest import TRAIN, start

GAME = {"steps": 6, "checkpoint_minutes": 0.0, "evaluate_every": 3}
NO_THREAD_IS_LEFT = """
from pathlib import Path
left = sorted(path.read_text().strip() for path in Path("/proc/self/task").glob("*/comm"))
assert not any("gloo" in name for name in left), left
"""
LONG = {"steps": 24, "checkpoint_minutes": 0.0, "evaluate_every": 10}


def log_of(folder):
    path = folder / "log.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def wait_for(folder, step, process, seconds=60):
    """Wait until a run has reached a step."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        if any(entry["step"] >= step for entry in log_of(folder)):
            return
        time.sleep(0.005)
    raise AssertionError(process.communicate(timeout=5)[1] if process.poll() is not None else "too slow")


def same(first, other):
    a, b = load_file(first), load_file(other)
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def test_a_run_killed_in_the_middle_ends_with_the_same_bits(packed, tmp_path, recipe):
    own = recipe("seq2seq-trio-smoke", loop=LONG)
    process = start(own, packed, tmp_path / "killed")
    wait_for(tmp_path / "killed" / "own", 7, process)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(timeout=10) == -signal.SIGKILL
    process.communicate()
    assert max(entry["step"] for entry in log_of(tmp_path / "killed" / "own")) < LONG["steps"]
    killed, whole = train(own, packed, tmp_path / "killed"), train(own, packed, tmp_path / "whole")
    assert same(killed, whole)
    assert same(killed.with_name("checkpoint.safetensors"), whole.with_name("checkpoint.safetensors"))
    assert log_of(killed.parent) == log_of(whole.parent)


@pytest.mark.parametrize("name", ["gan-dense-smoke", "gan-likelihood-smoke"])
def test_a_run_of_the_bands_goes_on_with_the_same_bits(packed, tmp_path, recipe, name, monkeypatch):
    own = recipe(name, loop=GAME)
    whole = train(own, packed, tmp_path / "whole")

    def torn(self, step, figures):
        if step == 4:
            raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("boya.training.journal.Journal.write", torn)
        with pytest.raises(OSError, match="no space"):
            train(own, packed, tmp_path / "torn")
    assert same(train(own, packed, tmp_path / "torn"), whole)


def test_a_signal_saves_and_stops(packed, tmp_path, recipe):
    own = recipe("seq2seq-smoke", loop={"steps": 100000, "checkpoint_minutes": 60.0, "evaluate_every": 100000})
    process = start(own, packed, tmp_path)
    wait_for(tmp_path / "own", 3, process)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM, errors
    assert "Traceback" not in errors
    assert (tmp_path / "own" / "checkpoint.safetensors").is_file()
    assert not list((tmp_path / "own").glob(".*"))


@pytest.mark.parametrize(
    ("name", "loop"),
    [
        ("seq2seq-trio-smoke", {"steps": 12, "batch": 8, "evaluate_every": 12}),
        ("composer-smoke", {"steps": 8, "evaluate_every": 8}),
    ],
)
def test_two_processes_follow_the_curve_of_one(packed, tmp_path, recipe, name, loop):
    own = recipe(name, loop=loop)
    script = tmp_path / "run.py"
    script.write_text(TRAIN + NO_THREAD_IS_LEFT)
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    process = start(own, packed, tmp_path / "two", launcher=launcher, code=str(script))
    _, errors = process.communicate(timeout=110)
    assert process.returncode == 0, errors
    train(own, packed, tmp_path / "one")
    one, two = (log_of(tmp_path / runs / "own") for runs in ("one", "two"))
    assert [entry["step"] for entry in one] == [entry["step"] for entry in two]
    for a, b in zip(one, two, strict=True):
        assert a.keys() == b.keys()
        np.testing.assert_allclose([a[key] for key in a], [b[key] for key in b], rtol=1e-4)


def test_a_batch_must_be_shared_equally():
    with pytest.raises(ModelError, match="multiple of the number of processes, 3; got 8"):
        World(rank=0, size=3).rows(8)


def test_durations_are_for_people():
    assert duration_text(3599.6) == "1 h 0 min"


def test_training_needs_no_music_library(packed, tmp_path):
    code = (
        "import sys\n"
        "for name in ('symusic', 'music21', 'onnxruntime', 'onnx', 'sklearn', 'tensorboard', 'scipy', 'verovio'):\n"
        "    sys.modules[name] = None\n"
        "from boya.training import train\n"
        "for recipe in ('seq2seq-smoke', 'gan-dense-smoke'): train(recipe, sys.argv[2], sys.argv[3])\n"
        "train('composer-smoke', sys.argv[2], sys.argv[3], steps=2)\n"
    )
    process = start("-", packed, tmp_path, code=code)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    entries = log_of(tmp_path / "gan-dense-smoke")
    assert [entry["dev/is_linear"] for entry in entries if "dev/is_linear" in entry] == [1.0, 1.0]
