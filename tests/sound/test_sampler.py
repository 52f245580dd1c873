"""Our own sampler: fonts of other hands through `play`, and the shipped one as a source of tones."""

import numpy as np
import pytest

from boya.score import Score, Track, note_array
from boya.sound import render
from boya.sound.sampler.playing import play
from boya.sound.sampler.regions import regions
from boya.sound.sampler.source import Sampled, shipped_font, tone
from boya.sound.sampler.tone import Waves, key_tone
from boya.sound.soundfont.event import Event
from boya.sound.soundfont.font import HEADER, Generator, Layer, Modulator, Preset, SoundFont, Zone, pair
from boya.sound.soundfont.reader import parse_soundfont
from boya.sound.tones import Live
from boya.sound.wave import Strike

RATE = 44100


def font_of(*zones, bank=0, samples=None, loop=(2200, 4400)):
    """A font of one looped sine of 441 Hz at 44,100, played by the given zones."""
    sine = np.rint(16000 * np.sin(2 * np.pi * np.arange(4500) / 100)).astype(np.int16) if samples is None else samples
    headers = np.array([(b"sine", 0, len(sine), *loop, RATE, 69, -4, 0, 1)], HEADER)
    return SoundFont({}, sine, headers, (Layer("i", zones),), (Preset("p", bank, 0, (Zone(((Generator.INSTRUMENT, 0),)),)),))


def zone(*pairs, modulators=()):
    return Zone((*pairs, (Generator.LOOPING, 1), (Generator.SAMPLE, 0)), modulators)


def held(font, pitch=69, velocity=127, second=1.0, sample_rate=RATE, channel=0):
    n = int(second * sample_rate)
    return play(font, [Event(0, -1, channel, 0, 0), Event(0, 1, channel, pitch, velocity)], n, sample_rate)


@pytest.mark.parametrize("pitch", [45, 57, 69, 76, 93])
@pytest.mark.parametrize("sample_rate", [8000, 22050, 44100, 96000])
def test_keys_are_in_tune_at_every_rate(pitch, sample_rate, cents_off):
    audio = held(font_of(zone()), pitch, sample_rate=sample_rate)
    assert audio.shape == (2, sample_rate)
    assert abs(cents_off(audio[0], pitch, sample_rate)) < 0.6


def test_a_looped_tone_is_as_clean_as_its_recording():
    audio = held(font_of(zone()), 76)[0, 200:]
    power = np.abs(np.fft.rfft(audio * np.blackman(len(audio)))) ** 2
    peak = int(np.argmax(power))
    rest = power.sum() - power[peak - 40 : peak + 41].sum()
    assert 10 * np.log10(rest / power.sum()) < -70


def test_nothing_folds_over_when_a_recording_is_read_too_fast():
    samples = np.rint(9000 * np.sin(2 * np.pi * np.arange(8000) * 0.4)).astype(np.int16)
    font = font_of(zone(), samples=samples, loop=(2000, 7000))
    loud, quiet = (np.abs(held(font, pitch)[:, 9000:]).max() for pitch in (69, 81))  # 17.6 kHz, 35.3 kHz
    assert quiet < 0.01 * loud


def test_velocity_makes_loud_by_the_font_or_the_standard():
    levels = [np.abs(held(font_of(zone()), velocity=v)).max() for v in (32, 64, 127)]
    assert levels[1] / levels[2] == pytest.approx((64 / 127) ** 2, rel=0.01)
    gentle = font_of(zone(modulators=(Modulator(0x0502, Generator.ATTENUATION, 480),)))
    assert np.abs(held(gentle, velocity=64)).max() / levels[2] == pytest.approx(64 / 127, rel=0.01)


def test_a_filter_dulls_soft_notes():
    samples = np.rint(9000 * np.sin(2 * np.pi * np.arange(8000) * 0.1)).astype(np.int16)
    mod = Modulator(0x0102, Generator.FILTER, -4800)
    font = font_of(zone((Generator.FILTER, 9000), modulators=(mod,)), samples=samples, loop=(2000, 7000))
    plain = font_of(zone(), samples=samples, loop=(2000, 7000))
    soft, hard = (np.abs(held(font, velocity=v)).max() / np.abs(held(plain, velocity=v)).max() for v in (20, 120))
    assert soft < 0.4 * hard


def test_pan_ranges_and_attenuation():
    left, right = (Generator.PAN, 65036), (Generator.PAN, 500)
    font = font_of(
        zone((Generator.KEYS, pair(0, 60)), left),
        zone((Generator.KEYS, pair(61, 127)), (Generator.VELOCITIES, pair(0, 100)), right, (Generator.ATTENUATION, 150)),
        zone((Generator.KEYS, pair(61, 127)), (Generator.VELOCITIES, pair(101, 127)), right),
    )
    low, soft, hard = held(font, 60), held(font, 61, 100), held(font, 61, 127)
    assert [float(np.abs(side).max()) > 1e-6 for side in low] == [True, False]
    assert [float(np.abs(side).max()) > 1e-6 for side in hard] == [False, True]
    expected = (100 / 127) ** 2 * 10 ** (-6 / 20)  # 15 dB of attenuation are 6
    assert np.abs(soft).max() / np.abs(hard).max() == pytest.approx(expected, rel=0.02)


