"""The 5-gram of the bar stream: Kneser-Ney by the book, bars that cost nothing to number, rows like a composer's."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.errors import InputError, RequestError
from boya.models.drawing import write
from boya.models.kneser_ney import LEAST, USUAL, KneserNey
from boya.models.stream_ngram import StreamNgram
from boya.representation.stream import VOCABULARY, Grammar

texts = st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=30), min_size=1, max_size=4)
TUNE = VOCABULARY.read(
    "piece home:0 style:pop mode:major slot:0 program:0 role:melody bar:0 metre:4/4 tempo:120 "
    "slot:0 at:0 vel:4 dur:12 pitch:60 at:12 pitch:64 bar:1 slot:0 at:0 vel:4 dur:12 pitch:60 at:12 pitch:64 "
    "bar:2 slot:0 at:0 vel:4 dur:12 pitch:60 at:12 pitch:64"
)
HEAD = TUNE[:10]


class Textbook:
    """Modified Kneser-Ney, written down as Chen and Goodman do, for few tokens."""

    def __init__(self, sequences, order, n_tokens):
        self.order, self.n_tokens = order, n_tokens
        self.counts = [Counter() for _ in range(order + 1)]
        for sequence in sequences:
            padded = (0,) * (order - 1) + tuple(sequence)
            self.counts[order].update(padded[i : i + order] for i in range(len(sequence)))
        for length in range(order - 1, 0, -1):
            self.counts[length].update(gram[1:] for gram in self.counts[length + 1])

    def discounts(self, length):
        n = Counter(self.counts[length].values())
        if not all(n[k] for k in (1, 2, 3, 4)):
            return USUAL
        y = n[1] / (n[1] + 2 * n[2])
        return [min(max(k - (k + 1) * y * n[k + 1] / n[k], LEAST), k) for k in (1, 2, 3)]

    def p(self, token, context):
        length = len(context) + 1
        below = self.p(token, context[1:]) if context else 1 / self.n_tokens
        following = {gram[-1]: c for gram, c in self.counts[length].items() if gram[:-1] == context}
        if not following:
            return below
        discounts, total = self.discounts(length), sum(following.values())
        taken = {word: discounts[min(c, 3) - 1] for word, c in following.items()}
        own = following.get(token, 0) - taken.get(token, 0)
        return own / total + sum(taken.values()) / total * below


@settings(max_examples=40, deadline=None)
@given(texts, st.integers(1, 4))
def test_it_is_kneser_ney_by_the_book(sequences, order):
    model, book = KneserNey.fit(sequences, order, 5), Textbook(sequences, order, 5)
    asked = {(0,) * (order - 1), (4, 3, 2)[: order - 1], *(tuple(s[: order - 1]) for s in sequences if len(s) >= order - 1)}
    for context in asked:
        found = model.probabilities([context])[0]
        assert found == pytest.approx([book.p(token, context) for token in range(5)])
        assert found.sum() == pytest.approx(1)
        assert (found > 0).all()


@settings(max_examples=40, deadline=None)
@given(texts, st.lists(st.integers(1, 4), max_size=8))
def test_a_sequence_costs_what_its_tokens_cost(sequences, asked):
    model = KneserNey.fit(sequences, 3, 5)
    padded = [0, 0, *asked]
    one_by_one = [model.probabilities([padded[i : i + 2]])[0, token] for i, token in enumerate(asked)]
    assert np.exp(model.log_prob(asked)) == pytest.approx(one_by_one)


def test_a_longer_past_helps():
    rng = np.random.default_rng(0)
    steps = rng.integers(1, 3, (2, 4000))
    both = [np.cumsum(row) % 7 + 1 for row in steps]
    costs = [-KneserNey.fit(both[:1], order, 8).log_prob(both[1]).mean() for order in (1, 2)]
    assert costs[0] == pytest.approx(np.log(7), abs=0.02)
    assert costs[1] == pytest.approx(np.log(2), abs=0.02)


@pytest.mark.parametrize("wrong", [[[0]], [[5]], [[1, -1]], [[[1]]]])
def test_tokens_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match="1-4"):
        KneserNey.fit(wrong, 2, 5)


def test_nothing_cannot_be_counted():
    with pytest.raises(InputError, match="at least one token"):
        KneserNey.fit([[]], 2, 5)
    with pytest.raises(InputError, match="order"):
        KneserNey.fit([[1]], 6, 2000)


def test_the_number_of_a_bar_costs_nothing():
    model = StreamNgram.fit([TUNE])
    other = TUNE.copy()
    other[[VOCABULARY.kind_names[token] == "bar" for token in TUNE]] += 40
    assert (other != TUNE).sum() == 3
    np.testing.assert_array_equal(model.log_prob(TUNE), model.log_prob(other))
    scores = model.read(TUNE[:17])[1][0]
    assert scores[VOCABULARY.id("bar:1")] == scores[VOCABULARY.id("bar:50")]


def test_rows_read_as_a_whole_or_step_by_step():
    model = StreamNgram.fit([TUNE])
    rows, whole = model.read(TUNE, 3)
    stepwise = model.session(3)
    for token in TUNE:
        scores = stepwise.feed([[token]] * 3)
    np.testing.assert_array_equal(scores, whole)
    expected = model.log_prob(np.append(TUNE, VOCABULARY.id("end")))[-1]
    assert whole[0, VOCABULARY.id("end")] == pytest.approx(expected, abs=1e-5)
    changed = rows.feed_row(1, TUNE[:8])
    rows.keep([1])
    assert len(rows) == 1
    np.testing.assert_array_equal(rows.feed([TUNE[8:9]])[0], model.read(TUNE[:9])[1][0])
    np.testing.assert_array_equal(changed, model.read(TUNE[:8])[1][0])
    with pytest.raises(RequestError, match="at least 1 row"):
        model.session(0)


class Free:
    """Allows what the grammar allows, for some tokens."""

    def __init__(self, prompt, n):
        self.grammar, self.left = Grammar(), n
        for token in prompt.tolist():
            self.grammar.take(token)

    @property
    def is_done(self):
        return self.grammar.is_done or not self.left

    def allowed(self):
        return self.grammar.allowed()

    def forced(self):
        return None

    def take(self, token):
        self.grammar.take(token)
        self.left -= 1


def test_it_writes_what_it_has_learnt():
    model = StreamNgram.fit([TUNE] * 9)
    written = write(model, HEAD, [Free(HEAD, 12), Free(HEAD, 12)], np.random.default_rng(0), temperature=0)
    for row in written:
        np.testing.assert_array_equal(row, TUNE[10:22])
