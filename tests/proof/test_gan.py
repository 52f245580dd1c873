"""The GAN area against scripted writers: a perfect one, a silent one, a chaotic one."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

from boya.errors import CorpusError, ModelError
from boya.models.gan import Setting
from boya.proof import gan
from boya.proof.bands import band_phrases
from boya.proof.writers import DenseGan, load_writers, write_all

pytest.importorskip("sklearn", reason="the two-sample test needs scikit-learn")

ROOT = Path(__file__).resolve().parents[2]


class Echo:
    """Writes the very phrases whose chords it is given."""

    styles = ("jazz", "pop", "other")

    def __init__(self):
        self.asked = []

    def write(self, harmony, settings, rng):
        self.asked += settings
        return harmony.copy()


class Silence(Echo):
    def write(self, harmony, settings, rng):
        written = harmony.copy()
        for name in ("melody", "bass", "drums", "chords", "chords_onset", "pad", "pad_onset"):
            written[name] = 0
        return written


class Chaos(Echo):
    def write(self, harmony, settings, rng):
        written = harmony.copy()
        written["melody"] = rng.integers(50, 98, size=harmony.shape)
        written["drums"] = rng.integers(0, 512, size=harmony.shape)
        return written


@pytest.fixture
def valid(setup):
    return band_phrases(setup.corpus(), "valid")


def judged(setup, valid, writer, name="gan"):
    rows = list(gan.judge(setup, valid, [gan.written(name, writer, valid, setup)]))
    assert len({row.key for row in rows}) == len(rows)
    return {row.metric: row for row in rows if row.model == name}


def test_phrases_of_a_split(valid, setup):
    assert valid.frames.shape == (72, 64)
    assert set(valid.pieces.tolist()) == set(range(8, 14))
    assert {s.style for s in valid.settings} == {"pop"}
    assert valid.settings[0].qpm == 98.0
    assert valid.chords.shape == (72, 64, 12)
    assert valid.chords.sum(axis=2).min() == 3
    assert len(valid.thinned(5)) == 5
    with pytest.raises(CorpusError, match="no-such"):
        band_phrases(setup.corpus(), "valid", "no-such")


def test_phrases_need_two_roles(setup):
    with pytest.raises(CorpusError, match="found none"):
        band_phrases(setup.corpus(), "valid", "ewld")  # melodies alone


def test_a_perfect_writer_has_no_gap_and_is_not_told_apart(setup, valid):
    rows = judged(setup, valid, Echo())
    gaps = [row for metric, row in rows.items() if metric.endswith("gap to data")]
    assert all(row.value == 0 and row.holds for row in gaps)
    assert rows["measures within their bars, of 20"].holds is True
    assert rows["two-sample accuracy"].holds is True
    assert rows["two-sample accuracy, 95% interval from"].value <= rows["two-sample accuracy"].value


def test_a_silent_writer_fails(setup, valid, heard):
    rows = judged(setup, valid, Silence())
    assert rows["empty bars melody, gap to data"].value == 100
    assert rows["empty bars melody, gap to data"].holds is False
    assert "used pitch classes melody, gap to data" not in rows
    assert any("used pitch classes melody" in line for line in heard)
    assert rows["measures within their bars, of 20"].holds is False
    assert rows["two-sample accuracy"].value == 100


def test_chaos_is_told_apart(setup, valid):
    rows = judged(setup, valid, Chaos())
    assert rows["two-sample accuracy"].holds is False
    assert rows["drum patterns drums, gap to data"].holds is False
    assert rows["empty bars bass, gap to data"].holds is True


def test_only_the_gan_is_judged(setup, valid):
    rows = judged(setup, valid, Chaos(), "gan-likelihood")
    assert {row.bar for row in rows.values()} == {None}


def test_baselines(setup, valid):
    train = band_phrases(setup.corpus(), "train")
    found = {c.name: c for c in gan.baselines(train, len(valid), setup)}
    assert list(found) == ["data (train)", "independent tracks", "n-gram"]
    assert {c.rolls.shape for c in found.values()} == {(72, 5, 64, 128)}
    rows = list(gan.judge(setup, valid, list(found.values())))
    assert {row.holds for row in rows} == {None}
    assert {row.model for row in rows} == {*found, "data (valid)"}


def test_the_whole_area_with_a_fake(setup, monkeypatch):
    monkeypatch.setattr(gan, "baselines", lambda train, size, setup: [])
    monkeypatch.setattr(gan, "load_writers", lambda folder, note: {"gan-dense": Chaos(), "gan": Echo()})
    rows = list(gan.rows(setup))
    assert len({row.key for row in rows}) == len(rows)
    speeds = [row for row in rows if row.metric.startswith("100 phrases")]
    assert [(row.model, row.bar) for row in speeds] == [("gan-dense", None), ("gan", 1.0)]
    again = list(gan.rows(setup))
    still = [(r.key, r.value) for r in rows if r not in speeds]
    assert still == [(r.key, r.value) for r in again if not r.metric.startswith("100 phrases")]


def test_styles_a_model_does_not_know_are_its_last(valid):
    echo = Echo()
    write_all(
        echo, valid.frames[:3], (Setting("pop"), Setting("gagaku", "minor", 80.0), Setting("jazz")), np.random.default_rng(0)
    )
    assert echo.asked == [Setting("pop"), Setting("other", "minor", 80.0), Setting("jazz")]


def test_models_without_weights_are_noted(tmp_path, heard, monkeypatch):
    monkeypatch.setattr("boya.proof.writers.available", list)
    assert load_writers(tmp_path, heard.append) == {}
    assert [line.split()[1] for line in heard] == ["gan-dense", "gan-likelihood", "gan"]


def test_the_dense_generator_writes_frames(tmp_path, monkeypatch):
    card = {"family": "gan-dense", "styles": ["pop", "other"], "settings": {"noise": 8}}
    (tmp_path / "gan-dense.json").write_text(json.dumps(card))

    def graph(*, noise, harmony, style, mode, tempo):
        assert noise.shape == (2, 8)
        assert harmony.shape == (2, 64, 38)
        assert [v.tolist() for v in (style, mode, tempo)] == [[0, 1], [0, 1], [0, 3]]
        flat = np.zeros((2, 64, 301), np.float32)
        flat[:, :, 0] = 1  # the first drum class
        flat[:, 0, 9 + 2] = 1  # the lowest bass pitch
        return [flat]

    monkeypatch.setattr("boya.proof.writers.graphs", lambda name, folder: {"write": graph})
    harmony = np.zeros((2, 64), dtype=band_dtype())
    harmony["root"] = harmony["root_bass"] = -1
    settings = [Setting("pop", "major", 70.0), Setting("other", "minor", 200.0)]
    written = DenseGan(folder=tmp_path).write(harmony, settings, np.random.default_rng(0))
    assert written["drums"].min() == 1
    assert written["bass"][0, 0] == 2 + 24
    (tmp_path / "gan-dense.json").write_text(json.dumps(card | {"family": "gan"}))
    with pytest.raises(ModelError, match="not a gan-dense"):
        DenseGan(folder=tmp_path)


def test_a_trained_dense_generator_can_be_exported(valid, tmp_path):
    torch = pytest.importorskip("torch", reason="exporting needs torch")
    pytest.importorskip("onnx", reason="exporting needs onnx")
    networks = pytest.importorskip("boya.models.networks.gan_discriminator")
    export = runpy.run_path(str(ROOT / "benchmarks" / "export_dense.py"))["export"]
    torch.manual_seed(0)
    network = networks.DenseGenerator(networks.DenseSettings(noise=8, hidden=16, bar=8))
    export(network, ["pop", "other"], tmp_path)
    dense = DenseGan(folder=tmp_path)
    written = write_all(dense, valid.frames[:3], valid.settings[:3], np.random.default_rng(0))
    again = write_all(dense, valid.frames[:3], valid.settings[:3], np.random.default_rng(0))
    assert written.tobytes() == again.tobytes()
    assert written["root"].tolist() == valid.frames[:3]["root"].tolist()
    assert not np.array_equal(written["drums"], valid.frames[:3]["drums"])


def band_dtype():
    from boya.representation.frames import FRAME_DTYPE

    return FRAME_DTYPE
