"""A composer's rows: however their tokens are read, in whatever company, their scores are the same; memory is kept in place."""

import json

import numpy as np
import pytest

from boya.errors import ModelError, RequestError
from boya.models import composer as module
from boya.models.composer import STRIDE, Composer, write
from boya.models.networks.composer import ComposerSettings
from boya.representation.stream import VOCABULARY
from boya.training.composer_export import export_composer
from boya.training.composer_graph import shapes

SETTINGS = ComposerSettings(width=64, layers=2, heads=4, kv_heads=2, feed_forward=96, context=600, vocabulary=len(VOCABULARY))
KINDS = {
    "float32": {"precision": "float32"},
    "int8": {"precision": "int8"},
    "int4": {"precision": "int4"},
    "int8 throughout": {"precision": "int8", "heard": np.random.default_rng(9).integers(0, len(VOCABULARY), (4, 200))},
}


def some_tokens(rows, time, seed=1):
    return np.random.default_rng(seed).integers(0, SETTINGS.vocabulary, (rows, time))


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    rng, made = np.random.default_rng(0), tmp_path_factory.mktemp("composers")
    weights = {name: (rng.standard_normal(shape) * 0.15 + (len(shape) == 1)) for name, shape in shapes(SETTINGS).items()}
    for name, options in KINDS.items():
        export_composer(weights, SETTINGS, made, name, {}, **options)
    return made


@pytest.fixture(params=KINDS)
def composer(request, folder):
    return Composer(request.param, folder)


@pytest.fixture
def exact(folder):
    return Composer("float32", folder)


def steps(session, tokens):
    """Read tokens one by one; scores of the last."""
    for token in tokens.T:
        logits = session.feed(token[:, None])
    return logits