def test_an_envelope_rises_falls_and_is_released():
    second = lambda s: round(1200 * np.log2(s)) & 0xFFFF  # noqa: E731
    shape = (
        (Generator.ATTACK, second(0.2)),
        (Generator.DECAY, second(1.0)),
        (Generator.SUSTAIN, 200),
        (Generator.RELEASE, second(0.5)),
    )
    font = font_of(zone(*shape))
    events = [Event(0, -1, 0, 0, 0), Event(0, 1, 0, 69, 127), Event(RATE, 0, 0, 69, 0)]
    audio = play(font, events, 2 * RATE, RATE)[0]
    level = [
        20 * np.log10(np.abs(audio[int(t * RATE) : int(t * RATE) + 400]).max() + 1e-9) for t in (0.1, 0.2, 0.3, 0.9, 1.1, 1.5)
    ]
    assert np.subtract(level[:5], level[1]) == pytest.approx([-6, 0, -10, -20, -40], abs=0.8)
    assert level[5] < -90


def test_high_keys_die_sooner_where_the_font_says_so():
    font = font_of(zone((Generator.DECAY, 1200), (Generator.SUSTAIN, 1000), (Generator.KEY_DECAY, 100)))  # 2 s at 60, 1 s at 72
    (region,) = regions(font, font.presets[0])
    assert [region.envelope_of(pitch).decay for pitch in (48, 60, 72)] == pytest.approx([4, 2, 1])


def test_keys_of_a_choke_group_end_each_other():
    font = font_of(zone((Generator.CHOKE, 1), (Generator.RELEASE, 5000)), bank=128)
    events = [Event(0, 1, 9, 69, 127), Event(4410, 1, 9, 45, 127)]
    both = play(font, events, RATE, RATE)[0]
    second = play(font, events[1:], RATE, RATE)[0]
    assert np.abs(both[4410 + 1400 :] - second[4410 + 1400 :]).max() < 1e-3
    assert np.abs(both[:4410]).max() > 0.1


def test_a_key_can_sound_again_before_it_ends():
    events = [Event(0, 1, 0, 69, 100), Event(1000, 1, 0, 69, 100), Event(2000, 0, 0, 69, 0), Event(20000, 0, 0, 69, 0)]
    audio = play(font_of(zone()), events, RATE, RATE)[0]
    assert np.abs(audio[10000:15000]).max() > 0.05
    assert np.abs(audio[25000:]).max() < 1e-4


def test_a_font_without_presets_is_silent():
    assert not held(SoundFont()).any()


def test_hostile_regions_play_something_finite(sine_font):
    font = parse_soundfont(sine_font)
    (region,) = regions(font, font.presets[0])
    for pitch in (0, 127):
        for rate in (8000, 192000):
            assert np.isfinite(key_tone(Waves(font.samples), region, pitch, 1, 300, rate)).all()


@pytest.mark.parametrize("program", [0, 24, 33, 40, 48, 56, 73, 81, 89])
@pytest.mark.parametrize("pitch", [48, 62, 72])
def test_shipped_tones_are_in_tune_and_as_loud_as_live_ones(program, pitch, cents_off):
    strike = Strike(440 * 2 ** ((pitch - 69) / 12), 0.6, RATE, RATE)
    sampled, live = (s.instrument(Track(program=program)) for s in (Sampled(), Live()))
    ours, theirs = (sound.tone(strike) * sound.gain for sound in (sampled, live))
    assert ours.dtype == np.float32
    assert abs(cents_off(ours.mean(axis=0), pitch)) < 5
    assert abs(10 * np.log10(np.sum(ours[:, :22050] ** 2) / np.sum(theirs[:, :22050] ** 2))) < 4


def test_soft_tones_are_darker():
    def balance(force_class):
        power = np.abs(np.fft.rfft(tone(24, False, 55, force_class, 20000, RATE).mean(axis=0)))
        return np.sum(power * np.arange(len(power))) / power.sum()

    assert balance(0) < 0.95 * balance(5)


def test_every_program_drum_and_length_sounds():
    font = shipped_font()
    assert {p.program for p in font.presets if p.bank == 0} == set(range(128))
    for program in range(128):
        found = tone(program, False, 60, 3, 2000, RATE)
        assert found.shape[0] == 2
        assert 0 < found.shape[1] <= 2000
        assert np.isfinite(found).all()
        assert np.abs(found).max() > 1e-4
    for key in range(35, 82):
        assert np.abs(tone(0, True, key, 3, 20000, RATE)).max() > 0.02


def test_a_chinese_instrument_is_found_by_its_name():
    erhu, fiddle = (tone(110, False, 74, 3, 8000, RATE, name) for name in ("Erhu", "Fiddle"))
    assert not np.array_equal(erhu, fiddle)


def test_short_notes_of_slow_instruments_are_heard():
    sound = Sampled().instrument(Track(program=89))
    strike = Strike(440.0, 0.6, 6000, RATE)
    slow, quick = sound.tone(strike), sound.tone(Strike(440.0, 0.6, 6000, RATE, is_short=True))
    assert np.sum(quick[:, :4000] ** 2) > 2 * np.sum(slow[:, :4000] ** 2)


def test_the_renderer_plays_recordings(band):
    live, sampled = render(band), render(band, voices="sampled")
    assert sampled.shape == live.shape
    assert np.array_equal(sampled, render(band, voices="sampled"))
    assert 20 * np.log10(np.sqrt(np.mean(sampled**2) / np.mean(live**2))) == pytest.approx(0, abs=2)


def test_a_score_plays_with_the_shipped_font_through_every_way(tmp_path, band):
    drums = Score((Track(note_array([(0, 480, 42, 100), (240, 480, 46, 100)]), is_drum=True),))
    assert np.isfinite(render(drums, voices="sampled")).all()
