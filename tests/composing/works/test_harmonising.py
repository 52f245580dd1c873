"""Chords for a melody: they fit it, end at home, and may be played."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.composing import harmonise
from boya.composing.works.harmonising import voiced
from boya.composing.works.harmony import chords_of_style, path, units_of
from boya.errors import RequestError
from boya.files import read_bytes, write_bytes
from boya.score import MODES, Chord, Key, Metre, Score, Timeline, Track, note_array
from boya.theory.chords import chord_name, chord_pitch_classes
from boya.theory.styles import style_names


def tune(pitches, quarters=1, metre=(4, 4), tonic=0, mode="major"):
    """A melody of notes of one length."""
    rows = [(round(n * quarters * 480), round(quarters * 480), pitch, 80) for n, pitch in enumerate(pitches)]
    timeline = Timeline(metres=(Metre(0, *metre),), keys=(Key(0, tonic, mode),))
    return Score((Track(note_array(rows), role="melody", name="Tune"),), timeline)


TWINKLE = tune((60, 60, 67, 67, 69, 69, 67, 67, 65, 65, 64, 64, 62, 62, 60, 60))


def names(piece):
    return [chord_name(c.root, c.quality) for c in piece.score.chords]


def test_a_melody_that_says_its_chords():
    arpeggios = [60, 64, 67, 72, 65, 69, 72, 69, 67, 71, 74, 71, 72, 67, 64, 60]
    assert names(harmonise(tune(arpeggios), style="pop")) == ["C", "F", "G", "C"]
    up = [p + 5 for p in arpeggios]
    assert names(harmonise(tune(up, tonic=5), style="pop")) == ["F", "Bb", "C", "F"]


def test_minor_and_triple_time():
    minor = harmonise(tune((69, 72, 76, 74, 71, 68, 76, 71, 68, 69, 72, 69), metre=(3, 4), tonic=9, mode="minor"), style="waltz")
    assert names(minor)[0] == names(minor)[-1] == "Am"
    assert {"E7", "E"} & set(names(minor))


def test_notes_stay_and_chords_are_told():
    piece = harmonise(TWINKLE, style="pop")
    assert piece.score.tracks == TWINKLE.tracks
    assert piece.report["chords"] == names(piece)
    assert piece.report["key"] == "C major"
    assert read_bytes(write_bytes(piece.score, ".mid"), ".mid").chords == piece.score.chords
    again = harmonise(piece.score, style="jazz")
    assert f"{len(piece.score.chords)} chords of the score were replaced" in again.report["said"]


def test_the_key_may_be_wished_for():
    piece = harmonise(TWINKLE, key="A minor")
    assert piece.report["key"] == "A minor"
    assert piece.score.timeline.keys == (Key(0, 9, "minor"),)


def test_surprise_is_drawn_by_the_seed():
    plain = {tuple(names(harmonise(TWINKLE, seed=seed))) for seed in range(4)}
    bold = {tuple(names(harmonise(TWINKLE, seed=seed, surprise=1.0))) for seed in range(8)}
    assert len(plain) == 1
    assert len(bold) > 2
    assert names(harmonise(TWINKLE, seed=5, surprise=1.0)) == names(harmonise(TWINKLE, seed=5, surprise=1.0))


def test_an_instrument_plays_the_chords():
    piece = harmonise(TWINKLE, style="pop", track="piano")
    melody, piano = piece.score.tracks
    assert melody == TWINKLE.tracks[0]
    assert (piano.role, piano.program, piano.name) == ("chords", 0, "Acoustic Grand Piano")
    for chord in piece.score.chords:
        sounding = {p % 12 for on, n, p, _ in piano.notes.tolist() if on < chord.end and on + n > chord.onset}
        assert sounding == set(chord_pitch_classes(chord.root, chord.quality))
    lines = set(piece.score.bar_bounds.tolist())
    assert {on for on, *_ in piano.notes.tolist()} >= lines - {piece.score.end}


def test_voices_move_little():
    chords = [(0, "maj"), (9, "min"), (5, "maj"), (7, "7"), (0, "maj")]
    for before, after in zip(voiced(chords), voiced(chords)[1:], strict=False):
        assert max(min(abs(a - b) for b in before[1:]) for a in after[1:]) <= 4


@given(
    st.lists(st.integers(40, 90), min_size=1, max_size=40),
    st.sampled_from([(4, 4), (3, 4), (6, 8), (7, 8), (12, 8), (1, 4), (2, 2)]),
    st.sampled_from([1, 0.5, 1 / 3, 2.5]),
    st.sampled_from(MODES),
    st.sampled_from(["", *style_names(), "chorale", "folk dance"]),
    st.sampled_from([0.0, 0.5]),
)
@settings(max_examples=60, deadline=None)
def test_any_melody_has_chords_without_gaps(pitches, metre, quarters, mode, style, surprise):
    score = tune(pitches, quarters, metre, 2, mode)
    chords = harmonise(score, style=style or None, surprise=surprise).score.chords
    assert chords[0].onset == 0
    assert all(a.end == b.onset for a, b in pairwise(chords))
    assert chords[-1].end == score.bar_bounds[-1]
    assert all((a.root, a.quality) != (b.root, b.quality) for a, b in pairwise(chords))


def test_bars_that_are_cut_short():
    score = replace(TWINKLE, timeline=replace(TWINKLE.timeline, metres=(Metre(0, 4, 4), Metre(1200, 3, 4))))
    units = units_of(score, score.tracks[0].notes)
    assert list(units.bounds) == sorted(set(units.bounds))
    assert len(units.places) == len(units.bounds) - 1 == len(units.sounding)


def test_the_best_way_is_better_than_any_drawn_one():
    units, chords = units_of(TWINKLE, TWINKLE.tracks[0].notes), chords_of_style("pop", 0, "major")
    best = path(units, chords, 0.0, np.random.default_rng(0))
    assert chords.tonics[best[0]]
    assert chords.tonics[best[-1]]


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"style": "jaz"}, "did you mean jazz"),
        ({"key": "H minor"}, "a key looks like"),
        ({"melody": "2"}, "tracks must be 1-1"),
        ({"track": "flute"}, "track Flute and chords contradict each other: it sounds 1 notes at once"),
        ({"track": "drums"}, "one instrument plays the chords"),
        ({"track": "chords=any"}, "an instrument must play the chords"),
        ({"track": "piano, organ"}, "one instrument plays the chords"),
        ({"surprise": 2}, "surprise must be 0-1"),
        ({"seed": -1}, "seed must be"),
    ],
)
def test_wrong_wishes(wishes, message):
    with pytest.raises(RequestError, match=message):
        harmonise(TWINKLE, **wishes)


def test_a_melody_is_needed():
    with pytest.raises(RequestError, match="no notes"):
        harmonise(Score())
    with pytest.raises(RequestError, match="must have a melody"):
        harmonise(Score((Track(note_array([(0, 480, 36, 80)]), is_drum=True),)))
    with pytest.raises(RequestError, match="names 2"):
        harmonise(Score((*TWINKLE.tracks, *TWINKLE.tracks)), melody="melody")


def test_a_chord_is_a_chord():
    assert all(isinstance(chord, Chord) for chord in harmonise(TWINKLE).score.chords)
