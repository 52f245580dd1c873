"""Loudness, true peak, equaliser, reverb and the finish."""

import numpy as np
import pytest

from boya.errors import InputError
from boya.score import Score, Track
from boya.sound import loudness, preset_names, render, true_peak
from boya.sound.mix.equaliser import KINDS, Filter, coefficients, equalise, response
from boya.sound.mix.fir import Convolver
from boya.sound.mix.loudness import Meter, k_filter
from boya.sound.mix.master import finish
from boya.sound.mix.reverb import PingPong, Reverb, answer
from boya.sound.mix.stage import Echo, mix_of, places


def decibel(value):
    return 20 * np.log10(value)


def music(seconds, rate=44100, seed=0):
    """Noise and tones that come and go, one side louder. `[shape=(frames, 2)]`"""
    rng, time = np.random.default_rng(seed), np.arange(seconds * rate) / rate
    swell = (1 + np.sin(2 * time)) * (time % 5 > 1)
    both = 0.05 * rng.standard_normal((len(time), 2)) * swell[:, None] + 0.2 * np.sin(2 * np.pi * 300 * time)[:, None]
    return (both * [1, 0.6]).astype(np.float32)


@pytest.mark.parametrize("rate", [22050, 44100, 48000, 96000])
def test_loudness_agrees_with_another_implementation(rate):
    reference = pytest.importorskip("pyloudnorm")
    audio = music(12, rate)
    assert loudness(audio, rate) == pytest.approx(reference.Meter(rate).integrated_loudness(audio), abs=0.1)


def test_loudness_of_the_standards_own_signals():
    time = np.arange(20 * 48000) / 48000
    tone = np.sin(2 * np.pi * 1000 * time).astype(np.float32)
    assert loudness(np.stack([tone, tone], axis=1) * np.float32(10 ** (-23 / 20)), 48000) == pytest.approx(-23, abs=0.1)
    quiet_after = np.where(time < 10, 1, 10 ** (-30 / 20))[:, None] * np.stack([tone, tone], axis=1) * 0.1
    assert loudness(quiet_after.astype(np.float32), 48000) == pytest.approx(-20, abs=0.1)  # the relative gate leaves it out
    assert loudness(np.zeros((48000, 2), np.float32), 48000) == -np.inf


def test_the_k_filter_is_the_standards_table():
    (shelf, shelf_under), (_, high_under) = k_filter(48000)
    assert shelf == pytest.approx([1.53512485958697, -2.69169618940638, 1.19839281085285], abs=1e-9)
    assert shelf_under == pytest.approx([1, -1.69065929318241, 0.73248077421585], abs=1e-9)
    assert high_under == pytest.approx([1, -1.99004745483398, 0.99007225036621], abs=1e-9)


@pytest.mark.parametrize("phase", [0.1, 0.25, 0.4])
@pytest.mark.parametrize("frequency", [1000.0, 11025.0, 15000.0, 18000.0])
def test_true_peaks_between_samples_are_found(frequency, phase):
    tone = np.sin(2 * np.pi * (frequency * np.arange(8000) / 44100 + phase))
    tone *= np.hanning(8000) ** 0.5
    assert decibel(true_peak(tone[:, None].astype(np.float32))) == pytest.approx(0, abs=0.4)


