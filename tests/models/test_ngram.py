"""The n-gram family: a proper distribution, honest lookups, the same music after saving, phrases like those learnt."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.errors import FileError, FormatError, InputError, ModelError
from boya.models.backoff import BackoffTable
from boya.models.frame_contexts import COLUMNS, context_at
from boya.models.frame_tokens import FrameAlphabet
from boya.models.ngram import NGram, PhraseNgram

counted = st.integers(1, 40).flatmap(
    lambda n: st.tuples(
        st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=n, max_size=n),
        st.lists(st.integers(0, 5), min_size=n, max_size=n),
    )
)


def vamp(n: int = 12, seed: int = 0) -> np.ndarray:
    """A band that plays one figure in one of two keys: roots, off-beat triads, kick and snare, a tune of eighths."""
    rng = np.random.default_rng(seed)
    rolls = np.zeros((n, 5, 64, 128), np.uint8)
    for roll, root in zip(rolls, rng.choice([0, 5], n), strict=True):
        roll[2, ::8, 36 + root] = 2
        for pitch in (60, 64, 67):
            roll[1, 4::8, pitch + root] = 2
            roll[1, 5::8, pitch + root] = 1
        roll[4, ::8, 36] = roll[4, 4::8, 38] = 2
        roll[0, ::2, 72 + root] = 2
        roll[0, 1::2, 72 + root] = 1
    return rolls


@settings(max_examples=40, deadline=None)
@given(counted, st.sampled_from([0.5, 1.0, 6.0]))
def test_probabilities_are_a_distribution_and_agree_with_log_prob(data, strength):
    contexts, targets = data
    table = BackoffTable.fit(contexts, targets, n_tokens=6, strength=strength)
    asked = np.array([*contexts, (9, 9), (0, 99)])
    probability = table.probabilities(asked)
    assert np.allclose(probability.sum(axis=1), 1)
    assert (probability > 0).all()
    for token in range(6):
        assert np.allclose(table.log_prob(asked, np.full(len(asked), token)), np.log(probability[:, token]))


def test_witten_bell_by_hand():
    """After 0: token 1 twice, 0 once; N = 3, T = 2, so 2/5 goes down. Below: 2 and 2 of 4, T = 2, so 2/6 goes down."""
    table = BackoffTable.fit([[0], [0], [0], [1]], [1, 1, 0, 0], n_tokens=2)
    below = 2 / 6 + 2 / 6 * 0.5
    assert table.probabilities([[0]])[0] == pytest.approx([1 / 5 + 2 / 5 * below, 2 / 5 + 2 / 5 * below])


def test_draws_follow_the_probabilities():
    rng = np.random.default_rng(0)
    table = BackoffTable.fit(rng.integers(0, 3, (200, 2)), rng.integers(0, 5, 200) ** 2 // 5, n_tokens=5)
    drawn = np.bincount(table.draw(np.tile([[1, 2]], (40_000, 1)), rng), minlength=5) / 40_000
    assert np.abs(drawn - table.probabilities([[1, 2]])[0]).max() < 0.01


@pytest.mark.parametrize(
    ("contexts", "targets", "n_tokens"), [([[0]], [2], 2), ([[0]], [0, 1], 2), ([0], [0], 2), ([[-1]], [0], 2), ([[0]], [0], 0)]
)
def test_fit_refuses_what_does_not_fit(contexts, targets, n_tokens):
    with pytest.raises(InputError, match=r"fit needs|targets must"):
        BackoffTable.fit(contexts, targets, n_tokens)


def test_queries_are_checked():
    table = BackoffTable.fit([[0]], [0], 2)
    with pytest.raises(InputError, match="shape"):
        table.probabilities([[0, 0]])
    with pytest.raises(InputError, match="one token 0-1"):
        table.log_prob([[0]], [2])
    with pytest.raises(InputError, match="strength"):
        BackoffTable.fit([[0]], [0], 2, strength=0)


def test_longer_context_helps_on_regular_music():
    scale = np.tile([0, 2, 4, 2, 0, 4, 7, 4], 20)
    tune = np.stack([np.roll(scale, k) for k in range(8)])
    nats = [NGram.fit(tune, order).nats_per_token(tune[:2]) for order in (1, 2, 4)]
    assert nats[0] > nats[1] > nats[2]


def test_period_tells_the_place_in_the_bar():
    rng = np.random.default_rng(3)
    tune = rng.integers(0, 2, (50, 64))
    tune[:, ::16] = 5
    with_bar, without = (NGram.fit(tune, 2, period=p).nats_per_token(tune) for p in (16, 0))
    assert with_bar < without - 0.1


@pytest.mark.parametrize("order", [1, 2, 5])
def test_generation_is_seeded_and_in_range(order):
    model = NGram.fit([[0, 1, 2, 3] * 8, [3, 1]], order, period=4)
    one, two = (model.generate(np.random.default_rng(7), 3, 10) for _ in range(2))
    assert one.shape == (3, 10)
    assert np.array_equal(one, two)
    assert one.max() <= 3


def test_mask_is_obeyed_and_may_not_forbid_everything():
    model = NGram.fit([[0, 1, 2, 3] * 8])

    def rising(so_far):
        least = so_far.max(axis=1, initial=0)
        return np.arange(4) >= least[:, None]

    drawn = model.generate(np.random.default_rng(0), 5, 12, mask=rising)
    assert (np.diff(drawn, axis=1) >= 0).all()
    with pytest.raises(InputError, match="allow a token"):
        model.generate(np.random.default_rng(0), 1, 1, mask=lambda past: np.zeros((1, 4), bool))
    with pytest.raises(InputError, match="temperature"):
        model.generate(np.random.default_rng(0), 1, 1, temperature=0)


def test_nothing_to_learn_is_refused():
    with pytest.raises(InputError, match="at least one token"):
        NGram.fit([[], []])


def test_ngram_survives_saving(tmp_path):
    model = NGram.fit([[0, 1, 2, 3] * 8], 3, period=4)
    model.save(tmp_path / "a.npz")
    again = NGram.load(tmp_path / "a.npz")
    assert again.order == 3
    assert np.array_equal(again.log_prob([1, 2, 3, 0]), model.log_prob([1, 2, 3, 0]))
    with pytest.raises(ModelError, match="phrase-ngram"):
        PhraseNgram.load(tmp_path / "a.npz")


def test_hostile_files(tmp_path):
    with pytest.raises(FileError):
        NGram.load(tmp_path / "nowhere.npz")
    for name, content in {"empty": b"", "text": b"hello", "zip": b"PK\x03\x04 broken", "npy": b"\x93NUMPY\x01\x00"}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises((FormatError, FileError)):
            NGram.load(tmp_path / name)
    np.savez(tmp_path / "pickle.npz", kind=np.array([{"a": 1}], dtype=object))
    with pytest.raises(FormatError, match="plain arrays"):
        NGram.load(tmp_path / "pickle.npz")
    good = NGram.fit([[0, 1, 2]]).table.arrays()
    damage = {"counts0": np.array([0]), "row_keys1": np.array([10**9]), "shape": np.array([]), "counts1": np.array("x")}
    for name, value in damage.items():
        np.savez(tmp_path / "broken.npz", kind=np.array("ngram"), **(good | {name: value}))
        with pytest.raises(ModelError, match="Fit it again"):
            NGram.load(tmp_path / "broken.npz")


@pytest.mark.parametrize("reading", ["highest", "lowest", "onsets", "all"])
def test_known_frames_come_back(reading):
    roll = vamp(3)[:, {"highest": 0, "lowest": 2, "onsets": 4, "all": 1}[reading]]
    alphabet = FrameAlphabet.learn(roll, reading)
    assert np.array_equal(alphabet.decode(alphabet.encode(roll)), roll)
    assert alphabet.share_known(roll) == 1


def test_unknown_frame_becomes_the_nearest():
    known = np.zeros((1, 4, 128), np.uint8)
    known[0, 0, [60, 64, 67]] = known[0, 2, [50, 53]] = 2
    alphabet = FrameAlphabet.learn(known, "all")
    asked = np.zeros((1, 4, 128), np.uint8)
    asked[0, 0, [60, 64, 67, 70]] = 2
    written = alphabet.decode(alphabet.encode(asked))
    assert np.flatnonzero(written[0, 0]).tolist() == [60, 64, 67]
    assert alphabet.share_known(asked) == 0


def test_a_line_keeps_one_note():
    roll = np.zeros((1, 4, 128), np.uint8)
    roll[0, 0, [40, 60]] = 2
    roll[0, 1, [40, 60]] = 1
    for reading, kept in (("highest", 60), ("lowest", 40)):
        alphabet = FrameAlphabet.learn(roll, reading)
        written = alphabet.decode(alphabet.encode(roll))
        assert np.argwhere(written).tolist() == [[0, 0, kept], [0, 1, kept]]


def test_contexts_never_read_the_future():
    rng = np.random.default_rng(0)
    tokens = {role: rng.integers(0, 9, (3, 64)) for role in COLUMNS}
    order = list(COLUMNS)
    for place, role in enumerate(order):
        before = context_at(role, tokens, 40)
        later = {r: t.copy() for r, t in tokens.items()}
        for r in order:
            later[r][:, 40 if r in order[place:] else 41 :] = 7
        assert np.array_equal(context_at(role, later, 40), before)


def test_phrases_sound_like_what_was_learnt(tmp_path):
    rolls = vamp()
    model = PhraseNgram.fit(rolls)
    written = model.generate(40, np.random.default_rng(1))
    assert written.shape == (40, 5, 64, 128)
    assert written.dtype == np.uint8
    assert np.array_equal(written, model.generate(40, np.random.default_rng(1)))
    on_beat = (written[:, 4, ::4] == 2).sum() / (written[:, 4] == 2).sum()
    assert on_beat > 0.9
    assert model.nats_per_step(vamp(4, seed=5))["all"] < model.nats_per_step(np.roll(rolls, 3, axis=2))["all"] / 3
    model.save(tmp_path / "band.npz")
    again = PhraseNgram.load(tmp_path / "band.npz")
    assert np.array_equal(again.generate(40, np.random.default_rng(1)), written)
    with pytest.raises(ModelError, match="kind ngram"):
        NGram.load(tmp_path / "band.npz")


def test_silence_and_wrong_shapes():
    model = PhraseNgram.fit(np.zeros((2, 5, 64, 128), np.uint8))
    assert model.generate(2, np.random.default_rng(0)).shape == (2, 5, 64, 128)
    with pytest.raises(InputError, match="at least one phrase"):
        PhraseNgram.fit(np.zeros((0, 5, 64, 128), np.uint8))
    with pytest.raises(InputError, match="phrase rolls"):
        PhraseNgram.fit(np.zeros((2, 4, 64, 128), np.uint8))
