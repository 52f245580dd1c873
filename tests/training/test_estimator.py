"""Two lines from data to new music."""

import json

import numpy as np
import pytest

from boya.errors import ModelError
from boya.files import write
from boya.models.gan import Setting
from boya.representation.frames import FRAME_DTYPE
from boya.training import Gan, Seq2Seq, export_run, train

from .conftest import band


def test_a_seq2seq_is_fitted_and_writes(packed, tmp_path):
    model = Seq2Seq("seq2seq-trio-smoke", tmp_path, steps=4).fit(packed)
    phrases, again = (model.generate(3, np.random.default_rng(5), temperature=1.0) for _ in range(2))
    assert phrases.shape == (3, 3, 32)
    assert np.array_equal(phrases, again)
    assert phrases[:, :2].max() < 50
    card = json.loads((tmp_path / "model" / "model.json").read_text())
    assert card["learnt"]["pieces"] == 32
    assert card["recipe"]["loop"]["steps"] == 4
    assert 0 <= card["figures"]["dev"]["accuracy"] <= 1


def test_a_gan_is_fitted_on_a_folder_of_music_and_writes(tmp_path):
    (tmp_path / "music").mkdir()
    for seed in range(12):
        write(band(seed), tmp_path / "music" / f"{seed}.mid")
    model = Gan("gan-likelihood-smoke", tmp_path / "run", steps=2).fit(tmp_path / "music")
    harmony = np.zeros((2, 64), dtype=FRAME_DTYPE)
    harmony["chroma"] = 0b10010001
    written = model.generate(harmony, [Setting("jazz"), Setting("other")], np.random.default_rng(0))
    assert written.shape == (2, 64)
    assert (written["chroma"] == harmony["chroma"]).all()


def test_before_fit_and_with_another_family_errors_say_so(packed, tmp_path):
    with pytest.raises(ModelError, match="call fit first"):
        Seq2Seq().generate(1, np.random.default_rng(0))
    with pytest.raises(ModelError, match="fits recipes of seq2seq; gan is of gan"):
        Seq2Seq("gan").fit(packed)
    weights = train("gan-dense-smoke", packed, tmp_path, steps=2)
    with pytest.raises(ModelError, match="trained to be compared"):
        export_run(weights, packed, tmp_path / "out")
