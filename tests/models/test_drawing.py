"""Rows are drawn as their guides and the scores say, whatever stands beside them; readers are fakes with scores of their own."""

from itertools import chain

import numpy as np
import pytest

from boya.errors import ModelError, RequestError
from boya.models.drawing import LONG_RUN, drawn, write
from boya.representation.stream import VOCABULARY

SIZE = len(VOCABULARY)
BAR, PITCH, END = VOCABULARY.first("bar"), VOCABULARY.first("pitch"), VOCABULARY.id("end")


def rng(seed=0):
    return np.random.default_rng(seed)


class Uniform:
    """Reads anything and finds all tokens alike; remembers what each row was given, and in which portions."""

    context = 1000

    def read(self, prompt, n):
        self.rows = [[list(prompt)] for _ in range(n)]
        self.heard = list(self.rows)
        return self, np.stack([self.score(row) for row in self.rows])

    def feed(self, tokens):
        assert np.shape(tokens) == (len(self.rows), 1)
        for row, token in zip(self.rows, tokens, strict=True):
            row.append(list(token))
        return np.stack([self.score(row) for row in self.rows])

    def feed_row(self, row, tokens):
        self.rows[row].append(list(tokens))
        return self.score(self.rows[row])

    def keep(self, rows):
        self.rows = [self.rows[row] for row in rows]

    def score(self, row):
        return np.zeros(SIZE, dtype=np.float32)


class Moody(Uniform):
    """Scores depend on all that a row has read."""

    def score(self, row):
        read = list(chain(*row))
        return rng([len(read), *read]).standard_normal(SIZE).astype(np.float32)


class Free:
    """Allows `choices` for `n` tokens; forces some of them by the number of the token."""

    def __init__(self, n, choices=range(PITCH, PITCH + 20), forced=()):
        self.n, self.choices, self.script = n, list(choices), dict(forced)
        self.taken = []

    @property
    def is_done(self):
        return len(self.taken) >= self.n

    def allowed(self):
        mask = np.zeros(SIZE, dtype=bool)
        mask[self.choices] = True
        return mask

    def forced(self):
        return self.script.get(len(self.taken))

    def take(self, token):
        self.taken.append(token)


def run(*numbers):
    """A script that forces bar tokens at some places."""
    return {number: BAR + number % 64 for number in numbers}


def test_each_row_gets_its_tokens_and_the_model_reads_all_but_the_last():
    reader, guides = Moody(), [Free(30, forced=run(0, 1, 7, 12, 13, 14, 15, 16)), Free(11), Free(20, forced=run(*range(20)))]
    written = write(reader, [1, 2, 3], guides, rng())
    for tokens, guide, row in zip(written, guides, reader.heard, strict=True):
        assert tokens.dtype == np.int16
        assert tokens.tolist() == guide.taken
        read = list(chain(*row))
        assert read == [1, 2, 3, *tokens.tolist()][: len(read)]
    assert [len(tokens) for tokens in written] == [30, 11, 20]
    assert list(chain(*reader.heard[0])) == [1, 2, 3, *written[0].tolist()[:-1]]


def test_masks_and_forced_tokens_are_obeyed():
    choices, script = [PITCH, PITCH + 5, PITCH + 7], run(2, 3, 9)
    (tokens,) = write(Moody(), [1], [Free(300, choices, script)], rng())
    assert {int(token) for number, token in enumerate(tokens) if number not in script} == set(choices)
    assert [int(tokens[number]) for number in script] == list(script.values())


def test_long_runs_of_forced_tokens_are_read_at_once():
    last = 10 + LONG_RUN
    reader = Uniform()
    write(reader, [1], [Free(20, forced=run(*range(10, last)))], rng())
    portions = [len(portion) for portion in reader.heard[0]]
    assert portions == [1] * 10 + [1 + LONG_RUN] + [1] * (20 - last - 1)  # the token drawn before goes along


def test_a_single_allowed_token_needs_no_scores():
    class Silent(Uniform):
        def score(self, row):
            return np.full(SIZE, np.nan, dtype=np.float32)

    (tokens,) = write(Silent(), [1], [Free(40, [PITCH])], rng())
    assert tokens.tolist() == [PITCH] * 40


@pytest.mark.parametrize("settings", [{}, {"top_p": 0.9}, {"min_p": 0.1}, {"temperature": 0.5}, {"temperature": 0}])
def test_a_row_never_depends_on_its_neighbours(settings):
    def guides():
        return [Free(40, forced=run(5, 6, 7, 8, 9, 20)), Free(13), Free(60, forced=run(*range(30, 50))), Free(1)]

    together = write(Moody(), [1, 2], guides(), rng(5), **settings)
    for n in range(1, 4):
        fewer = write(Moody(), [1, 2], guides()[:n], rng(5), **settings)
        assert [row.tolist() for row in fewer] == [row.tolist() for row in together[:n]]


def test_a_row_is_read_in_the_same_portions_in_any_company():
    """Tokens read together are rounded in another way than tokens read one by one: where the cuts fall must be the row's own."""
    scripts = [run(5, 6, 7, 8, 9, 20), run(3), run(*range(30, 33), *range(40, 44)), run(*range(2, 20))]
    lengths = [12, 35, 50, 41]

    def portions(*numbers):
        reader = Moody()
        write(reader, [1], [Free(lengths[number], forced=scripts[number]) for number in numbers], rng())
        return [[len(portion) for portion in row] for row in reader.heard]

    for number in range(4):
        (alone,) = portions(number)
        assert max(alone) > LONG_RUN or number == 1
        for company in ((0, 1, 2, 3), (3, 2, 1, 0), (number, number)):
            assert portions(*company)[company.index(number)] == alone


