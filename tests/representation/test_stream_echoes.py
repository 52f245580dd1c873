"""What is said again is told by one token, whatever of the piece is read; what stands before a gap helps and is no music."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.errors import StreamError
from boya.representation.stream import VOCABULARY, Grammar, decode, describe, encode
from boya.representation.stream.echoes import echoes, recall
from boya.score import Metre, Score, Timeline, Track, note_array

BAR = 1920
SAME = VOCABULARY.span("same")
FIGURES = {"a": (60, 64, 67), "b": (62, 65), "c": (72,), "-": ()}


def piece(*lines, **more):
    """A track for each line, a figure of notes for each letter."""
    tracks = []
    for line in lines:
        rows = [(BAR * bar + 480 * n, 480, pitch, 80) for bar, name in enumerate(line) for n, pitch in enumerate(FIGURES[name])]
        tracks.append(Track(note_array(rows)))
    return Score(tuple(tracks), **more)


def lags(tokens, slot=0):
    """The echoes of a slot, in their order."""
    own = VOCABULARY.id(f"slot:{slot}")
    return [int(b) - SAME.start + 1 for a, b in pairwise(tokens) if a == own and SAME.start <= b < SAME.stop]


@st.composite
def songs(draw):
    """Music of few figures, that comes again all the time; one track is never silent to the end."""
    n_bars = draw(st.integers(1, 80))
    lines = draw(st.lists(st.text("abc-", min_size=n_bars, max_size=n_bars), min_size=1, max_size=3))
    changes = draw(st.dictionaries(st.integers(1, n_bars), st.sampled_from([(4, 4), (3, 4)]), max_size=2))
    timeline = Timeline(metres=(Metre(0, 4, 4), *(Metre(BAR * bar, *metre) for bar, metre in sorted(changes.items()))))
    return piece(draw(st.just("a" * n_bars)), *lines, timeline=timeline)


@settings(max_examples=80, deadline=None)
@given(songs(), st.integers(0, 2**32), st.sampled_from([0.0, 0.3, 1.0]))
def test_any_window_says_what_is_in_its_bars(score, seed, share):
    rng, encoded = np.random.default_rng(seed), encode(score)
    first = int(rng.integers(encoded.n_bars))
    last = int(rng.integers(first, min(first + 64, encoded.n_bars))) + 1
    holes = rng.random((last - first, len(encoded.parts))) < share
    whole = decode(encoded.whole())
    start, stop = (int(whole.bar_bounds[bar]) for bar in (first, last))
    read = decode(encoded.window(first, last, holes=holes, number=int(rng.integers(64))))
    for mine, theirs in zip(read.tracks, whole.tracks, strict=True):
        begun = theirs.notes[(theirs.notes["onset"] >= start) & (theirs.notes["onset"] < stop)].copy()
        begun["onset"] -= start
        assert np.array_equal(mine.notes, begun)


@settings(max_examples=80, deadline=None)
@given(songs(), st.integers(0, 2**32))
def test_what_was_read_is_never_spelled_out_again(score, seed):
    encoded = encode(score)
    tokens = encoded.window(0, min(encoded.n_bars, 64), number=int(seed % 64))
    seen = set()
    grammar = Grammar()
    for token in tokens.tolist():
        grammar.take(token)
    for slot, bars in grammar.state.said.items():
        seen |= {(slot, said.steps, tuple(said.notes)) for said in bars.values()}
    kinds = [VOCABULARY.kind_names[token] for token in tokens.tolist()]
    assert sum(pair == ("slot", "at") for pair in pairwise(kinds)) == len(seen)


def test_a_bar_leans_on_as_few_others_as_it_can():
    tokens = encode(piece("abab", "cbab")).whole()
    assert (lags(tokens, 0), lags(tokens, 1)) == ([2, 2], [2])


def test_of_equals_the_nearest_is_taken():
    assert lags(encode(piece("aaaa")).whole()) == [1, 1, 1]


def test_a_bar_of_another_length_is_no_echo():
    timeline = Timeline(metres=(Metre(0, 4, 4), Metre(BAR, 3, 4)))
    line = note_array([(0, 480, 72, 80), (BAR, 480, 72, 80), (BAR + 1440, 480, 72, 80)])
    assert lags(encode(Score((Track(line),), timeline)).whole()) == [1]  # the two bars of three quarters


def test_a_hole_is_no_source_for_what_stands_before_it_is_filled():
    holes = np.array([[True], [False], [False], [True]])
    assert describe(encode(piece("aaaa")).window(0, 4, holes=holes)).splitlines()[1:] == [
        "bar:0 metre:4/4 tempo:120 slot:0 hole",
        "bar:1 slot:0 at:0 vel:5 dur:12 pitch:60 at:12 pitch:64 at:24 pitch:67",
        "bar:2 slot:0 same:1",
        "bar:3 last slot:0 hole",
        "fill",
        "bar:0 slot:0 at:0 vel:5 dur:12 pitch:60 at:12 pitch:64 at:24 pitch:67",
        "bar:3 slot:0 same:1 end",
    ]


def test_recalled_bars_can_be_said_again():
    tokens = encode(piece("abccccba")).window(5, 8, recalled=(0, 2), number=60)
    assert describe(tokens).splitlines()[1:] == [
        "bar:60 metre:4/4 tempo:120 slot:0 at:0 vel:5 dur:12 pitch:60 at:12 pitch:64 at:24 pitch:67",
        "bar:61 slot:0 at:0 vel:5 dur:12 pitch:62 at:12 pitch:65 gap",
        "bar:1 metre:4/4 tempo:120 slot:0 at:0 vel:5 dur:12 pitch:72",
        "bar:2 slot:0 same:5",
        "bar:3 last slot:0 same:7 end",
    ]
    with pytest.raises(StreamError, match="leaves some out"):
        decode(tokens)


@pytest.mark.parametrize("recalled", [(0, 5), (3, 3), (-1, 2), (4, 7)])
def test_recalled_bars_must_lie_before(recalled):
    with pytest.raises(StreamError, match=r"must lie before|a window needs"):
        encode(piece("abccccba")).window(5, 8, recalled=recalled)


def test_echoes_reach_63_bars_back():
    content = np.full((130, 1), -1, dtype=np.int32)
    content[[0, 63, 127]] = 7
    assert np.flatnonzero(echoes(content, np.arange(130))).tolist() == [63]


def test_the_latest_bars_say_where_to_look():
    tune = np.array([[n] for n in (0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3)], dtype=np.int32)
    assert recall(tune, 8) == 4
    assert recall(np.arange(16, dtype=np.int32)[:, None], 12) == 0  # nothing comes again so far: sixteen bars ago
    assert recall(np.arange(11, dtype=np.int32)[:, None], 8) == 3  # eight bars ago
