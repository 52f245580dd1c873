"""A score is taken apart into voices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.errors import InputError
from boya.score import Score, Track, note_array
from boya.theory.voices.voices import joined, voices_of

from .conftest import line, piece


def names(voices):
    return [found.name for found in voices.lines]


def test_four_tracks_are_four_voices_from_the_top():
    voices = voices_of(piece("C3", "E4", "G4", "C5"))
    assert names(voices) == ["soprano", "alto", "tenor", "bass"]
    assert voices.pitch.tolist() == [[72, 67, 64, 48]]


def test_a_staff_of_two_voices_is_taken_apart():
    upper = Track(note_array(line("C5 D5 E5:2") + line("E4:2 F4 G4")))
    lower = Track(note_array(line("G3:4") + line("C3:2 C3:2")))
    voices = voices_of(Score((upper, lower)))
    assert [found.notes["pitch"].tolist() for found in voices.lines] == [[72, 74, 76], [64, 65, 67], [55], [48, 48]]


def test_a_lone_note_on_a_staff_goes_to_the_nearest_voice():
    staff = Track(note_array(line("E5 F5 -") + line("C4 D4 C4")))
    voices = voices_of(Score((staff,)))
    assert voices.pitch[:, 0].tolist() == [76, 77, -1]
    assert voices.pitch[:, 1].tolist() == [60, 62, 60]


def test_short_overlaps_of_playing_are_one_voice():
    legato = Track(note_array([(0, 510, 72, 80), (480, 480, 74, 80)]))
    voices = voices_of(Score((legato, Track(note_array(line("C3:2"))))))
    assert voices.n_voices == 2
    assert voices.ticks.tolist() == [0, 480, 960]


def test_beats_and_bars_are_told_in_the_metre():
    voices = voices_of(piece("C5:0.5 D5:0.5 E5 F5 G5", "C4:3 D4:1", metre=(3, 4)))
    assert voices.place == ((0, 1), (0, 1.5), (0, 2), (0, 3), (1, 1))
    assert voices.on_beat.tolist() == [True, False, True, True, True]


@pytest.mark.parametrize("count", [0, 1, 9])
def test_too_few_and_too_many_voices_are_refused(count):
    with pytest.raises(InputError, match=f"2 to 8 voices; the score has {count}"):
        voices_of(piece(*["C4"] * count))


def test_chords_are_no_voices():
    chord = Track(note_array([(0, 480, pitch, 80) for pitch in (60, 62, 64, 65, 67)]))
    with pytest.raises(InputError, match="track 1 sounds 5 notes"):
        voices_of(Score((chord,)))


def test_drums_are_left_out():
    score = piece("C5", "E4")
    drums = Track(note_array([(0, 60, 38, 80)]), is_drum=True)
    assert voices_of(score.with_tracks([drums, *score.tracks])).n_voices == 2


tunes = st.lists(st.tuples(st.integers(40, 80), st.integers(1, 8)), min_size=1, max_size=12)


@given(st.lists(tunes, min_size=2, max_size=4))
@settings(max_examples=40, deadline=None)
def test_every_note_is_in_one_voice_at_its_time(lines):
    tracks = []
    for tune in lines:
        onsets = np.cumsum([0, *(length * 120 for _, length in tune)]).tolist()
        tracks.append(Track(note_array([(a, n * 120, p, 80) for a, (p, n) in zip(onsets, tune, strict=False)])))
    score = Score(tuple(tracks))
    voices = voices_of(score)
    assert sorted((found.track, int(row)) for found in voices.lines for row in found.rows) == [
        (t, row) for t, track in enumerate(tracks) for row in range(track.n_notes)
    ]
    assert int(voices.begins.sum()) == score.n_notes
    for voice, found in enumerate(voices.lines):
        spent = np.diff(voices.ticks)[voices.note[:, voice] >= 0].sum()
        assert spent == found.notes["duration"].sum()


def test_repeated_notes_can_be_joined():
    voices = joined(voices_of(piece("C5 C5 D5 - D5", "C4:5")))
    assert voices.lines[0].notes["duration"].tolist() == [960, 480, 480]
    assert voices.lines[0].rows.tolist() == [0, 2, 3]
