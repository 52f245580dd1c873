import numpy as np
import pytest

from boya.sound.voices import analogue, bow, filters, piano, string, winds
from boya.sound.voices.body import Body, coloured
from boya.sound.voices.fm import ALGORITHMS, FM
from boya.sound.voices.fm import tone as fm_tone
from boya.sound.voices.performing import warp
from boya.sound.voices.probe import loudness, measured_hertz
from boya.sound.wave import Strike

RATE = 44100


def partials(tone, frequency, count, rate=RATE):
    """Decibels of the first partials against the strongest of them."""
    power = np.abs(np.fft.rfft(tone * np.hanning(len(tone))))
    width = len(tone) / rate
    peaks = [power[int((k - 0.3) * frequency * width) : int((k + 0.3) * frequency * width)].max() for k in range(1, count + 1)]
    return 20 * np.log10(np.array(peaks) / max(peaks))


def tone(module, settings, frequency=220.0, force=0.6, second=0.8):
    return module.tone(Strike(frequency, force, int(second * RATE), RATE), settings).mean(axis=0)


@pytest.mark.parametrize("frequency", [55.0, 440.0, 1234.5])
def test_the_period_of_any_tone_is_found(frequency):
    time = np.arange(RATE) / RATE
    wave = sum(np.sin(2 * np.pi * k * frequency * time) / k for k in range(1, 6))
    assert measured_hertz(wave, RATE, 1.03 * frequency) == pytest.approx(frequency, rel=1e-4)


def test_silence_has_no_period_and_no_loudness():
    assert measured_hertz(np.zeros(9000), RATE, 440.0) == 0
    assert loudness(np.zeros(9000), RATE) == 0


def test_a_clarinet_lacks_even_partials_and_a_saxophone_does_not():
    clarinet = partials(tone(winds, winds.Wind(kind="reed", breath=0.85, side=0.25, vibrato=0.0))[20000:], 220.0, 4)
    sax = partials(tone(winds, winds.Wind(kind="cone", breath=1.0, reach=0.0))[20000:], 220.0, 4)
    assert clarinet[1] < -40 < clarinet[2]
    assert sax[1] > -20


def test_brass_is_brighter_when_its_waves_steepen():
    flat, steep = (
        partials(tone(winds, winds.Wind(kind="lips", breath=1.0, loss=0.93, side=0.1, steep=s))[20000:], 220.0, 8)
        for s in (0.0, 0.5)
    )
    assert steep[4:].mean() > flat[4:].mean()


def test_a_bowed_string_moves_like_a_sawtooth():
    found = partials(tone(bow, bow.Bow(vibrato=0.0, touch=0.0, noise=0.0))[20000:], 220.0, 6)
    assert np.abs(found - 20 * np.log10(1 / np.arange(1, 7))).max() < 4


def test_a_string_plucked_at_a_third_lacks_every_third_partial():
    found = partials(tone(string, string.String(place=1 / 3, knock=0.0, soft=6000.0)), 220.0, 6)
    assert found[2] < found[1] - 10
    assert found[5] < found[4] - 10


def test_a_string_decays_as_asked():
    settings = string.String(decay=0.5, register=0.0, second=0.0, knock=0.0, damping=0.0)
    sound = tone(string, settings, frequency=440.0, second=1.2)
    early, late = (np.sqrt(np.mean(sound[int(t * RATE) : int(t * RATE) + 4410] ** 2)) for t in (0.2, 0.7))
    assert early / late == pytest.approx(np.e, rel=0.05)


@pytest.mark.parametrize("frequency", [41.2, 110.0, 440.0, 1318.5])
@pytest.mark.parametrize("stiffness", [0.0, 0.0003])
def test_a_loop_is_exactly_as_long_as_its_period(frequency, stiffness):
    delay, taps = string.loop(frequency, 1.0, stiffness, 0.1, RATE)
    turn = 2 * np.pi * frequency / RATE
    response = np.exp(-1j * turn * delay) * np.sum(taps * np.exp(-1j * turn * np.arange(len(taps))))
    assert abs(np.angle(response)) < 1e-3 * turn
    assert 0.9 < abs(response) < 1


def test_a_piano_is_stretched_and_dies_in_two_stages():
    sound = tone(piano, piano.Piano(knock=0.0), frequency=261.63, second=3.0)
    steps = [np.sqrt(np.mean(sound[int(t * RATE) : int(t * RATE) + 8820] ** 2)) for t in (0.1, 0.6, 2.1, 2.6)]
    assert steps[0] / steps[1] > 1.15 * steps[2] / steps[3]


def test_a_ladder_and_a_state_variable_filter_pass_what_is_under_their_cutoff():
    time = np.arange(8000) / RATE
    warped = np.full(8000, np.tan(np.pi * 1000 / RATE))
    for frequency, is_heard in ((200.0, True), (8000.0, False)):
        wave = 0.1 * np.sin(2 * np.pi * frequency * time)
        for run in (
            lambda wave, out: filters.ladder(wave, warped, 0.2, out),
            lambda wave, out: filters.state_variable(wave, warped, 0.5, *filters.FILTERS["low"], out),
        ):
            out = np.zeros(8000)
            run(wave, out)
            assert bool(out[4000:].std() > 0.7 * wave.std()) == is_heard


@pytest.mark.parametrize("wave", ["saw", "pulse", "triangle"])
def test_an_oscillator_does_not_fold_back(wave):
    settings = analogue.Analogue(wave=wave, unison=1, drift=0.0, cutoff=16000.0, filter="low", sweep=0.0, touch=0.0, attack=0.001)
    sound = tone(analogue, settings, frequency=1661.2)[4000:]
    power = np.abs(np.fft.rfft(sound * np.blackman(len(sound)))) ** 2
    line = np.fft.rfftfreq(len(sound), 1 / RATE)
    beside = np.abs(line / 1661.2 - np.rint(line / 1661.2)) > 0.05
    assert 10 * np.log10(power[beside].sum() / power.sum()) < -30


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
def test_every_arrangement_of_operators_sounds(algorithm):
    sound = fm_tone(Strike(220.0, 0.5, 4000, RATE), FM(algorithm=algorithm, feedback=0.5))
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() > 0.1


def test_a_body_raises_its_peak_and_nothing_else():
    impulse = np.zeros(8192)
    impulse[0] = 1
    response = np.abs(np.fft.rfft(coloured(impulse, Body(peaks=((1000.0, 12.0, 0.3),)), RATE)))
    line = np.fft.rfftfreq(8192, 1 / RATE)
    assert 20 * np.log10(response[np.argmin(np.abs(line - 1000))]) == pytest.approx(12, abs=0.5)
    assert 20 * np.log10(response[np.argmin(np.abs(line - 8000))]) == pytest.approx(0, abs=0.3)


def test_a_bent_reading_returns_to_the_written_pitch():
    time = np.arange(RATE) / RATE
    wave = np.sin(2 * np.pi * 440 * time)
    bent = warp(wave, 5 * np.sin(2 * np.pi * 5 * time))
    assert measured_hertz(bent, RATE, 440.0) == pytest.approx(440.0, rel=2e-4)
    assert np.abs(bent - wave).max() > 0.1
