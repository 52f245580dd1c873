"""The grammar: whatever it allows can be read, and what it does not allow gives one clear error."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.errors import StreamError
from boya.representation import stream
from boya.representation.stream import VOCABULARY, Grammar, Place, decode, encode, quantise
from boya.score import Score, Track, note_array

HEAD = "piece home:0 style:pop mode:major slot:0 program:0 role:none slot:1 drums role:drums"
BAR = f"{HEAD} bar:62 metre:4/4 tempo:120"
NOTE = "slot:0 at:0 vel:5 dur:12 pitch:60"
KINDS = [kind for kind, _ in VOCABULARY.kinds]


def after(text):
    grammar = Grammar()
    for token in VOCABULARY.read(text).tolist():
        grammar.take(token)
    return grammar


def drawn(rng, n_tokens):
    """A window drawn from what is allowed, each kind with an odds of its own."""
    odds = np.repeat(10.0 ** rng.uniform(-1, 1.5, len(KINDS)), [len(values) for _, values in VOCABULARY.kinds])
    odds /= np.repeat([len(values) for _, values in VOCABULARY.kinds], [len(values) for _, values in VOCABULARY.kinds])
    odds[VOCABULARY.id("gap")] = 0  # such a window is no score
    grammar, tokens = Grammar(), []
    while not grammar.is_done and len(tokens) < n_tokens:
        allowed = grammar.allowed()
        assert allowed.any()
        edges = np.cumsum(np.where(allowed, odds, 0))
        tokens.append(int(np.searchsorted(edges, rng.random() * edges[-1], side="right")))
        grammar.take(tokens[-1])
    return grammar, tokens


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.integers(60, 600))
def test_whatever_is_drawn_can_be_read_and_written_again(seed, n_tokens):
    grammar, tokens = drawn(np.random.default_rng(seed), n_tokens)
    if grammar.state.in_head:
        with pytest.raises(StreamError, match="before its first bar"):
            decode(tokens)
        return
    score = decode(tokens)
    kept = quantise(score)  # without what changes in empty bars at the end
    assert (kept.tracks, kept.chords) == (score.tracks, score.chords)
    assert [(s.onset, s.label) for s in kept.sections] == [(s.onset, s.label) for s in score.sections]
    if score.end:
        assert decode(encode(score).whole()) == kept


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 2**32), st.lists(st.tuples(st.integers(0, 400), st.integers(-2, len(VOCABULARY) + 1)), min_size=1, max_size=3)
)
def test_damaged_tokens_are_read_or_refused(seed, changes):
    _, tokens = drawn(np.random.default_rng(seed), 400)
    for place, token in changes:
        tokens[place % len(tokens)] = token
    try:
        assert isinstance(decode(tokens), Score)
    except StreamError as error:
        assert "must be" in str(error) or "needs" in str(error)  # noqa: PT017


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 200))
def test_a_copy_goes_its_own_way(seed, n_tokens):
    rng = np.random.default_rng(seed)
    grammar, _ = drawn(rng, n_tokens)
    other, place, allowed = grammar.copy(), grammar.place, grammar.allowed()
    for _ in range(30):
        if not other.is_done:
            other.take(int(rng.choice(np.flatnonzero(other.allowed()))))
    assert grammar.place == place
    assert np.array_equal(grammar.allowed(), allowed)
    assert np.array_equal(grammar.allowed(), [grammar.accepts(token) for token in range(len(VOCABULARY))])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "piece, part"),
        (f"{HEAD}", "density:0-4, polyphony:0-3, dynamics:0-3, bar:0-63, slot:2"),
        (f"{HEAD} bar:62 metre:4/4", "length:1-47, tempo:20-298"),
        (f"{BAR}", "tonic:0-11, section:intro-other, chord:0-47, slot:0-1, gap, bar:63"),
        (f"{BAR} tonic:0", "mode:minor-locrian"),
        (f"{BAR} section:A slot:1 at:0 vel:0 drum:86", "vel:1-7, drum:87, at:1-47, gap, bar:63"),
        (f"{BAR} bar:63", "last, metre:1/2-3/4, metre:5/4-16/16, length:1-47, tempo:20-115, tempo:125-298, tonic:0-11"),
        (f"{BAR} bar:63 bar:0 last", "metre:1/2-3/4, metre:5/4-16/16, tempo:20-115, tempo:125-298, tonic:0-11"),
        (f"{BAR} slot:0 at:3", "vel:0-7"),
        (f"{BAR} slot:0 at:3 vel:7", "long:1-20, dur:1-96"),
        (f"{BAR} slot:0 at:3 vel:7 long:2", "dur:1-96"),
        (f"{BAR} slot:0 at:3 vel:7 long:2 dur:96 pitch:60 long:2", "dur:1-95"),
        (f"{BAR} slot:0 at:3 vel:7 dur:96 pitch:126", "vel:0-6, long:1-20, dur:1-95, pitch:127, at:4-47, slot:1, gap, bar:63"),
        (f"{BAR} slot:0 at:47 vel:7 dur:96 pitch:127", "slot:1, gap, bar:63"),
        (f"{BAR} chord:47", "root:0-11"),
        (f"{BAR} chord:46 root:0 quality:maj chord:47", "root:0-11, none"),
        (f"{BAR} slot:0 hole", "slot:1, fill, bar:63"),
        (f"{BAR} slot:0 hole slot:1 hole fill bar:62 slot:0", "at:0-47, bar:62"),
        (f"{BAR} {NOTE} bar:63 slot:0", "at:0-47, same:1, hole"),
        (f"{BAR} {NOTE} bar:63 bar:0 slot:0", "at:0-47, same:2, hole"),
        (f"{BAR} {NOTE} bar:63 metre:3/4 slot:0", "at:0-35, hole"),
        (f"{BAR} {NOTE} bar:63 slot:0 same:1", "slot:1, gap, bar:0"),
        (f"{BAR} {NOTE} bar:63 slot:0 same:1 bar:0 slot:0", "at:0-47, same:1, same:2, hole"),
        (f"{BAR} slot:0 hole bar:63 slot:0", "at:0-47, hole"),
        (f"{BAR} {NOTE} bar:63 slot:0 hole fill bar:63 slot:0", "at:0-47, same:1, end"),
        (f"{BAR} {NOTE} gap", "bar:0-63"),
        (f"{BAR} {NOTE} gap bar:9 metre:4/4 tempo:120 slot:0", "at:0-47, same:11"),
        (f"{BAR} slot:0 hole fill bar:62 slot:0 at:47 vel:0 dur:1 pitch:127", "end"),
        (f"{HEAD} bar:0 last metre:3/16 tempo:120 slot:1 at:8 vel:0 drum:87", "end"),
        (f"{HEAD} bar:0 last metre:3/16 tempo:120 end", "nothing"),
    ],
)
def test_what_may_follow(text, expected):
    grammar = after(text)
    if text.endswith(("bar:63", "last")):
        assert grammar.expected.startswith(expected)
    else:
        assert grammar.expected == expected


def test_a_bar_cut_short_asks_for_another_metre():
    assert after(f"{HEAD} bar:0 metre:4/4 length:9 tempo:120 bar:1").expected == ("last, metre:1/2-3/4, metre:5/4-16/16")
    assert after(f"{HEAD} bar:0 metre:4/4 length:9 tempo:120 slot:1").expected == "at:0-8, hole"


def test_pitches_stay_where_they_sound():
    high = after(
        "piece home:5 style:none mode:major slot:0 program:0 role:none bar:0 metre:4/4 tempo:120 slot:0 at:0 vel:1 dur:1"
    )
    assert high.expected == "pitch:-5-122"
    high.take(VOCABULARY.id("pitch:122"))
    assert high.place.pitch == 127


def test_place_follows_the_music():
    grammar = after(f"{BAR} slot:0 at:3 vel:7 long:1 dur:4 pitch:60")
    assert grammar.place == Place(bar=0, slot=0, position=3, velocity=7, duration=100, pitch=60, steps=48, in_fill=False)
    grammar = after(f"{BAR} slot:1 hole bar:63 metre:3/4 fill bar:62 slot:1 at:40 vel:2 drum:36 at:47")
    assert grammar.place == Place(bar=0, slot=1, position=47, velocity=2, duration=0, pitch=-1, steps=48, in_fill=True)
    assert after(HEAD).place.bar == -1


def test_holes_end_a_window_after_64_bars():
    bars = " ".join(f"bar:{(62 + n) % 64}" for n in range(1, 64))
    assert after(f"{BAR} {bars}").accepts(VOCABULARY.id("bar:62"))
    assert not after(f"{BAR} slot:0 hole {bars}").accepts(VOCABULARY.id("bar:62"))
    assert after(f"{BAR} {bars} bar:62 slot:0").expected == "at:0-47"


def test_a_refused_token_changes_nothing():
    grammar = after(f"{BAR} slot:0 at:3")
    with pytest.raises(StreamError, match=r"^token 15 of a bar stream must be one of: vel:0-7; got pitch:60$"):
        grammar.take(VOCABULARY.id("pitch:60"))
    assert grammar.expected == "vel:0-7"
    with pytest.raises(StreamError, match="got 99999"):
        grammar.take(99999)


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ([], "needs a head and a bar; it ends after 0 tokens"),
        (VOCABULARY.read(HEAD), "before its first bar"),
        (VOCABULARY.read("bar:0"), "token 0 of a bar stream must be one of: piece, part; got bar:0"),
        (VOCABULARY.read(f"{BAR} slot:0 at:4 vel:1 dur:1 pitch:3 at:4"), "got at:4"),
        (VOCABULARY.read(f"{BAR} slot:2"), "got slot:2"),
        (VOCABULARY.read(f"{HEAD} bar:0 last metre:4/4 tempo:120 end end"), "must be one of: nothing; got end"),
        (VOCABULARY.read(f"{HEAD} pad bar:0"), "got pad"),
        ([-1], "a token must be 0-1280; got -1"),
        ([1281], "got 1281"),
        ([2**80], "one row of whole numbers"),
        ([1.0, 2.0], "one row of whole numbers; got an array of float64"),
        ([[1, 2]], r"with shape \(1, 2\)"),
        ([[1], [1, 2]], "one row of whole numbers"),
        ("piece", "one row of whole numbers"),
        (None, "one row of whole numbers"),
    ],
)
def test_hostile_tokens_give_one_clear_error(tokens, message):
    with pytest.raises(StreamError, match=message):
        decode(tokens)


def test_a_window_cut_short_is_read_as_far_as_it_goes():
    piece = encode(Score((Track(note_array([(0, 480, 60, 80), (480, 480, 64, 80), (1920, 480, 67, 80)])),)))
    tokens = piece.window(0, 2, holes=np.array([[False], [True]]))
    first = int(np.flatnonzero(tokens == VOCABULARY.first("bar"))[0])
    counts = [decode(tokens[:stop]).n_notes for stop in range(first + 1, len(tokens) + 1)]
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert counts[-1] == 3
    assert decode(np.append(tokens, [0] * 5)) == decode(tokens)


def test_the_window_in_the_documentation_is_one():
    lines = [line for line in (stream.__doc__ or "").splitlines() if line.startswith("    ")]
    words = " ".join(re.split(" {2,}", line.strip())[0] for line in lines)
    score = decode(VOCABULARY.read(words))
    assert [track.n_notes for track in score.tracks] == [7, 1]
    assert score.tracks[0].notes["duration"].max() == 108 * 40


def test_more_than_64_bars_are_read():
    score = Score((Track(note_array([(1920 * bar, 480, 60, 80) for bar in range(150)])),))
    assert decode(encode(score).whole()) == quantise(score)
