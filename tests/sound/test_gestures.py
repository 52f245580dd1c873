"""Pedal and wheel are heard: notes ring on under the foot, pitch follows the wheel."""

import numpy as np
import pytest

from boya import render, render_stems
from boya.errors import InputError
from boya.files import Gestures

RATE = 22050


def level(audio, begin, end):
    return float(np.sqrt(np.mean(audio[round(begin * RATE) : round(end * RATE)].astype(float) ** 2)))


@pytest.mark.parametrize("voices", ["sampled", "live"])
def test_the_wheel_moves_the_pitch_and_nothing_else(voices, score_of, cents_off):
    score = score_of((0, 1920, 60, 90), program=73)
    bends = np.array([[480.0, 2.0], [960.0, 0.0], [1440.0, -0.5]])
    audio = render(score, sample_rate=RATE, preset="dry", voices=voices, gestures=[Gestures(bends=bends)])[:, 0]
    for beat, pitch in enumerate((60, 62, 60, 59.5)):
        part = audio[round((beat * 0.5 + 0.1) * RATE) : round((beat * 0.5 + 0.45) * RATE)]
        assert abs(cents_off(part, pitch, RATE)) < 8
    straight = render(score, sample_rate=RATE, preset="dry", voices=voices)
    still = render(score, sample_rate=RATE, preset="dry", voices=voices, gestures=[Gestures(bends=bends * [1, 0])])
    assert np.array_equal(straight, still)
    assert np.abs(np.diff(audio)).max() < 1.5 * np.abs(np.diff(straight[:, 0])).max()


def test_notes_ring_under_the_foot_until_it_comes_up(score_of):
    score = score_of((0, 240, 60, 90), (1920, 240, 48, 90), program=48)  # strings stop at once
    foot = [Gestures(pedals=np.array([[120.0, 960.0]]))]
    dry, wet = (render(score, sample_rate=RATE, preset="dry", gestures=own)[:, 0] for own in ((), foot))
    assert level(dry, 0.6, 0.9) < 0.05 * level(dry, 0.1, 0.2)
    assert level(wet, 0.6, 0.9) > 0.3 * level(wet, 0.1, 0.2)
    assert level(wet, 1.5, 1.9) < 0.05 * level(wet, 0.1, 0.2)


def test_gestures_are_of_all_tracks_or_none(score_of):
    with pytest.raises(InputError, match="each of 1 tracks"):
        render(score_of((0, 240, 60, 90)), gestures=[Gestures(), Gestures()])
    stems = render_stems(score_of((0, 240, 60, 90)), sample_rate=8000, gestures=[Gestures()])
    assert list(stems) == ["01-track"]