def test_a_meter_hears_the_same_however_it_is_fed():
    audio = music(3).T
    whole, parts = Meter(44100), Meter(44100)
    whole.add(audio)
    for start in range(0, audio.shape[1], 10007):
        parts.add(audio[:, start : start + 10007])
    for a, b in zip(whole.finish(), parts.finish(), strict=True):
        assert len(a) == len(b) == -(-audio.shape[1] // 64)
        assert np.allclose(a, b, atol=1e-4 * a.max())


@pytest.mark.parametrize(
    ("section", "hertz", "expected"),
    [
        (Filter("peak", 1000, 6, 1.0), 1000, 6),
        (Filter("peak", 1000, 6, 1.0), 40, 0),
        (Filter("highpass", 200), 200, -3),
        (Filter("highpass", 200), 25, -36),
        (Filter("lowpass", 2000), 2000, -3),
        (Filter("lowshelf", 200, -6), 20, -6),
        (Filter("highshelf", 4000, 4), 18000, 4),
    ],
)
def test_filters_do_what_they_are_called(section, hertz, expected):
    gains = np.abs(response([coefficients(section, 44100)], 44100))
    assert decibel(gains[hertz]) == pytest.approx(expected, abs=0.35)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_filter_in_the_frequency_domain_is_the_recursion(kind):
    top, bottom = coefficients(Filter(kind, 300.0, 5.0, 0.8), 8000)
    wave, expected = np.random.default_rng(1).standard_normal(400), np.zeros(400)
    for i in range(400):
        past = [expected[i - k] if i >= k else 0.0 for k in (1, 2)]
        expected[i] = sum(top[k] * wave[i - k] for k in range(3) if i >= k) - bottom[1] * past[0] - bottom[2] * past[1]
    made = equalise(wave[None].astype(np.float32), (Filter(kind, 300.0, 5.0, 0.8),), 8000)
    assert np.abs(made[0] - expected).max() < 1e-4


def test_a_convolver_is_convolution_over_any_blocks():
    rng = np.random.default_rng(2)
    taps, wave = rng.standard_normal((2, 700)).astype(np.float32), rng.standard_normal((1, 5000)).astype(np.float32)
    filter_ = Convolver(taps)
    made = np.concatenate([filter_(wave[:, start : start + 777]) for start in range(0, 5000, 777)], axis=1)
    expected = np.stack([np.convolve(wave[0], row)[:5000] for row in taps])
    assert np.abs(made - expected).max() < 1e-2 * np.abs(expected).max()


@pytest.mark.parametrize("preset", ["default", "hall", "church"])
def test_a_room_answers_and_dies_away(preset):
    room = mix_of(preset).room
    response_ = answer(room, 22050)
    start = int(room.predelay * 22050) - 1
    energy = (response_**2).sum(axis=0)
    assert energy[: int(room.early[0][0] * 22050) - 1].sum() < 1e-3 * energy.sum()
    assert energy[-start:].max() < 1e-6 * energy.max()
    assert Reverb(room, 22050)(np.ones((1, 10), np.float32)).shape == (2, 10)


def test_echoes_come_in_time_from_alternating_sides():
    echo = PingPong(Echo(quarters=1.0, feedback=0.5, level=1.0, share=1.0), 0.01, 8000)
    sends = [np.eye(1, 100, dtype=np.float32), *np.zeros((3, 1, 100), np.float32)]
    heard = np.concatenate([echo(send) for send in sends], axis=1)
    assert {(int(side), int(at)): float(heard[side, at]) for side, at in zip(*np.nonzero(heard), strict=True)} == {
        (0, 80): 1.0,
        (1, 160): 0.5,
        (0, 240): 0.25,
        (1, 320): 0.125,
    }


@pytest.mark.parametrize("target", [-23.0, -16.0, -12.0])
@pytest.mark.parametrize("kind", ["music", "clicks", "swell"])
def test_the_finish_reaches_its_loudness_and_never_passes_the_ceiling(kind, target):
    audio = music(8).T
    if kind == "clicks":
        audio[:, ::22050] += 3.0
    if kind == "swell":
        audio *= np.linspace(0, 2, audio.shape[1], dtype=np.float32) ** 3
    bus = np.ascontiguousarray(audio)
    finish(bus, 44100, mix_of(lufs=target))
    assert decibel(true_peak(bus.T)) <= -1.0
    if kind != "clicks":
        assert loudness(bus.T, 44100) == pytest.approx(target, abs=0.3)


def test_the_finish_leaves_silence_and_hardly_any_sound_alone():
    for bus in (np.zeros((2, 0), np.float32), np.zeros((2, 1000), np.float32), np.full((2, 1), 0.1, np.float32)):
        finish(bus, 8000)
        assert np.isfinite(bus).all()


@pytest.mark.parametrize("preset", preset_names())
def test_every_preset_renders_at_its_loudness(preset, band):
    audio = render(band, preset=preset, sample_rate=22050)
    assert decibel(true_peak(audio)) <= -1.0
    assert loudness(audio, 22050) == pytest.approx(mix_of(preset).lufs, abs=0.5)


def test_a_dry_mix_ends_sooner_and_a_hall_later(band):
    def energy_after(preset):
        audio = render(band, preset=preset, sample_rate=22050, tail=3.0)
        end = int(band.length_second * 22050)
        return (audio[end + 11025 :] ** 2).sum() / (audio**2).sum()

    dry, default, hall = (energy_after(preset) for preset in ("dry", "default", "hall"))
    assert dry < default < hall


def test_the_bass_stays_in_the_middle_and_pads_step_aside():
    strips = places([Track(role=role) for role in ("bass", "bass", "pad", "pad", "")], mix_of())
    assert [strip.pan for strip in strips[:2]] == [0, 0]
    assert strips[2].pan != strips[3].pan


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"preset": "cave"}, "preset must be one of default, dry"),
        ({"lufs": 0.0}, "lufs must be"),
        ({"tail": -1.0}, "tail must be"),
        ({"tail": 61.0}, "tail must be"),
        ({"voices": "kazoo"}, "voices must be one of sampled"),
    ],
)
def test_settings_out_of_range_are_refused(settings, words):
    with pytest.raises(InputError, match=words):
        render(Score(), **settings)


def test_filters_and_loudness_refuse_nonsense():
    with pytest.raises(InputError, match="must be one of peak"):
        Filter("wah", 100.0)
    with pytest.raises(InputError, match="hertz > 0"):
        Filter("peak", 0.0)
    with pytest.raises(InputError, match="shape"):
        loudness(np.zeros((10, 3), np.float32), 44100)
