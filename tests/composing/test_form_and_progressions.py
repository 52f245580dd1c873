"""Forms fill every number of bars; progressions close."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.composing.form import draw_form, fit_form, parse_form, share_bars
from boya.composing.progressions import bars_of_chords, closed, harmonise, in_key, parse_bars
from boya.errors import RequestError
from boya.score import MODES
from boya.theory.chords import parse_chord
from boya.theory.styles import styles

FOUR_FOUR = [style for style in styles() if style.metre == "4/4"]
bars = st.integers(1, 130)


@given(st.sampled_from(FOUR_FOUR), bars, st.integers(0, 10**6))
@settings(max_examples=80, deadline=None)
def test_a_form_lasts_as_long_as_asked_in_phrases_of_four_bars(style, n, seed):
    form = draw_form(style, n, np.random.default_rng(seed))
    assert sum(size for _, size in form) == n
    assert all(size > 0 for _, size in form)
    assert all(size % 4 == 0 for _, size in form[:-1])


@given(st.lists(st.sampled_from(["A", "B", "C"]), min_size=1, max_size=5), st.sampled_from([4, 8, 12]), bars)
@settings(max_examples=60, deadline=None)
def test_fitting_keeps_the_order_of_the_labels(labels, unit, n):
    form = fit_form(tuple(labels), unit, n)
    inner = [label for label, _ in form if label != "outro"]
    assert inner == [labels[i % len(labels)] for i in range(len(inner))]


@given(st.lists(st.sampled_from(["A", "B", "C"]), min_size=1, max_size=6), bars)
@settings(max_examples=60, deadline=None)
def test_a_named_form_shares_the_bars(labels, n):
    wished = parse_form(" ".join(labels))
    if n < len(labels):
        with pytest.raises(RequestError, match="form and bars"):
            share_bars(wished, n)
        return
    shared = share_bars(wished, n)
    assert sum(size for _, size in shared) == n
    assert [label for label, _ in shared] == labels
    if n % 4 == 0 and n >= 4 * len(labels):
        assert all(size % 4 == 0 for _, size in shared)


def test_forms_as_people_write_them():
    assert parse_form("AABA") == parse_form("A, A, B, A") == parse_form("A-A-B-A") == parse_form("A | A | B | A")
    assert parse_form("AA'B")[1] == ("A'", None)
    assert [label for label, _ in parse_form("Intro verse 副歌 coda")] == ["intro", "verse", "chorus", "outro"]
    assert share_bars(parse_form("A:12 B A:12"), 32) == (("A", 12), ("B", 8), ("A", 12))
    assert share_bars(parse_form("AABA"), None) == (("A", 4), ("A", 4), ("B", 4), ("A", 4))


def test_a_blues_of_twelve_or_sixteen_bars_has_a_chorus_of_twelve():
    blues = next(s for s in FOUR_FOUR if s.name == "blues")
    drawn = [draw_form(blues, 16, np.random.default_rng(seed)) for seed in range(20)]
    assert (("intro", 4), ("A", 12)) in drawn
    assert draw_form(blues, 12, np.random.default_rng(0)) == (("A", 12),)


@given(
    st.sampled_from(FOUR_FOUR),
    st.integers(0, 11),
    st.sampled_from(MODES),
    st.lists(st.tuples(st.sampled_from(["A", "B", "intro", "outro"]), st.integers(1, 16)), min_size=1, max_size=6),
    st.integers(0, 10**6),
)
@settings(max_examples=80, deadline=None)
def test_chords_fill_the_sections_repeat_with_them_and_close(style, tonic, mode, sections, seed):
    written = harmonise(style.name, tonic, mode, tuple(sections), np.random.default_rng(seed))
    assert [len(chords) for chords in written] == [2 * size for _, size in sections]
    first = {}
    for (label, _), chords in list(zip(sections, written, strict=True))[:-1]:
        known = first.setdefault(label, chords)
        shared = min(len(known), len(chords))
        assert known[:shared] == chords[:shared]
    last = [parse_chord(symbol)[0] for symbol in written[-1]]
    assert last[-2:] == [tonic, tonic]
    assert len(last) == 2 or last[-3] != tonic


def test_letters_of_a_form_differ_where_the_style_has_enough_progressions():
    for style in FOUR_FOUR:
        a, b, _ = harmonise(style.name, 0, "major", (("A", 4), ("B", 4), ("A", 4)), np.random.default_rng(3))
        assert a != b


def test_a_cadence_keeps_what_already_closes():
    assert closed(("Dm7", "Dm7", "G7", "G7", "Cmaj7", "Cmaj7"), 0, "major") == ("Dm7", "Dm7", "G7", "G7", "Cmaj7", "Cmaj7")
    assert closed(("Am",) * 4, 9, "minor") == ("E7", "E7", "Am", "Am")
    assert closed(("C7", "F7"), 0, "major") == ("C7", "C7")


@pytest.mark.parametrize("text", ["Am F C G", "Am | F | C | G", "| Am | F | C | G |", "Am, F, C, G"])
def test_four_ways_to_write_four_bars(text):
    assert parse_bars(text) == (("Am",), ("F",), ("C",), ("G",))


def test_repeats_and_numerals():
    assert parse_bars("C | % | F G") == (("C",), ("C",), ("F", "G"))
    assert in_key(("vi", "IV"), 7, "major") == ("Em", "C")
    assert in_key(("N.C.",), 0, "major") == ("N.C.", "N.C.")


@given(st.lists(st.tuples(*[st.sampled_from(["Am", "F#m7b5", "Bb/D", "N.C.", "G7b9"])] * 2), min_size=1, max_size=9))
@settings(max_examples=30, deadline=None)
def test_written_bars_are_read_back(pairs):
    halves = tuple(chord for pair in pairs for chord in pair)
    assert tuple(chord for bar in parse_bars(bars_of_chords(halves)) for chord in in_key(bar, 0, "major")) == halves
