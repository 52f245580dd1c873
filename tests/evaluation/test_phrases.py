"""MuseGAN's measures by hand-made bars, and their laws on any roll."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.errors import InputError
from boya.evaluation import phrases
from boya.evaluation.comparison import MEASURES, compare, compare_halves, gap_table, within_bars

MELODY, CHORDS, BASS, PAD, DRUMS = range(5)


def silence(n: int = 1) -> np.ndarray:
    return np.zeros((n, 5, 64, 128), np.uint8)


def play(roll: np.ndarray, role: int, step: int, pitches: list[int], length: int = 1) -> np.ndarray:
    """Write notes into the first phrase."""
    for pitch in pitches:
        roll[0, role, step : step + length, pitch] = 1
        roll[0, role, step, pitch] = 2
    return roll


@st.composite
def random_rolls(draw: st.DrawFn) -> np.ndarray:
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rolls = silence(draw(st.integers(1, 3)))
    live = rng.random(rolls.shape) < draw(st.sampled_from([0.0005, 0.02, 1.0]))
    rolls[live] = rng.integers(0, 3, live.sum())
    return rolls


def test_a_held_note_fills_the_bars_it_sounds_in():
    roll = play(silence(), BASS, 12, [40], length=8)
    assert phrases.empty_bars(roll).tolist() == [1, 1, 0.5, 1, 1]


def test_pitch_classes_count_octaves_once_and_silent_bars_not():
    roll = play(silence(), CHORDS, 0, [48, 60, 64, 67], 4)
    assert phrases.used_pitch_classes(roll)[CHORDS] == 3
    assert math.isnan(phrases.used_pitch_classes(roll)[MELODY])


def test_repeated_sixteenths_are_fragments_only_where_onsets_count():
    roll = play(play(silence(), MELODY, 0, [60]), MELODY, 1, [60])
    play(roll, MELODY, 8, [62], length=4)
    assert phrases.fragmented_notes(roll)[MELODY] == pytest.approx(2 / 3)
    assert phrases.fragmented_notes(roll, merged=True)[MELODY] == 0


def test_each_pitch_of_a_chord_is_a_note():
    roll = play(play(silence(), CHORDS, 0, [60, 64], 4), CHORDS, 0, [67])
    assert phrases.fragmented_notes(roll)[CHORDS] == pytest.approx(1 / 3)


def test_a_note_cut_at_the_start_begins_there():
    roll = silence()
    roll[0, PAD, :4, 60] = 1
    assert phrases.note_density(roll)[PAD] == 0.25
    assert phrases.note_starts(roll)[0, PAD].sum() == 1


def test_drum_patterns_are_the_eighths():
    roll = play(play(silence(), DRUMS, 0, [36, 42]), DRUMS, 3, [42])
    assert phrases.drum_patterns(roll).tolist() == [pytest.approx(2 / 3)]


def test_tonal_distance_by_hand():
    """A fifth apart: 7 steps of pi * 7/6 turn the first circle by 30 degrees, and so on with radii 1, 1, 1/2."""
    roll = play(play(silence(), MELODY, 0, [60], 8), BASS, 0, [43], 8)
    turns = [7 * 7 / 6, 7 * 3 / 2, 7 * 2 / 3]
    chord = [2 * r * abs(math.sin(t * math.pi / 2)) for r, t in zip((1, 1, 0.5), turns, strict=True)]
    pair = phrases.PAIRS.index((MELODY, BASS))
    assert phrases.tonal_distance(roll)[pair] == pytest.approx(math.hypot(*chord))


def test_equal_harmony_is_no_distance_and_windows_need_both_tracks():
    roll = play(play(silence(), MELODY, 0, [60, 64], 8), PAD, 0, [48, 52], 8)
    play(roll, MELODY, 32, [61], 8)
    values = dict(zip(phrases.PAIRS, phrases.tonal_distance(roll).tolist(), strict=True))
    assert values[MELODY, PAD] == 0
    assert math.isnan(values[MELODY, BASS])
    with pytest.raises(InputError, match="window must divide"):
        phrases.tonal_distance(roll, window=5)


def test_a_fifth_is_nearer_than_a_tritone():
    def apart(pitch: int) -> float:
        roll = play(play(silence(), MELODY, 0, [60], 8), BASS, 0, [pitch], 8)
        return float(phrases.tonal_distance(roll)[phrases.PAIRS.index((MELODY, BASS))])

    assert apart(43) < apart(42)


def test_register_density_and_onsets():
    roll = play(play(silence(), MELODY, 0, [60], 4), MELODY, 18, [72, 67], 2)
    assert phrases.mean_pitch(roll)[MELODY] == pytest.approx((60 + 72 + 67) / 3)
    assert phrases.pitch_range(roll)[MELODY] == 12
    assert phrases.note_density(roll)[MELODY] == 0.75
    assert phrases.polyphony(roll)[MELODY] == pytest.approx(8 / 6)
    assert phrases.onset_positions(roll)[MELODY, [0, 2]].tolist() == [pytest.approx(1 / 3), pytest.approx(2 / 3)]


def test_independent_tracks_keep_each_track_and_part_the_band():
    rng = np.random.default_rng(0)
    rolls = (rng.random((30, 5, 64, 128)) < 0.01).astype(np.uint8) * 2
    shuffled = phrases.independent_tracks(rolls, rng)
    for role in range(5):
        real = {track.tobytes() for track in rolls[:, role]}
        assert {track.tobytes() for track in shuffled[:, role]} == real
    assert not {phrase.tobytes() for phrase in rolls} & {phrase.tobytes() for phrase in shuffled}


@settings(max_examples=15, deadline=None)
@given(random_rolls())
def test_identical_music_has_no_gap(rolls):
    rows = compare(rolls, rolls)
    assert within_bars(rows)
    assert all(row.gap == 0 for row in rows)


@settings(max_examples=10, deadline=None)
@given(random_rolls(), st.integers(1, 11))
def test_transposition_changes_no_harmony(rolls, semitones):
    rolls[..., 100:] = 0
    moved = np.roll(rolls, semitones, axis=3)
    for function in (phrases.used_pitch_classes, phrases.tonal_distance, phrases.fragmented_notes, phrases.empty_bars):
        assert np.allclose(function(rolls)[:4], function(moved)[:4], equal_nan=True)


def test_music_against_silence_fails():
    roll = play(silence(), MELODY, 0, [60], 4)
    rows = {(row.measure, row.part): row for row in compare(roll, silence())}
    assert rows["empty bars", "melody"].gap == 25
    assert rows["empty bars", "melody"].holds is False
    assert rows["used pitch classes", "melody"].holds is False
    assert rows["mean pitch", "melody"].holds is None
    assert "| empty bars | melody | 75 | 100 | 25 | 5 | no |" in gap_table(tuple(rows.values()))


def test_every_measure_has_a_row_for_each_part():
    rows = compare(silence(), silence())
    assert len(rows) == sum(len(measure.parts) for measure in MEASURES)
    assert {row.bar for row in rows if row.measure == "tonal distance"} == {0.1}


def test_halves_never_share_a_piece():
    rolls = silence(8)
    rolls[4:, MELODY, 0, 60] = 2
    rows = compare_halves(rolls, np.repeat(["a", "b"], 4), np.random.default_rng(0))
    assert {row.gap for row in rows if (row.measure, row.part) == ("empty bars", "melody")} == {25}
    with pytest.raises(InputError, match="two pieces"):
        compare_halves(rolls, np.zeros(8), np.random.default_rng(0))


@pytest.mark.parametrize("shape", [(5, 64, 128), (1, 4, 64, 128), (1, 5, 60, 128), (1, 5, 64, 88)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(InputError, match="phrase rolls must"):
        phrases.empty_bars(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("wrong", [silence() + 3, silence().astype(float)])
def test_other_values_are_refused(wrong):
    with pytest.raises(InputError, match="phrase rolls must"):
        phrases.empty_bars(wrong)
