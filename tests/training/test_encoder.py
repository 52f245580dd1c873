"""The encoder's windows, training and export."""

import numpy as np
import pytest
import torch

from boya.corpus import open_packed
from boya.errors import ModelError, RequestError
from boya.models.encoder import Encoder
from boya.models.networks.encoder import EncoderNetwork, EncoderSettings
from boya.representation.note_rows import FIELDS, UNKNOWN, note_rows
from boya.score import Score
from boya.training import train
from boya.training.checkpoint import read_told
from boya.training.encoder_export import export_encoder
from boya.training.note_corpus import draw_windows, load_notes
from boya.training.rounding import rounded
from boya.training.settings import HidingSettings
from boya.training.shipping import export_run

SMALL = EncoderSettings(width=16, layers=2, heads=2, feed_forward=24, context=32, vector=8)


@pytest.fixture(scope="module")
def corpus(packed):
    return load_notes(open_packed(packed))


def test_a_window_shows_all_but_what_is_hidden(corpus):
    windows = draw_windows(corpus, np.array([0, 5, 9]), 64, HidingSettings(bar_share=0.5), np.random.default_rng(3))
    is_hidden = windows.hidden != UNKNOWN
    assert is_hidden.any()
    assert (windows.values[is_hidden] == UNKNOWN).all()
    assert ((windows.values >= 0) | is_hidden)[windows.is_note][:, :4].all()
    position = list(FIELDS).index("position")
    told = windows.time[:, 1:] - windows.time[:, :-1]
    assert (told[~is_hidden[:, 1:, position] & ~is_hidden[:, :-1, position]] >= 0).all()


def test_a_hidden_position_is_not_told_by_its_time(corpus):
    everything = HidingSettings(note_share=1.0)
    windows = draw_windows(corpus, np.array([2]), 64, everything, np.random.default_rng(1))
    assert set(np.unique(windows.time % 48)) == {0}


def test_rows_are_kept_beside_the_corpus(packed, corpus, tmp_path):
    first, again = (load_notes(open_packed(packed), (), tmp_path) for _ in range(2))
    assert len(list(tmp_path.iterdir())) == 1
    for name, array in corpus.arrays.items():
        assert np.array_equal(array, first.arrays[name])
        assert np.array_equal(array, again.arrays[name])


def test_a_run_leaves_an_encoder_that_hears(packed, tmp_path):
    weights = train("encoder-smoke", packed, tmp_path)
    assert read_told(weights)["figures"]["hidden"] < np.log(32)
    card = export_run(weights, packed, tmp_path / "models", "small")
    encoder = Encoder("small", card.parent)
    rows = note_rows(open_packed(packed).score(0))
    parts = encoder.parts(rows)
    assert parts.shape == (len(rows), 3)
    assert np.allclose(parts.sum(axis=1), 1, atol=1e-5)


def test_the_graph_agrees_with_torch(tmp_path):
    torch.manual_seed(2)
    network = EncoderNetwork(SMALL)
    export_encoder(network, tmp_path, "small", {})
    exact = rounded(network, 10_000)
    rng = np.random.default_rng(4)
    values = rng.integers(-1, list(FIELDS.values()), (3, SMALL.context, len(FIELDS)))
    time, is_note = np.sort(rng.integers(0, 400, (3, SMALL.context))), np.arange(SMALL.context) < np.array([[32], [9], [1]])
    found = Encoder("small", tmp_path)._graph(values=values, time=time, is_note=is_note)
    wanted = exact(*(torch.from_numpy(array) for array in (values, time, is_note)))
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_allclose(a, b.detach().numpy(), atol=1e-4)


def test_notes_that_are_not_there_are_not_heard():
    torch.manual_seed(5)
    network = EncoderNetwork(SMALL).eval()
    values, time = torch.randint(0, 20, (1, 12, len(FIELDS))), torch.arange(12)[None]
    whole = network(values[:, :7], time[:, :7], torch.ones(1, 7, dtype=torch.bool))
    padded = network(values, time, torch.arange(12)[None] < 7)
    assert torch.allclose(whole[0], padded[0][:, :7], atol=1e-5)
    assert torch.allclose(whole[1], padded[1], atol=1e-5)


def test_other_models_and_silence_are_refused(tmp_path):
    export_encoder(EncoderNetwork(SMALL), tmp_path, "small", {})
    with pytest.raises(RequestError, match="no notes"):
        Encoder("small", tmp_path).vector(note_rows(Score()))
    export_encoder(EncoderNetwork(SMALL), tmp_path, "other", {"parts": ["other"]})
    with pytest.raises(ModelError, match="other notes"):
        Encoder("other", tmp_path)
    with pytest.raises(ModelError, match="not an encoder"):
        Encoder("composer")
