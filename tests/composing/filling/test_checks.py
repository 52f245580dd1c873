"""The examination finds what is wrong, each thing by itself."""

import pytest

from boya.composing.filling import Limits, TrackLimits, violations
from boya.score import Score, Tempo, Timeline, Track

FLUTE, PIANO = 73, 0


def found(desk, rows, *, program=PIANO, kept=(), bars=(0, 1), limits=None, drums=False, **names):
    """What is wrong with notes written into a track."""
    before = desk.track(*kept, program=program, is_drum=drums)
    sheet = desk.sheet(before, n_bars=2, limits=limits, **names)
    after = desk.track(*kept, *rows, program=program, is_drum=drums)
    return violations(sheet, desk.select(sheet, [0], bars), sheet.score.with_tracks([after]))


FINE = ((0, 1, 72), (4, 4, 71))


def test_what_is_right_is_right(desk):
    assert found(desk, FINE) == ()


@pytest.mark.parametrize(
    ("rows", "settings", "message"),
    [
        ([(0, 1, 20), (4, 4, 60)], {}, "plays 20 in bar 1, outside its range"),
        ([*FINE, (4, 5, 60)], {}, "plays 60 in bar 2, longer than the piece"),
        ([(4, 4, 61)], {"limits": Limits(scale={0, 2})}, "plays 61 in bar 2, outside the scale"),
        (
            [(6, 2, 62)],
            {"limits": Limits(chord_tones="strong"), "chords": [(4, 4, 0, "maj")]},
            "plays 62 in bar 2, outside the chord",
        ),
        (
            [(5, 3, 62)],
            {"limits": Limits(chord_tones="all"), "chords": [(4, 4, 0, "maj")]},
            "plays 62 in bar 2, outside the chord",
        ),
        ([(0, 8, 72), (4, 4, 71)], {"program": FLUTE}, "sounds 2 notes at once at step 48; 1 may"),
        ([(0, 8, 72), (4, 4, 72)], {}, "begins 72 at tick 1920 while it sounds"),
        ([(0, 1, 60), (3, 1, 68), (4, 4, 66)], {"limits": Limits((TrackLimits(leap=7),))}, "leaps 8 semitones at step 36; 7 are"),
        ([(7, 1, 36)], {"drums": True, "limits": Limits((TrackLimits(keys={38}),))}, "plays 36 in bar 2, outside its range"),
        ([], {"kept": [(4, 4, 60)], "bars": [0]}, "is silent where it was to be written"),
        ([(4, 1, 60)], {"kept": [(5, 3, 60)], "bars": [0]}, "has other notes outside the selection"),
        ([(0, 1, 60)], {}, "nothing sounds in the last bar, 2"),
        ([*FINE, (8, 1, 60)], {}, "begins a note behind the last bar"),
    ],
)
def test_one_thing_is_wrong(desk, rows, settings, message):
    assert message in found(desk, rows, **settings)[0]


def test_what_is_not_of_the_wrong_kind(desk):
    free = {"chords": [(4, 4, 0, "maj")]}
    assert found(desk, [(5, 3, 62)], limits=Limits(chord_tones="strong"), **free) == ()
    assert found(desk, [(4, 4, 62)], limits=Limits((TrackLimits(chord_tones="free"),), chord_tones="all"), **free) == ()
    assert found(desk, [(4, 4, 64)], limits=Limits(scale={2}), **free) == ()  # of the chord
    assert found(desk, [(0, 1, 40), (5, 3, 80)], limits=Limits((TrackLimits(leap=7),))) == ()  # after a long silence


def test_another_timeline_or_other_tracks(desk):
    sheet = desk.sheet(desk.scale(1), n_bars=1)
    other = Score(sheet.score.tracks, Timeline((Tempo(0, 50.0),)))
    assert "tempo" in violations(sheet, desk.select(sheet), other)[0]
    renamed = sheet.score.with_tracks([Track(program=5)])
    assert violations(sheet, desk.select(sheet), renamed) == ("the tracks are not those of the sheet",)
