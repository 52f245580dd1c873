"""The seq2seq area against an autoencoder that forgets nothing, and one that forgets everything."""

import numpy as np
import pytest

from boya.errors import CorpusError
from boya.models.ngram import NGram
from boya.proof import seq2seq
from boya.proof.forcing import Posterior, next_token_accuracy, posterior, teacher_forced
from boya.proof.seq2seq import Case
from boya.proof.setup import Setup
from boya.proof.windows import token_windows

TRIO = ("melody", "bass", "drums")
VOCABULARY = {"melody": 50, "bass": 50, "drums": 512}


class Perfect:
    """Its vector is the phrase itself; so are its graphs' guesses, whatever the past."""

    def __init__(self, tracks, n_bars, segments=1, is_deaf=False):
        self.tracks, self.n_steps, self.is_deaf = tracks, 16 * n_bars, is_deaf
        self.vocabulary = tuple(VOCABULARY[track] for track in tracks)
        self.card = {"settings": {"segments": segments}}
        self.segments = segments
        self.seen = []

    def decode(self, vectors, rng=None, *, temperature=0.0):
        tokens = np.round(vectors).astype(np.int64).reshape(len(vectors), len(self.tracks), self.n_steps)
        return np.zeros_like(tokens) if self.is_deaf else tokens

    def imagine(self, n, rng):
        return np.zeros((n, len(self.tracks) * self.n_steps), np.float32)

    def encode(self, phrase):
        flat = phrase.reshape(len(phrase), -1).astype(np.float32)
        return [flat, np.zeros_like(flat)]

    def conductor(self, latent):
        tokens = self.decode(latent).reshape(len(latent), len(self.tracks), self.segments, -1).transpose(0, 2, 3, 1)
        rows = tokens.reshape(len(latent) * self.segments, -1, len(self.tracks)).astype(np.float32)
        return [rows, np.zeros((1, len(rows), 1), np.float32)]

    def write(self, token, place, vector, state):
        self.seen.append(token)
        guesses = [100 * np.eye(n, dtype=np.float32)[vector[:, t].astype(int)] for t, n in enumerate(self.vocabulary)]
        return [*guesses, state + 1]

    def case(self, name, valid, train):
        graphs = {"encode": self.encode, "conductor": self.conductor, "write": self.write}
        return Case(name, self, graphs, valid, train)


@pytest.fixture
def corpus(setup):
    return setup.corpus()


def test_windows_of_melodies(corpus):
    two, sixteen = (token_windows(corpus, "valid", ("melody",), n) for n in (2, 16))
    assert two.shape == (6 * 16, 1, 32)
    assert sixteen.shape == (6 * 2, 1, 256)
    assert two.max() < 50
    assert (two[:, 0].reshape(-1, 2, 16) > 1).any(axis=2).all()


def test_windows_of_trios(corpus):
    found = token_windows(corpus, "train", TRIO, 16)
    assert found.shape == (8 * 3, 3, 256)
    assert found[:, 1].max() < 50
    assert set(np.unique(found[:, 2])) <= {0, *(1 << bit for bit in range(9))}
    with pytest.raises(CorpusError, match="in test; found none"):
        token_windows(corpus, "test", TRIO, 16)


def measured(name, model, corpus, n_bars):
    valid, train = (token_windows(corpus, split, model.tracks, n_bars) for split in ("valid", "train"))
    rows = list(seq2seq.measure(Setup("seq2seq", quick=True), model.case(name, valid, train)))
    assert len({row.key for row in rows}) == len(rows)
    return {(row.metric, row.model): row for row in rows}


def test_a_perfect_trio_reaches_every_bar(corpus):
    name = "seq2seq-trio-16"
    rows = measured(name, Perfect(TRIO, 16, segments=16), corpus, 16)
    bars = {track: rows[f"16 bars trio, step accuracy {track}", name] for track in TRIO}
    assert {track: row.bar for track, row in bars.items()} == {"melody": 0.75, "bass": 0.77, "drums": 0.86}
    assert all(row.value == 1 and row.holds for row in bars.values())
    assert bars["bass"].published == "MusicVAE 0.77"
    assert rows["16 bars trio, step accuracy, true past, drums", name].value == 1
    copied = rows["16 bars trio, step accuracy melody", "nearest training phrase"]
    assert copied.value < 1
    assert copied.bar is None
    assert rows["16 bars trio, 1 new phrase, weights loaded", name].bar == 0.3


