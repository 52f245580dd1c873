"""An analysis says what a musician would say of plain music."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.score import Metre, Score, Timeline, Track, note_array
from boya.theory.analysis import CADENCES, FUNCTIONS, TONES, Analysis, analyse
from boya.theory.chords import chord_pitch_classes
from boya.theory.figured import parse_figured

HALF = 960


def setting(numerals, tonic=0, mode="major", length=HALF):
    """Four voices: the bass and the chord tones above it, the tonic in the soprano where it can be; the last chord is long."""
    rows = []
    for i, text in enumerate(numerals.split()):
        chord = parse_figured(text, tonic, mode)
        onset, duration = i * length, length * (2 if i == len(numerals.split()) - 1 else 1)
        rows.append((onset, duration, 36 + chord.bass, 80))
        upper = [60 + pc for pc in chord_pitch_classes(chord.root, chord.quality)]
        top = 72 + (tonic if tonic in {p % 12 for p in upper} else chord.root)
        rows += [(onset, duration, pitch, 80) for pitch in sorted({*upper, top})]
    return Score((Track(note_array(rows)),))


def told(analysis):
    return " ".join(chord.numeral for chord in analysis.chords)


def lines(*voices):
    """A score of one track a voice, each of (quarters, pitch) in turn."""
    tracks = []
    for voice in voices:
        onset, rows = 0, []
        for quarters, pitch in voice:
            rows.append((onset, round(quarters * 480), pitch, 80))
            onset += round(quarters * 480)
        tracks.append(Track(note_array(rows)))
    return Score(tuple(tracks))


@pytest.mark.parametrize(
    ("numerals", "mode"),
    [
        ("I IV V I", "major"),
        ("I vi ii6 V7 I", "major"),
        ("I V6 I IV6 V6/5 I", "major"),
        ("i iv V i", "minor"),
        ("i VI iv V7 i", "minor"),
        ("i viio6 i6 iiø6/5 V i", "minor"),
        ("I IV V I V7/V V I IV V I", "major"),
        ("I IV V7/vi vi V7 I", "major"),
        ("i iv V i bII6 V7 i", "minor"),
        ("i iv6 Ger6/5 V i", "minor"),
        ("I IV I iv I V7 I", "major"),
    ],
)
@pytest.mark.parametrize("tonic", [0, 7, 10])
def test_plain_progressions(numerals, mode, tonic):
    found = analyse(setting(numerals, tonic, mode))
    assert told(found) == numerals
    assert [(key.tonic, key.mode) for key in found.keys] == [(tonic, mode)]


@pytest.mark.parametrize(
    ("numerals", "mode", "kind"),
    [
        ("I IV V I", "major", "perfect authentic"),
        ("i iv V7 i", "minor", "perfect authentic"),
        ("I IV V6 I", "major", "imperfect authentic"),
        ("I ii6 I6 V", "major", "half"),
        ("i V i iv6 V", "minor", "phrygian half"),
        ("I V I V7 vi", "major", "deceptive"),
        ("I V7 I IV I", "major", "plagal"),
    ],
)
def test_cadences(numerals, mode, kind):
    found = analyse(setting(numerals, 0, mode))
    assert found.cadences[-1].kind == kind
    assert found.cadences[-1].numerals == tuple(numerals.split()[-2:])
    assert found.phrases[-1].cadence == kind


def test_functions_and_kinds():
    found = {chord.numeral: chord for chord in analyse(setting("I ii6 V I V7/V V7 I")).chords}
    assert [found[n].function for n in ("I", "ii6", "V7")] == ["tonic", "predominant", "dominant"]
    assert (found["V7/V"].kind, found["V7/V"].degree, found["V7/V"].of) == ("secondary", "V", "V")
    assert found["ii6"].inversion == 1


def test_a_modulation_through_a_pivot():
    found = analyse(setting("I IV V I vi V7/V V V7/V V vi V7/V V V7/V V"))
    assert {(key.tonic, key.mode) for key in found.keys} == {(0, "major"), (7, "major")}
    assert found.modulations[0].name == "C major to G major"
    assert found.modulations[0].pivot


MELODY = {
    "passing": [(1, 64), (0.5, 67), (0.5, 65), (2, 64)],
    "neighbour": [(1, 64), (0.5, 64), (0.5, 65), (2, 64)],
    "appoggiatura": [(1, 60), (0.5, 65), (0.5, 64), (2, 64)],
    "escape": [(1, 67), (0.5, 67), (0.5, 69), (2, 64)],
}


@pytest.mark.parametrize("kind", MELODY)
def test_non_chord_tones_by_how_they_move(kind):
    below = [[(4, 48)], [(4, 55)], [(4, 60)]]
    score = lines([*MELODY[kind]], *below)
    assert [tone.kind for tone in analyse(score).non_chord_tones] == [kind]


def test_a_suspension_is_held_over_and_steps_down():
    score = lines(
        [(2, 72), (1, 72), (1, 71), (4, 72)],
        [(2, 64), (2, 62), (4, 64)],
        [(2, 60), (2, 55), (4, 55)],
        [(2, 48), (2, 43), (4, 48)],
    )
    found = analyse(score)
    assert told(found) == "I V I"
    assert [(tone.kind, tone.pitch, tone.track) for tone in found.non_chord_tones] == [("suspension", 72, 0)]


def test_places_are_bars_and_beats_from_zero():
    score = setting("I IV V I", length=480)
    three = Score(score.tracks, Timeline.of(metres=[Metre(0, 3, 4)]))
    found = analyse(three)
    assert [(chord.bar, chord.beat) for chord in found.chords] == [(0, 0), (0, 1), (0, 2), (1, 0)]


def test_silence_and_drums_have_no_analysis():
    drums = Score((Track(note_array([(0, 480, 38, 90)]), is_drum=True),))
    assert analyse(Score()) == analyse(drums) == Analysis()


@given(
    st.lists(
        st.tuples(st.integers(0, 9000), st.integers(1, 4000), st.integers(0, 127), st.integers(1, 127)), min_size=1, max_size=25
    )
)
@settings(max_examples=25, deadline=None)
def test_any_music_is_told_without_gaps(rows):
    score = Score((Track(note_array(rows)),))
    found, end = analyse(score), int(score.bar_bounds[-1])
    for events in (found.keys, found.chords, found.phrases):
        assert events[0].onset == 0
        assert events[-1].end == end
        assert all(a.end == b.onset for a, b in itertools.pairwise(events))
    assert all(chord.function in FUNCTIONS for chord in found.chords)
    assert all(cadence.kind in CADENCES for cadence in found.cadences)
    for tone in found.non_chord_tones:
        assert tone.kind in TONES
        assert score.tracks[tone.track].notes["pitch"][tone.note] == tone.pitch
        chord = found.chord_at(tone.onset)
        assert tone.pitch % 12 not in chord_pitch_classes(chord.root, chord.quality)


@pytest.mark.parametrize("shift", [-5, 1, 6])
def test_transposed_music_has_the_same_numerals(shift):
    score = setting("I vi ii6 V7 I")
    first, second = analyse(score), analyse(score.transpose(shift))
    assert told(first) == told(second)
    assert (first.keys[0].tonic + shift) % 12 == second.keys[0].tonic
