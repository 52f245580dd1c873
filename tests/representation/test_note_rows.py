"""Notes as rows: what stands in them, in which order, and what a score does not say."""

import numpy as np

from boya.representation.note_rows import FIELDS, UNKNOWN, note_rows, parts_of, turned
from boya.score import Metre, Score, Tempo, Timeline, Track, note_array

TUNE = Track(note_array([(0, 480, 72, 80), (1440, 960, 74, 80)]), program=40, role="melody")
CHORDS = Track(note_array([(0, 1440, 60, 80), (0, 1440, 64, 80)]), program=0, role="chords")
DRUMS = Track(note_array([(720, 10, 38, 90)]), is_drum=True, role="drums")
WALTZ = Score((TUNE, CHORDS, DRUMS), Timeline((Tempo(0, 90.0),), (Metre(0, 3, 4),)))


def column(rows, name):
    return rows.values[:, list(FIELDS).index(name)].tolist()


def test_all_tracks_stand_in_one_stream_by_onset_and_pitch():
    rows = note_rows(WALTZ)
    assert column(rows, "pitch") == [60, 64, 72, 128 + 38, 74]
    assert rows.time.tolist() == [0, 0, 0, 18, 36]
    assert rows.bar.tolist() == [0, 0, 0, 0, 1]
    assert column(rows, "position") == [0, 0, 0, 18, 0]
    assert [WALTZ.tracks[track].notes["pitch"][place] % 128 for track, place in rows.source] == [60, 64, 72, 38, 74]


def test_what_a_score_does_not_say_is_unknown():
    assert set(column(note_rows(WALTZ), "metre")) == {6}
    silent = note_rows(WALTZ.with_tracks([TUNE]).slice_bars(0, 1))
    assert UNKNOWN not in silent.values
    unstated = note_rows(Score((TUNE,)))
    assert set(column(unstated, "metre")) == set(column(unstated, "tempo")) == {UNKNOWN}
    assert set(column(note_rows(WALTZ).hiding("instrument"), "instrument")) == {UNKNOWN}


def test_parts_are_known_where_a_melody_stands_among_others():
    rows = note_rows(WALTZ)
    assert parts_of(WALTZ, rows).tolist() == [0, 0, 1, 0, 1]
    alone = WALTZ.with_tracks([TUNE])
    assert set(parts_of(alone, note_rows(alone)).tolist()) == {UNKNOWN}


def test_turning_moves_tones_and_leaves_drums():
    rows = note_rows(WALTZ)
    moved = turned(rows.values, 5)
    assert (moved[:, 1] - rows.values[:, 1]).tolist() == [5, 5, 5, 0, 5]
    assert np.array_equal(np.delete(moved, 1, axis=1), np.delete(rows.values, 1, axis=1))
    assert note_rows(WALTZ.transpose(5)).values.tolist() == moved.tolist()


def test_odd_music_has_rows_within_the_fields():
    empty = note_rows(Score())
    assert empty.values.shape == (0, len(FIELDS))
    long = Score((Track(note_array([(7, 10**6, 127, 1), (10**7 + 13, 1, 0, 1)])),), Timeline(metres=(Metre(0, 32, 4),)))
    assert (note_rows(long).values < list(FIELDS.values())).all()
