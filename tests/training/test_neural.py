"""Neural instruments are trained, exported, and play what the networks in torch say."""

import json

import numpy as np
import pytest
import torch

from boya.errors import ModelError
from boya.models.networks.ddsp import Ddsp, DdspSettings
from boya.models.networks.wavenet import WaveNet, WaveNetSettings
from boya.sound.neural import ddsp, wavenet
from boya.sound.neural.controls import N_CONTROLS, with_level
from boya.sound.neural.phases import harmonic_phases
from boya.sound.neural.playing import Wish, draws, rows_of
from boya.sound.neural.teacher import part_of
from boya.sound.neural.weights import Network, read_network
from boya.training import export_run, train
from boya.training.checkpoint import read_told
from boya.training.ddsp import Parts, Synthesis
from boya.training.distributed import join_world
from boya.training.draws import Draws
from boya.training.recipe import read_recipe
from boya.training.start import build_task
from boya.training.task import Moment
from boya.training.tones import load_tones

RATE, HOP = 16000, 80
SMALL = {"channels": 6, "skips": 6, "layers": 3, "cycle": 3, "harmonics": 3, "control": 6, "head": 6, "performer": 6}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tones")


@pytest.fixture(scope="module", params=["wavenet", "ddsp"])
def trained(request, folder):
    return request.param, train(f"{request.param}-smoke", folder, folder / "runs")


def playable(network, teachers, **more):
    card = {"settings": vars(network.settings), "data": {"teachers": teachers, "pitches": {t: [40, 90] for t in teachers}}}
    card |= {"longest": 1.0, "sample_rate": RATE, "held": dict.fromkeys(teachers, True)}
    return Network(card | more, {name: tensor.detach().numpy() for name, tensor in network.state_dict().items()})


def wavenet_of(**sizes):
    torch.manual_seed(1)
    network = WaveNet(WaveNetSettings(controls=N_CONTROLS + 1, **(SMALL | sizes)))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(1.5)
    return network


def test_cached_generation_is_the_network_in_torch():
    network = wavenet_of()
    played = playable(network, ["guitar"], phases={"guitar": [[40, 0.2], [90, 0.4]]})
    wish, level = Wish("guitar", 261.63, 0.5, 800), np.linspace(-10, -30, 6)
    heard = wavenet.generated(played, wish, level, temperature=1.0)
    lead = 1
    frames = np.arange(-lead, len(level))
    controls = with_level(rows_of(played, wish, frames * HOP / RATE), level[np.maximum(frames, 0)])
    samples = np.concatenate([np.zeros(lead * HOP), heard])
    phases = harmonic_phases(wish.frequency, wavenet._first_turn(played, wish), np.arange(len(samples)) - lead * HOP, RATE, 3)
    told = (torch.tensor(part, dtype=torch.float32)[None] for part in (np.append(0, samples[:-1]), phases, controls))
    with torch.no_grad():
        mean, log_scale = network(*told)
    drawn = mean[0].numpy() + np.exp(log_scale[0].numpy()) * np.append(np.zeros(lead * HOP), draws(wish, len(heard)))
    assert np.abs(drawn[lead * HOP :] - heard).max() < 1e-5


def test_a_sample_depends_on_nothing_that_comes_after_it():
    network = wavenet_of()
    before, phases, controls = torch.randn(1, 160), torch.randn(1, 6, 160), torch.randn(1, 3, N_CONTROLS + 2)
    first = network(before, phases, controls)[0]
    changed = before.clone()
    changed[0, 100:] += 1
    second = network(changed, phases, controls)[0]
    assert torch.equal(first[0, :100], second[0, :100])
    assert (first[0, 100:] - second[0, 100:]).abs().max() > 1e-4
    reached = before.clone()
    reached[0, 20] += 1
    apart = (network(reached, phases, controls)[0] - first)[0].abs()
    assert apart[20 : 20 + network.settings.reach].max() > 1e-5
    assert apart[20 + network.settings.reach :].max() < 1e-6


def test_the_decoder_in_numpy_is_the_one_in_torch():
    torch.manual_seed(2)
    network = Ddsp(DdspSettings(controls=N_CONTROLS + 1, hidden=12, layers=2, harmonics=20, bands=6, performer=4))
    with torch.no_grad():
        network.out.bias[20:] += 4
    played = playable(network, ["cello"])
    wish, level = Wish("cello", 220.0, 0.4, 10 * HOP), np.linspace(-30, 0, 11)
    ours = ddsp.play(played, wish, RATE, level)
    tensors = [with_level(rows_of(played, wish, np.arange(11) * 0.005), level), level, *_sines(wish), draws(wish, 10 * HOP)]
    controls, loud, sines, angles, noise = (torch.tensor(part, dtype=torch.float32)[None] for part in tensors)
    parts = Parts(torch.zeros(()), controls, loud, sines, angles, noise)
    with torch.no_grad():
        theirs = Synthesis(network.settings, RATE, torch.device("cpu"))(*network(controls), parts)
    assert np.std(ours) > 1e-3
    assert np.abs(theirs[0].numpy() - ours).max() < 1e-5


