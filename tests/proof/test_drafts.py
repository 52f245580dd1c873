"""Drafts under the outlines of pieces, and what passages cost: no note is told, every bar is written and paid for once."""

from dataclasses import replace

import numpy as np
import pytest

from boya.errors import ModelError
from boya.models.stream_ngram import StreamNgram
from boya.proof.drafts import Draft, heard, write_drafts
from boya.proof.passages import Passage, composer_nats, ngram_nats, passages
from boya.representation.stream import VOCABULARY, describe, encode
from boya.score import Chord, Key, Metre, Score, Tempo, Timeline, Track, note_array

BAR = 1920
CHANGES = Timeline.of(
    [Tempo(0, 90.0), Tempo(4 * BAR, 120.0)],
    [Metre(0, 4, 4), Metre(6 * BAR, 3, 4)],
    [Key(0, 2, "major"), Key(3 * BAR, 4, "minor")],
)


def piece(seed: int, n_bars: int = 12, timeline: Timeline = CHANGES) -> Score:
    """A tune over chords, with changes of tempo, metre and key."""
    rng = np.random.default_rng(seed)
    end = int(timeline.bar_starts(n_bars * BAR)[n_bars - 1]) + 1440
    tune = [(at, 240 * int(rng.integers(1, 3)), 62 + int(rng.integers(0, 12)), 80) for at in range(0, end - 480, 240)]
    bass = [(at, 480, 38 + int(rng.integers(0, 12)), 80) for at in range(0, end, 480)]
    chords = tuple(Chord(at, 960, int(rng.integers(12)), "maj", 4 if at % 7 else None) for at in range(0, end - 960, 1920))
    tracks = (Track(note_array(tune), 40, role="melody"), Track(note_array(bass), 33, role="bass"))
    return Score(tracks, timeline, chords)


@pytest.fixture(scope="module")
def model():
    return StreamNgram.fit(encode(piece(seed), "pop").whole() for seed in range(6))


def music_of(encoded, n_bars):
    """The tokens of bars without their attributes."""
    rows = encoded.bars
    return [encoded.tokens[rows["music"][bar] : rows["start"][bar + 1]].tolist() for bar in range(n_bars)]


def scale_of(n_bars):
    """Bars of which no two are alike."""
    return Score(
        (Track(note_array([(1920 * bar + 120 * n, 120, 40 + 2 * bar + n, 80) for bar in range(n_bars) for n in range(4)])),)
    )


def same_start(one, other):
    size = min(len(one), len(other))
    return size > 20 and np.array_equal(one[:size], other[:size])


@pytest.mark.parametrize("n_bars", [3, 9, 12])
def test_a_draft_of_a_pieces_own_bars_is_the_piece(n_bars):
    whole = encode(piece(1), "pop")
    draft = Draft(whole, n_bars, music_of(whole, n_bars))
    assert draft.is_done
    assert draft.score() == heard(whole, n_bars)
    for first in range(n_bars - 1):
        made = draft.encoded(draft.bars).window(first, n_bars, number=first)
        assert same_start(made, whole.window(first, n_bars, number=first))


def test_a_prompt_ends_where_the_music_of_the_next_bar_begins():
    whole = encode(piece(1), "pop")
    draft = Draft(whole, 12, music_of(whole, 6), kept=10**6)
    prompt = draft.prompt()
    real = whole.window(0, 7)
    assert np.array_equal(prompt, real[: len(prompt)])
    assert VOCABULARY.names[prompt[-1]] == "metre:3/4"
    draft.kept = 100
    short = draft.prompt()
    assert len(short) < min(len(prompt), 100)
    assert VOCABULARY.names[short[-1]] == "metre:3/4"


def test_where_a_piece_outgrows_what_is_kept_earlier_bars_are_recalled():
    whole = encode(scale_of(20), "pop")
    draft = Draft(whole, 20, music_of(whole, 18), kept=120)
    lines = describe(draft.prompt()).splitlines()
    gap = next(number for number, line in enumerate(lines) if line.endswith("gap"))
    assert lines[-1].startswith("bar:18")
    assert 1 <= gap < len(lines) - 2
    assert int(lines[1].split()[0].removeprefix("bar:")) == 2  # sixteen bars before the next
    assert len(draft.prompt()) <= 120


def test_an_echo_is_kept_as_what_it_stands_for():
    whole = encode(scale_of(4), "pop")
    draft = Draft(whole, 4)
    first, *_ = music_of(whole, 1)
    draft.add(first)
    draft.add(VOCABULARY.read("chord:0 root:7 quality:maj slot:0 same:1").tolist())
    draft.add(VOCABULARY.read("slot:0 same:1").tolist())
    assert [music[-len(first) :] for music in draft.bars] == [first] * 3
    assert draft.encoded(draft.bars).contents(0, 3).tolist() == [[0], [0], [0]]


def test_drafts_have_the_outline_and_nothing_else(model):
    outlines = [encode(piece(seed), "pop") for seed in (11, 12)]
    for whole, draft in zip(outlines, write_drafts(model, outlines, 12, np.random.default_rng(0)), strict=True):
        real = heard(whole, 12)
        assert draft.timeline == real.timeline
        assert [(t.program, t.is_drum, t.role) for t in draft.tracks] == [(t.program, t.is_drum, t.role) for t in real.tracks]
        assert max(int(t.notes["onset"].max(initial=0)) for t in draft.tracks) < real.bar_bounds[12]
        assert draft.n_notes > 12
        assert [t.notes.tolist() for t in draft.tracks] != [t.notes.tolist() for t in real.tracks]


