"""The critic measures what it says it does, and likes what is like real music, like its neighbours, and what was wished."""

import numpy as np
import pytest

from boya.composing.filling.critic import BAND_FEATURES, FEATURES, band_features, distances, track_features
from boya.composing.filling.ground import ground_of
from boya.score import ROLES, Track


def measured(desk, track, bars=(0, 1), **names):
    sheet = desk.sheet(track, n_bars=2, **names)
    return dict(zip(FEATURES, track_features(ground_of(sheet), track, np.array(bars)).tolist(), strict=True))


def test_features_of_a_line(desk):
    line = desk.track((0, 1, 60), (1, 1, 60), (2, 1, 64), (3, 1, 65), (4, 2, 67), (6, 2, 64), role="melody")
    found = measured(desk, line, chords=[(0, 8, 0, "maj")])
    assert found["sounding bars"] == 1
    assert found["onsets a quarter"] == pytest.approx(6 / 8)
    assert found["notes an onset"] == 1
    assert found["note length"] == pytest.approx((4 * np.log2(12) + 2 * np.log2(24)) / 6)
    assert found["leap"] == pytest.approx((0 + 4 + 1 + 2 + 3) / 5)
    assert found["repeated notes"] == pytest.approx(1 / 5)
    assert found["range"] == 7
    assert found["chord tones on beats"] == pytest.approx(5 / 6)
    assert found["rhythm as before"] == pytest.approx(2 / 4)
    assert found["register"] == pytest.approx(380 / 6)
    assert found["velocity"] == 80


def test_features_of_silence_and_of_drums(desk):
    silent = measured(desk, Track(role="melody"))
    assert silent.pop("sounding bars") == 0
    assert np.isnan(list(silent.values())).all()
    drums = measured(desk, desk.track((0, 1, 36), (0, 1, 42), (4, 1, 36), is_drum=True))
    assert drums["notes an onset"] == 1.5
    assert drums["rhythm as before"] == 1
    assert np.isnan([drums["leap"], drums["register"], drums["note length"]]).all()


def test_features_of_a_band(desk):
    bass = desk.track((0, 4, 48), (4, 4, 36), role="bass")
    clash = desk.track((0, 2, 61), (2, 2, 64), (4, 4, 64), role="chords")
    low = desk.track((0, 1, 40), (1, 7, 52), role="pad")
    sheet = desk.sheet(bass, clash, low, n_bars=2)
    found = dict(zip(BAND_FEATURES, band_features(ground_of(sheet), sheet.score, np.array([0, 1])), strict=True))
    assert found["clashes"] == 2 / 8  # C against D flat
    assert found["crossings"] == 1 / 8
    alone = desk.sheet(bass, n_bars=2)
    assert np.isnan(band_features(ground_of(alone), alone.score, np.array([0, 1]))).all()


def test_a_semitone_inside_one_track_is_its_own_affair(desk):
    first, second = desk.track((0, 4, 60), (0, 4, 61), role="chords"), desk.track((0, 4, 67), role="melody")
    sheet = desk.sheet(first, second, n_bars=1)
    assert band_features(ground_of(sheet), sheet.score, np.array([0]))[0] == 0


def better(desk, good, bad, *others, bars=(4, 5, 6, 7), **names):
    """How much further from good the second is, both in place of the first track."""
    sheet = desk.sheet(good, *others, n_bars=8, **names)
    written = desk.select(sheet, [0], bars)
    scores = [sheet.score.with_tracks([track, *others]) for track in (good, bad)]
    first, second = distances(scores, sheet, written)
    return second - first


def test_like_its_neighbours_is_better(desk):
    quiet = [(4 * bar, 4, 60) for bar in range(4)]
    like = desk.track(*quiet, *[(4 * bar, 4, 62) for bar in range(4, 8)], role="chords")
    unlike = desk.track(*quiet, *[(16 + i / 3, 1 / 3, 90) for i in range(48)], role="chords")
    assert better(desk, like, unlike) > 0.5


def test_chord_tones_on_beats_and_rhythms_that_return_are_better(desk):
    chords = [(4 * bar, 4, 0, "maj") for bar in range(8)]
    tones = desk.track(*[(i, 1, (60, 64, 67, 64)[i % 4]) for i in range(32)], role="chords")
    others = desk.track(*[(i, 1, (61, 65, 68, 65)[i % 4]) for i in range(32)], role="chords")
    assert better(desk, tones, others, chords=chords, bars=range(8)) > 0.1
    rng = np.random.default_rng(0)
    loose = desk.track(*[(float(on), 0.5, 64) for on in np.sort(rng.choice(96, 32, replace=False)) / 3], role="chords")
    even = desk.track(*[(i, 0.5, 64) for i in range(32)], role="chords")
    assert better(desk, even, loose, bars=range(8)) > 0


def test_silence_is_worse_than_anything(desk):
    poor = desk.track(*[(i / 2, 0.1, 30 + i) for i in range(64)], role="melody")
    assert better(desk, poor, Track(role="melody"), bars=range(8)) > 0


def test_a_wish_that_is_missed_counts_by_classes(desk):
    controls = np.array([[-1, 3, -1, -1]], np.int8)
    near, far = (desk.scale(8, pitch=pitch, role="melody") for pitch in (45, 36))  # classes 1 and 0
    met = desk.scale(8, pitch=62, role="melody")
    assert better(desk, met, near, controls=controls, bars=range(8)) == pytest.approx(2, abs=0.2)
    assert better(desk, met, far, controls=controls, bars=range(8)) == pytest.approx(3, abs=0.2)


@pytest.mark.parametrize("role", ["", *ROLES])
def test_every_role_has_its_measures(desk, role):
    track = desk.scale(8, role=role, is_drum=role == "drums")
    sheet = desk.sheet(track, n_bars=8)
    assert np.isfinite(distances([sheet.score], sheet, desk.select(sheet))).all()
