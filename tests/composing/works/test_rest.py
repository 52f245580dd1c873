"""A composed piece comes to rest in its last bar, within its limits."""

import numpy as np
import pytest

from boya.composing.filling.limits import Limits, TrackLimits
from boya.composing.works.rest import CRASH, at_rest
from boya.score import Chord, Score, Track, note_array

BAR = 1920
RING = BAR - BAR // 8


def piece(*tracks, chords=((0, 7), (BAR, 0))):
    ends = [onset for onset, _ in chords[1:]] + [2 * BAR]
    return Score(tracks, chords=tuple(Chord(on, end - on, root, "major") for (on, root), end in zip(chords, ends, strict=True)))


def part(*rows, **told):
    return Track(note_array([(onset, length, pitch, 80) for onset, length, pitch in rows]), **told)


def last_bar(track, start=BAR):
    return [(int(n["onset"]) - start, int(n["duration"]), int(n["pitch"])) for n in track.notes if n["onset"] >= start]


def test_a_melody_holds_the_first_note_of_the_last_bar():
    melody = part((0, 480, 67), (BAR, 240, 64), (BAR + 240, 240, 65), (BAR + 960, 480, 67), role="melody")
    assert last_bar(at_rest(piece(melody), Limits()).tracks[0]) == [(0, RING, 64)]


def test_what_rings_into_the_last_bar_rings_to_its_end():
    melody = part((BAR - 480, 960, 67), role="melody")
    [note] = at_rest(piece(melody), Limits()).tracks[0].notes
    assert BAR + RING <= note["onset"] + note["duration"] <= 2 * BAR


def test_the_bass_comes_home_where_it_has_been_before():
    walking = part((0, 480, 36), (480, 480, 48), (BAR, 480, 43), (BAR + 480, 480, 40), role="bass")
    assert last_bar(at_rest(piece(walking), Limits()).tracks[0]) == [(0, RING, 48)]
    away = part((0, 480, 43), (BAR, 480, 43), role="bass")
    assert last_bar(at_rest(piece(away), Limits()).tracks[0]) == [(0, RING, 43)]
    stepping = at_rest(piece(walking), Limits((TrackLimits(leap=2),)))
    assert last_bar(stepping.tracks[0]) == [(0, RING, 43)]


def test_a_broken_chord_rings_within_its_voices():
    broken = part(*((BAR + 240 * i, 240, pitch) for i, pitch in enumerate((60, 64, 60, 67, 72, 76))), role="chords")
    assert [(onset, pitch) for onset, _, pitch in last_bar(at_rest(piece(broken), Limits()).tracks[0])] == [
        (0, 60),
        (240, 64),
        (720, 67),
    ]
    two = at_rest(piece(broken), Limits((TrackLimits(voices=2),)))
    assert [pitch for *_, pitch in last_bar(two.tracks[0])] == [60, 64]


def test_drums_strike_once_with_a_crash_that_they_have():
    drums = part((0, 120, CRASH), (BAR, 120, 36), (BAR + 480, 120, 38), (BAR + 960, 120, 36), is_drum=True, role="drums")
    assert [pitch for *_, pitch in last_bar(at_rest(piece(drums), Limits()).tracks[0])] == [36, CRASH]
    few = at_rest(piece(drums), Limits((TrackLimits(voices=1),)))
    assert [pitch for *_, pitch in last_bar(few.tracks[0])] == [36]


def test_rest_begins_with_the_last_chord():
    middle = BAR + BAR // 2
    melody = part((BAR, 480, 65), (BAR + 480, 480, 67), (middle, 240, 64), (middle + 240, 240, 62), role="melody")
    rested = at_rest(piece(melody, chords=((0, 7), (middle, 0))), Limits())
    assert [(onset, pitch) for onset, _, pitch in last_bar(rested.tracks[0])] == [(0, 65), (480, 67), (960, 64)]


@pytest.mark.parametrize(
    "score", [Score(), piece(part((0, 480, 60)), chords=((0, 0),)).slice_bars(0, 1), Score((part((BAR, 480, 60)),))]
)
def test_what_has_no_end_to_come_to_stays(score):
    assert at_rest(score, Limits()) == score


def test_bars_before_the_last_stay_as_they_are():
    rng = np.random.default_rng(0)
    rows = [(int(on), 240, int(pitch)) for on, pitch in zip(np.arange(0, 2 * BAR, 240), rng.integers(40, 60, 16), strict=True)]
    for role in ("melody", "chords", "bass", "pad"):
        track = part(*rows, role=role)
        rested = at_rest(piece(track), Limits()).tracks[0]
        assert np.array_equal(rested.notes[rested.notes["onset"] < BAR], track.notes[track.notes["onset"] < BAR])