def test_no_note_and_no_chord_is_told(model):
    """Two pieces of one outline and different notes: what is written under them is the same."""
    one, other = (encode(piece(seed), "pop") for seed in (20, 21))
    drafts = [write_drafts(model, [outline], 9, np.random.default_rng(3))[0] for outline in (one, other)]
    assert drafts[0] == drafts[1]
    assert heard(one, 9) != heard(other, 9)


class Short:
    """An n-gram with the memory of a goldfish."""

    def __init__(self, model, context):
        self.model, self.context = model, context

    def session(self, n):
        return self.model.session(n)


def test_a_short_context_is_read_window_by_window(model):
    outlines = [encode(piece(seed), "pop") for seed in range(18)]
    drafts = write_drafts(Short(model, 160), outlines, 12, np.random.default_rng(0))
    for whole, draft in zip(outlines, drafts, strict=True):
        assert draft.timeline == heard(whole, 12).timeline
        assert draft.n_notes > 12


@pytest.mark.parametrize("sign", [1, -1])
def test_an_ear_chooses_what_goes_on(model, sign):
    """It likes few notes, or many."""
    outlines = [encode(piece(seed), "pop") for seed in range(6)]
    heard_lengths = []

    def ear(scores):
        heard_lengths.append({score.n_bars for score in scores})
        return np.array([sign * score.n_notes for score in scores])

    plain, chosen = (
        sum(score.n_notes for score in write_drafts(model, outlines, 10, np.random.default_rng(0), with_ear))
        for with_ear in (None, ear)
    )
    assert chosen < 0.9 * plain if sign > 0 else chosen > 1.1 * plain
    assert heard_lengths[:2] == [{4}, {4}]
    assert set().union(*heard_lengths) == {4, 8}


IS_BAR = np.isin(np.arange(len(VOCABULARY)), np.arange(VOCABULARY.span("bar").start, VOCABULARY.span("bar").stop))


class Endless(Short):
    """Writes as many notes as a bar holds."""

    def session(self, n):
        rows = self.model.session(n)
        rows._scores = lambda past: np.tile(
            np.where(np.arange(len(VOCABULARY)) < VOCABULARY.id("at:0"), -99.0, 0.0) - 99 * IS_BAR, (len(past), 1)
        )
        return rows


def test_a_bar_that_never_ends_is_brought_to_its_end(model):
    outline = encode(piece(0), "pop")
    draft = write_drafts(Endless(model, 300), [outline], 4, np.random.default_rng(0))[0]
    assert draft.timeline == heard(outline, 4).timeline
    assert 4 * 8 < draft.n_notes < 4 * 50


def test_a_context_too_short_for_a_bar_is_an_error(model):
    with pytest.raises(ModelError, match="a bar must fit the context of 24 tokens"):
        write_drafts(Short(model, 24), [encode(piece(0), "pop")], 4, np.random.default_rng(0))


class Counting:
    """Pays one nat for each token; as a session, it scores all tokens alike."""

    def log_prob(self, tokens):
        return -np.ones(len(tokens))

    def truncate(self, length):
        assert length == 0

    def score(self, tokens):
        return np.zeros((*np.shape(tokens), len(VOCABULARY)), dtype=np.float32)


@pytest.mark.parametrize("context", [100, 250, 2000])
def test_every_bar_is_paid_once_and_both_pay_for_the_same_tokens(context):
    whole = encode(piece(5, 40, Timeline()), "pop")
    found = list(passages(whole, context))
    assert [p.begin for p in found] == [0, *(p.end for p in found[:-1])]
    assert found[-1].end == whole.n_bars
    assert sum(p.quarters for p in found) == 160
    assert all(len(p.window) <= context for p in found)
    assert all(p.begin - p.first > 0 for p in found[1:])
    head = int(np.flatnonzero(whole.whole() == VOCABULARY.id("bar:0"))[0])
    assert sum(ngram_nats(Counting(), p) for p in found) == len(whole.whole()) - head - 1
    for passage in found:
        tokens = ngram_nats(Counting(), passage)
        n_bars = passage.end - max(passage.begin, 1)
        free = n_bars * np.log(64)  # their numbers
        assert composer_nats(Counting(), passage) == pytest.approx(tokens * np.log(len(VOCABULARY)) - free)


def test_a_passage_of_a_transposed_piece_is_the_same_bars():
    whole, moved = (encode(piece(5).transpose(semitones), "pop") for semitones in (0, 3))
    passage = Passage(whole, 2, 4, 7)
    other = passage.of(moved)
    assert other.quarters == passage.quarters == 3 + 8
    assert len(other.window) == len(passage.window)
    assert (other.window != passage.window).sum() == 1  # the home


def test_scores_weigh_what_is_said(model):
    """A session that knows the tokens pays nothing, wherever the passage begins."""
    whole = encode(piece(5), "pop")
    passage = Passage(whole, 2, 5, 8)

    class Knowing(Counting):
        def score(self, tokens):
            scores = np.full((1, tokens.shape[1], len(VOCABULARY)), -50.0, dtype=np.float32)
            scores[0, np.arange(tokens.shape[1]), passage.window[1:]] = 50
            return scores

    assert composer_nats(Knowing(), passage) == pytest.approx(0)
    wrong = replace(passage, begin=3)
    assert composer_nats(Knowing(), wrong) == pytest.approx(0)
