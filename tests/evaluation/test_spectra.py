import numpy as np
import pytest

from boya.errors import InputError
from boya.evaluation.spectra import spectral_distance

RNG = np.random.default_rng(0)
TONE = np.sin(2 * np.pi * 440 * np.arange(16000) / 16000) + 0.3 * np.sin(2 * np.pi * 880 * np.arange(16000) / 16000)


def test_the_same_is_nought_and_less_like_is_further():
    near = spectral_distance(TONE, 0.9 * TONE)
    far = spectral_distance(TONE, TONE + 0.03 * RNG.standard_normal(16000))
    assert spectral_distance(TONE, TONE) == 0
    assert 0 < near < 1 < far < spectral_distance(TONE, RNG.standard_normal(16000)) < 60


def test_noise_of_the_same_colour_is_about_seven_decibels_apart():
    assert 6.5 < spectral_distance(RNG.standard_normal(32000), RNG.standard_normal(32000)) < 8.5


def test_silence_is_as_far_as_the_floor_lets_it():
    assert spectral_distance(TONE, np.zeros(16000)) < 60
    assert spectral_distance(np.zeros(16000), np.zeros(16000)) == 0


def test_lengths_must_fit():
    with pytest.raises(InputError, match="one length"):
        spectral_distance(TONE, TONE[:-1])
    with pytest.raises(InputError, match="2048 samples or more; got 100"):
        spectral_distance(TONE[:100], TONE[:100])