def test_a_deaf_model_fails_and_the_ngram_stands_beside(corpus):
    name = "seq2seq-melody-2"
    rows = measured(name, Perfect(("melody",), 2, is_deaf=True), corpus, 2)
    assert rows["2 bars, step accuracy melody", name].holds is False
    assert rows["2 bars, onset accuracy melody", name].value == 0
    assert ("2 bars, nats a step", "n-gram") in rows
    assert rows["2 bars, 100 new phrases, weights loaded", name].bar == 1.0
    assert not [metric for metric, _ in rows if "morph" in metric]  # all ends are equal: nothing to measure


def test_a_perfect_melody_and_its_morphs(corpus):
    name = "seq2seq-melody-16"
    rows = measured(name, Perfect(("melody",), 16), corpus, 16)
    assert rows["16 bars, step accuracy melody", name].holds is True
    moves = [row.value for (metric, _), row in rows.items() if "morph of 9 points" in metric]
    assert len(moves) == 2
    assert moves[0] <= moves[1]
    vector, phrases = rows["16 bars, nats a step, true past and vector known, melody", name], rows["16 bars, KL", name]
    assert vector.value < 1e-3
    assert rows["16 bars, nats a step", name].value >= phrases.value / 256


def test_segments_begin_with_unknown_and_then_hear_the_truth():
    model = Perfect(("melody", "bass"), 2, segments=2)
    tokens = np.arange(2 * 2 * 32).reshape(2, 2, 32) % 50
    graphs = model.case("x", tokens, tokens).graphs
    found = teacher_forced(graphs, model.encode(tokens)[0], tokens, model.tracks, (50, 50), 2)
    assert found.accuracy == {"melody": 1.0, "bass": 1.0}
    assert model.seen[0].tolist() == [[50, 50]] * 4
    assert model.seen[1].tolist() == [
        tokens[0, :, 0].tolist(),
        tokens[0, :, 16].tolist(),
        tokens[1, :, 0].tolist(),
        tokens[1, :, 16].tolist(),
    ]


def test_nats_of_an_even_guess():
    tokens = np.zeros((3, 1, 4), dtype=np.int64)
    graphs = {
        "conductor": lambda latent: [np.zeros((3, 4, 1), np.float32), np.zeros((1, 3, 1), np.float32)],
        "write": lambda token, place, vector, state: [np.full((3, 8), 7.0, np.float32), state],
    }
    assert teacher_forced(graphs, np.zeros((3, 2), np.float32), tokens, ("melody",), (8,), 1).nats["melody"] == pytest.approx(
        np.log(8)
    )


def test_kl_of_known_distributions():
    standard = Posterior(np.zeros((4, 6), np.float32), np.zeros((4, 6), np.float32))
    assert standard.kl == 0
    moved = Posterior(np.ones((4, 6), np.float32), np.zeros((4, 6), np.float32))
    assert moved.kl == pytest.approx(3)
    tight = Posterior(np.ones((500, 6), np.float32), np.full((500, 6), -8.0, np.float32))
    assert tight.draw(np.random.default_rng(0)) == pytest.approx(np.ones((500, 6)), abs=0.1)


def test_encoding_joins_batches():
    tokens = np.arange(230 * 4).reshape(230, 1, 4)
    found = posterior({"encode": lambda phrase: [phrase[:, 0].astype(np.float32), -phrase[:, 0].astype(np.float32)]}, tokens)
    assert found.mean.tolist() == tokens[:, 0].tolist()
    assert found.log_variance.shape == (230, 4)


@pytest.mark.parametrize("period", [0, 3])
def test_an_ngram_knows_what_repeats(period):
    tokens = np.tile([0, 1, 2], (5, 4))
    model = NGram.fit(tokens, 3, n_tokens=4, period=period)
    assert next_token_accuracy(model, tokens) == 1.0
    assert next_token_accuracy(model, np.full((2, 6), 3)) == 0.0


def test_models_without_weights_are_noted(setup, heard, monkeypatch):
    monkeypatch.setattr(seq2seq, "MODELS", ("seq2seq-of-nobody",))
    assert list(seq2seq.rows(setup)) == []
    assert "seq2seq-of-nobody is left out" in heard[0]