def test_seeds():
    first, again, other = (write(Uniform(), [1], [Free(50)], rng(seed))[0].tolist() for seed in (1, 1, 2))
    assert first == again != other
    rows = write(Uniform(), [1], [Free(50), Free(50)], rng(1))
    assert rows[0].tolist() != rows[1].tolist()


def shares(n=20_000, **settings):
    """How often each of four tokens is drawn whose probabilities are 0.4, 0.3, 0.2 and 0.1."""
    logits = np.full(SIZE, 9.0, dtype=np.float32)
    logits[:4] = np.log([0.2, 0.4, 0.1, 0.3])
    found = [drawn(logits, np.arange(4), share, **settings) for share in rng().random(n)]
    return np.bincount(found, minlength=4)[[1, 3, 0, 2]] / n


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ({}, [0.4, 0.3, 0.2, 0.1]),
        ({"temperature": 0.5}, [16 / 30, 9 / 30, 4 / 30, 1 / 30]),
        ({"temperature": 0}, [1, 0, 0, 0]),
        ({"top_p": 0.75}, [4 / 9, 3 / 9, 2 / 9, 0]),
        ({"top_p": 0.1}, [1, 0, 0, 0]),
        ({"min_p": 0.6}, [4 / 7, 3 / 7, 0, 0]),
        ({"min_p": 0.3, "top_p": 0.6}, [4 / 7, 3 / 7, 0, 0]),
    ],
)
def test_tokens_come_as_often_as_they_should(settings, wanted):
    found = shares(**settings)
    np.testing.assert_allclose(found, wanted, atol=0.012)
    assert not found[np.array(wanted) == 0].any()


def test_what_was_said_long_ago_comes_back_as_often_as_asked():
    near, far = VOCABULARY.id("same:7"), VOCABULARY.id("same:8")

    class Even(Uniform):
        def score(self, row):
            return np.zeros(len(VOCABULARY), dtype=np.float32)

    for returning, wanted in ((0.0, 1.0), (np.log(3), 3.0)):
        rows = write(Even(), [1], [Free(400, [near, far]) for _ in range(10)], rng(), returning=returning)
        written = np.concatenate(rows)
        assert (written == far).sum() / (written == near).sum() == pytest.approx(wanted, rel=0.15)


def test_the_ends_of_chance():
    logits = np.array([0, -np.inf, 0, -np.inf], dtype=np.float32)
    everything = np.arange(4)
    assert drawn(logits, everything, 0.0) == 0
    assert drawn(logits, everything, np.nextafter(1, 0)) == 2
    assert drawn(np.log(np.array([0.01, 0.99], dtype=np.float32)), everything[:2], 0.0, min_p=0.5) == 1
    assert drawn(logits + 3e38, everything, 0.6, temperature=1e-3) == 2


def test_bars_are_heard_as_they_are_finished():
    heard = {0: [], 1: []}
    forced = run(0, 9, 10, 25)
    guides = [Free(40, forced=forced), Free(12, forced=run(3))]
    written = write(Moody(), [1], guides, rng(), listen=lambda row, tokens: heard[row].append(tokens.tolist()))
    for row, parts in heard.items():
        assert list(chain(*parts)) == written[row].tolist()
    assert [len(part) for part in heard[0]] == [9, 1, 15, 15]
    assert [len(part) for part in heard[1]] == [3, 9]


def test_cancelling_gives_what_is_written():
    asked = iter(range(100))
    written = write(Uniform(), [1], [Free(50), Free(3)], rng(), is_cancelled=lambda: next(asked) == 10)
    assert [len(row) for row in written] == [10, 3]
    assert write(Uniform(), [1], [Free(50)], rng(), is_cancelled=lambda: True)[0].tolist() == []


def test_rows_that_are_done_are_not_fed():
    class Counting(Uniform):
        steps = 0

        def feed(self, tokens):
            self.steps += len(tokens)
            return super().feed(tokens)

    reader = Counting()
    written = write(reader, [1], [Free(0), Free(5), Free(9)], rng())
    assert [len(row) for row in written] == [0, 5, 9]
    assert reader.steps == 4 + 8
    assert write(reader, [1], [], rng()) == []


def test_a_row_ends_where_the_context_ends():
    reader = Uniform()
    reader.context = 20
    guide = Free(100, forced=run(5))
    (tokens,) = write(reader, [1, 2, 3], [guide], rng())
    assert len(tokens) == 17
    assert not guide.is_done
    guide = Free(100, forced=run(*range(50)))
    assert len(write(reader, [1, 2, 3], [guide], rng())[0]) == 17


def test_what_cannot_be_drawn():
    with pytest.raises(RequestError, match="row 1 has none"):
        write(Uniform(), [1], [Free(5), Free(5, [])], rng())
    with pytest.raises(RequestError, match="must leave room in the context of 1000 tokens; got 1000"):
        write(Uniform(), [1] * 1000, [Free(5)], rng())
    for settings in ({"temperature": -1}, {"top_p": 0}, {"top_p": 1.5}, {"min_p": -0.1}, {"temperature": np.nan}):
        with pytest.raises(RequestError, match="temperature must be 0 or more"):
            write(Uniform(), [1], [Free(5)], rng(), **settings)
    with pytest.raises(ModelError, match="scores are not numbers"):
        drawn(np.full(3, np.nan, dtype=np.float32), np.arange(3), 0.5)
