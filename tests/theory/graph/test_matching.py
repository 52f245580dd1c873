"""Progressions are found in chords, whatever the key and the time they take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boya.score import MINOR_MODES, Chord, Key, Score, Timeline
from boya.theory.graph.matching import FEWEST_CHANGES, changes, progression_changes, progressions_in
from boya.theory.progressions import progressions
from boya.theory.roman import parse_roman


def played(progression, tonic, beats=4):
    """A score with the chords of a progression, each bar of so many beats."""
    chords, at = [], 0
    for bar in progression.bars:
        for numeral in bar:
            root, quality, _ = parse_roman(numeral, tonic, progression.mode)
            length = beats * 480 // len(bar)
            chords.append(Chord(at, length, root, quality))
            at += length
    timeline = Timeline.of(keys=[Key(0, tonic, "minor" if progression.mode in MINOR_MODES else "major")])
    return Score(timeline=timeline, chords=tuple(chords))


@given(st.sampled_from(progressions()), st.integers(0, 11), st.sampled_from((2, 4, 8)))
def test_every_progression_is_found_in_every_key(progression, tonic, beats):
    score = played(progression, tonic, beats)
    found = progressions_in(changes(score), score.timeline.keys[0].mode)
    assert (progression.name in found) == (len(progression_changes(progression)) >= FEWEST_CHANGES)


def test_a_sequence_in_two_modes_is_two_progressions():
    major, minor = (
        played(next(p for p in progressions() if p.name == name), 0) for name in ("axis from the sixth", "minor axis")
    )
    assert "minor axis" not in progressions_in(changes(major), "major")
    assert "axis from the sixth" not in progressions_in(changes(minor), "minor")


def test_the_key_may_change_on_the_way():
    chords = tuple(Chord(i * 960, 960, root, "maj") for i, root in enumerate((0, 5, 9, 2)))
    timeline = Timeline.of(keys=[Key(0, 0, "major"), Key(1920, 9, "major")])
    assert changes(Score(timeline=timeline, chords=chords)) == ((0, "maj"), (5, "maj"), (0, "maj"), (5, "maj"))


@pytest.mark.parametrize(
    ("quality", "triad"), [("min9", "min"), ("hdim7", "dim"), ("aug(b7)", "aug"), ("sus4(b7)", "sus"), ("5", "maj")]
)
def test_sevenths_and_added_notes_are_left_out(quality, triad):
    assert changes(Score(chords=(Chord(0, 480, 0, quality),))) == ((0, triad),)


def test_silence_is_no_change():
    assert changes(Score(chords=(Chord(0, 480, 0, "maj"), Chord(480, 480, None, ""), Chord(960, 480, 0, "maj")))) == ((0, "maj"),)
    assert progressions_in((), "major") == ()