def _sines(wish):
    """The sines of a frame, and the angles at the start of each."""
    from boya.sound.neural.bands import frame_sines, start_angles

    turns = np.outer(np.arange(1, 21), np.arange(10) * wish.frequency * HOP / RATE) % 1
    return frame_sines(wish.frequency, 20, HOP, RATE), 2 * np.pi * turns + start_angles(20)[:, None]


@pytest.mark.parametrize("name", ["wavenet", "ddsp"])
def test_one_batch_is_learnt_by_heart(name, folder):
    recipe = read_recipe(f"{name}-smoke", changes={"loop": {"learning_rate": 1e-2, "warmup": 0}})
    task = build_task(recipe, load_tones(folder, recipe.tables["data"]), torch.device("cpu"))
    batch = task.batch(Draws(0, 0), 2, slice(0, 2))
    with join_world() as world:
        figures = [task.update(batch, Moment(0, recipe.loop, world)) for _ in range(40)]
    loss = "nats" if name == "wavenet" else "loss"
    assert float(figures[-1][loss]) < float(figures[0][loss]) - 0.3
    assert float(figures[-1]["level"]) < 0.6 * float(figures[0]["level"])


def test_a_run_says_what_it_learnt_from_and_is_exported(trained, folder, tmp_path):
    family, weights = trained
    told = read_told(weights)
    (name,) = told["data"]["teachers"]
    assert told["data"]["origin"] == "rendered from the live voices of Boya"
    assert {part_of(pitch) for pitch in told["data"]["pitches"][name]} == {"train"}
    card = json.loads(export_run(weights, folder, tmp_path, "own").read_text())
    assert card["recipe"]["family"] == family
    assert card["data"]["licence"] == "Apache-2.0"
    play = {"wavenet": wavenet.play, "ddsp": ddsp.play}[family]
    tone = play(read_network(tmp_path, "own"), Wish(name, 440.0, 0.5, 2000), 22050)
    assert len(tone) == 2000
    assert np.isfinite(tone).all()


def test_tones_are_rendered_once_and_hold_no_unseen_pitch(folder):
    settings = read_recipe("ddsp-smoke").tables["data"]
    first = load_tones(folder, settings)
    assert {part_of(pitch) for pitch in np.unique(first.rows["pitch"]).tolist()} == {"train", "dev"}
    kept = {file: file.stat().st_mtime_ns for file in folder.glob("*.npz")}
    assert np.array_equal(load_tones(folder, settings).audio, first.audio)
    assert {file: file.stat().st_mtime_ns for file in folder.glob("*.npz")} == kept


def test_mistakes_are_named(folder, tmp_path, packed):
    from boya.corpus import open_packed

    with pytest.raises(ModelError, match=r"teachers must be among violin, .*; got 'kazoo'"):
        load_tones(folder, read_recipe("ddsp", changes={"data": {"teachers": ["kazoo"]}}).tables["data"])
    with pytest.raises(ModelError, match="name a folder to render them into"):
        train("ddsp-smoke", open_packed(packed), tmp_path)
    wrong = read_recipe("ddsp-smoke", changes={"network": {"controls": 3}})
    with pytest.raises(ModelError, match="controls of a network with 1 teachers must be 16; got 3"):
        build_task(wrong, load_tones(folder, wrong.tables["data"]), torch.device("cpu"))
    settings = read_recipe("ddsp-smoke", changes={"data": {"every": 9}}).tables["data"]
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="folder that can be written to"):
        load_tones(tmp_path / "file" / "tones", settings)


@pytest.mark.parametrize(
    ("recipe", "table", "change", "message"),
    [
        ("wavenet", "objective", {"noise": [0.1, 0.01]}, "noise must be two numbers"),
        ("wavenet", "data", {"sample_rate": 10}, "sample_rate must be at least 8000"),
        ("ddsp", "objective", {"second": 0.0}, "second must be at least 0.1"),
    ],
)
def test_settings_out_of_range_are_named(recipe, table, change, message):
    with pytest.raises(ModelError, match=message):
        read_recipe(recipe, changes={table: change})