@pytest.mark.parametrize("time", [1, 2, STRIDE, STRIDE + 1, 200, 600])
def test_read_at_once_or_step_by_step(exact, time):
    tokens = some_tokens(2, time)
    whole = exact.session(2).score(tokens)
    assert whole.shape == (2, time, SETTINGS.vocabulary)
    np.testing.assert_allclose(exact.session(2).feed(tokens), whole[:, -1], atol=1e-5)
    np.testing.assert_allclose(steps(exact.session(2), tokens), whole[:, -1], atol=1e-4)
    for cut in {1, time // 2, time - 1} - {0, time}:
        session = exact.session(2)
        session.feed(tokens[:, :cut])
        np.testing.assert_allclose(session.feed(tokens[:, cut:]), whole[:, -1], atol=1e-4)
        assert session.length == time


def test_a_row_is_the_same_bits_in_any_company(composer):
    tokens = some_tokens(5, 90)
    alone = steps(composer.session(1), tokens[:1])
    for n in (2, 3, 5):
        np.testing.assert_array_equal(steps(composer.session(n), tokens[:n])[0], alone[0])


def test_rows_of_different_lengths_do_not_disturb_each_other(composer):
    tokens, together = some_tokens(3, 80), composer.session(3)
    for row, length in enumerate((40, 0, 7)):
        if length:
            together.feed_row(row, tokens[row, :length])
    found = steps(together, tokens[:, 40:60])
    assert together.lengths.tolist() == [60, 20, 27]
    for row, length in enumerate((40, 0, 7)):
        alone = composer.session(1)
        if length:
            alone.feed(tokens[row : row + 1, :length])
        np.testing.assert_array_equal(steps(alone, tokens[row : row + 1, 40:60])[0], found[row])


def test_spread_rows_are_equal_and_then_go_their_own_ways(composer):
    tokens, one = some_tokens(1, 100), composer.session(1)
    one.feed(tokens)
    rows = one.spread(3)
    same = rows.feed([[5]] * 3)
    np.testing.assert_array_equal(same, np.repeat(one.feed([[5]]), 3, axis=0))
    different = rows.feed([[5], [6], [5]])
    np.testing.assert_array_equal(different[0], different[2])
    assert np.abs(different[0] - different[1]).max() > 0.01
    np.testing.assert_array_equal(one.feed([[5]])[0], different[0])
    with pytest.raises(RequestError, match="this one has 3"):
        rows.spread(2)


def test_what_is_forgotten_leaves_no_trace(composer):
    tokens = some_tokens(2, 120)
    session = composer.session(2)
    session.feed(tokens[:, :70])
    first = steps(session, tokens[:, 70:90])
    steps(session, tokens[:, 90:])
    session.truncate(70)
    assert session.length == 70
    np.testing.assert_array_equal(steps(session, tokens[:, 70:90]), first)
    session.truncate(500)
    assert session.length == 90
    session.truncate(0)
    np.testing.assert_array_equal(session.feed(tokens[:, :70]), composer.session(2).feed(tokens[:, :70]))


def test_kept_rows_go_on_as_if_nothing_had_happened(composer):
    tokens = some_tokens(4, 60)
    whole, fewer = composer.session(4), composer.session(4)
    for session in (whole, fewer):
        session.feed(tokens[:, :30])
        session.feed_row(2, tokens[2, :5])
    fewer.keep([0, 1, 2, 3])
    fewer.keep([1, 2])
    assert fewer.lengths.tolist() == [30, 35]
    np.testing.assert_array_equal(steps(fewer, tokens[1:3, 30:]), steps(whole, tokens[:, 30:])[1:3])
    np.testing.assert_array_equal(fewer.feed_row(1, [1, 2, 3]), whole.feed_row(2, [1, 2, 3]))
    for rows in ([], [2], [1, 0], [0, 0], [-1, 0]):
        with pytest.raises(RequestError, match="rows must be some of 0-1 in rising order"):
            fewer.keep(rows)


def test_the_memory_is_written_in_place(composer):
    session = composer.session(2)
    session.feed(some_tokens(2, 10))
    session.feed([[1], [2]])
    memory = session._memory
    assert memory.dtype == ("int8" if composer.card["memory"] == "int8" else "float32")
    assert memory[..., :11, :].any(axis=(0, 1, 3, 5)).all()
    assert not memory[..., 11:, :].any()


def test_memory_that_grows_changes_nothing(composer, monkeypatch):
    tokens, sessions = some_tokens(3, 540), [composer.session(3)]
    monkeypatch.setattr(module, "FIRST_CAPACITY", 600)
    sessions.append(composer.session(3))
    ends = []
    for session in sessions:
        session.feed(tokens[:, :250])
        session.keep([0, 2])
        session.feed_row(1, tokens[1, 250:270])
        ends.append(steps(session, tokens[:2, 270:540]))
    assert [session._memory.shape[4] for session in sessions] == [600, 600]
    np.testing.assert_array_equal(*ends)


def test_a_prompt_is_read_once(composer, folder, monkeypatch):
    read = []
    once = module.Session._read
    monkeypatch.setattr(
        module.Session, "_read", lambda self, row, tokens, **k: read.append(len(tokens)) or once(self, row, tokens, **k)
    )
    prompt = some_tokens(1, 200)[0]
    other = np.concatenate([prompt[:150], some_tokens(1, 40, seed=2)[0]])
    results = [composer.read(tokens, 2) for tokens in (prompt, prompt, other, prompt[:10])]
    assert read == [200, 200 - 3 * STRIDE, 190 - 2 * STRIDE, 10]
    for tokens, (session, logits) in zip((prompt, prompt, other, prompt[:10]), results, strict=True):
        fresh, wanted = Composer(composer.card["name"], folder).read(tokens, 2)
        np.testing.assert_array_equal(logits, wanted)
        np.testing.assert_array_equal(session.feed([[1], [2]]), fresh.feed([[1], [2]]))


class Guide:
    """Any tokens, some forced, from a seed."""

    def __init__(self, seed, n):
        self.n, self.rng, self.n_taken = n, np.random.default_rng(seed), 0
        self.script = {int(first) + k: 700 + k for first in self.rng.integers(0, n, 3) for k in range(self.rng.integers(1, 9))}

    @property
    def is_done(self):
        return self.n_taken >= self.n

    def forced(self):
        return self.script.get(self.n_taken)

    def allowed(self):
        return np.random.default_rng(self.n_taken).random(len(VOCABULARY)) < 0.5

    def take(self, token):
        self.n_taken += 1


def test_written_rows_do_not_depend_on_their_neighbours(composer):
    prompt = some_tokens(1, 100)[0]

    def written(n):
        guides = [Guide(seed, length) for seed, length in enumerate((60, 25, 90, 40)[:n])]
        return [row.tolist() for row in write(composer, prompt, guides, np.random.default_rng(3), top_p=0.9)]

    together = written(4)
    assert [len(row) for row in together] == [60, 25, 90, 40]
    assert together == written(4)
    for n in (1, 2, 3):
        assert written(n) == together[:n]


def test_tokens_that_cannot_be_read(exact):
    session = exact.session(2)
    for tokens in ([[1]], [1, 2], np.zeros((2, 0), dtype=int), np.zeros((2, 1, 1), dtype=int)):
        with pytest.raises(RequestError, match=r"tokens must be shaped \(2, 1 or more\)"):
            session.feed(tokens)
    for tokens, found in (([[0], [SETTINGS.vocabulary]], SETTINGS.vocabulary), ([[-1], [0]], -1), ([[0.5], [1.0]], "float64")):
        with pytest.raises(RequestError, match=f"a token must be a whole number, 0-{SETTINGS.vocabulary - 1}; got .*{found}"):
            session.feed(tokens)
    session.feed(some_tokens(2, 599))
    with pytest.raises(RequestError, match="the context holds 600 tokens; 599 are read and 2 more were given"):
        session.feed_row(1, [1, 2])
    session.feed([[1], [1]])
    with pytest.raises(RequestError, match="600 are read and 1 more"):
        session.feed([[1], [1]])
    for prompt in (np.zeros(0, dtype=int), [[1, 2]]):
        with pytest.raises(RequestError, match="a prompt must be one row of tokens"):
            exact.read(prompt)
    with pytest.raises(RequestError, match="0 or more; got -1"):
        session.truncate(-1)
    with pytest.raises(RequestError, match="at least 1 row"):
        exact.session(0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"family": "gan"}, "is a gan model, not a composer"),
        ({"vocabulary_hash": "0" * 16}, "another vocabulary"),
        ({"settings": {"width": 64}}, "must name its settings"),
        ({"onnxruntime": "99.1"}, "needs onnxruntime 99.1 or later; got .* pip install -U onnxruntime"),
    ],
)
def test_cards_that_do_not_fit(folder, tmp_path, change, message):
    card = json.loads((folder / "int8.json").read_text()) | change
    (tmp_path / "own.json").write_text(json.dumps(card))
    (tmp_path / "own.decoder.onnx").write_bytes((folder / "int8.decoder.onnx").read_bytes())
    with pytest.raises(ModelError, match=message):
        Composer("own", tmp_path)


def test_graphs_that_do_not_fit_their_card(folder, tmp_path):
    card = json.loads((folder / "int8.json").read_text())
    (tmp_path / "own.json").write_text(json.dumps(card))
    with pytest.raises(ModelError, match="weights of 'own' are missing"):
        Composer("own", tmp_path)
    (tmp_path / "own.decoder.onnx").write_bytes((folder / "int8.decoder.onnx").read_bytes()[:-500])
    with pytest.raises(ModelError, match="not a network ONNX Runtime can load"):
        Composer("own", tmp_path)
    for change in ({"layers": 3}, {"kv_heads": 1}, {"heads": 2}):
        (tmp_path / "own.json").write_text(json.dumps(card | {"settings": card["settings"] | change}))
        (tmp_path / "own.decoder.onnx").write_bytes((folder / "int8.decoder.onnx").read_bytes())
        module.graphs.cache_clear()
        with pytest.raises(ModelError, match="does not fit its card"):
            Composer("own", tmp_path).session(1).feed([[1, 2]])
