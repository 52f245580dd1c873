import numpy as np
import pytest

from boya.sound.patches import chinese, drum, drums, patches
from boya.sound.voices import VOICES
from boya.sound.voices.drums import drum_tone
from boya.sound.wave import Strike
from boya.theory.drums import DRUM_CLASSES, drum_class
from boya.theory.instruments import instrument

RATE = 22050
PROGRAMS = [(program, patch) for program, patch in enumerate(patches()) if patch.is_pitched]


def play(patch, pitch, force, second, rate=RATE):
    return VOICES[patch.voice].tone(Strike(440 * 2 ** ((pitch - 69) / 12), force, int(second * rate), rate), patch.settings)


@pytest.mark.parametrize(("program", "patch"), PROGRAMS)
def test_every_program_is_in_tune(program, patch, cents_off):
    low, high = instrument(program).comfortable
    for pitch, force in ((low, 0.9), ((low + high) // 2, 0.5), (min(high, 96), 0.2)):
        second = 1.0 if pitch > 48 else 2.0
        tone = play(patch, pitch, force, second)
        assert tone.shape[0] == 2
        assert 0 < tone.shape[1] <= second * RATE
        assert tone.dtype == np.float32
        assert np.isfinite(tone).all()
        assert np.abs(tone).max() < 12
        assert abs(cents_off(tone.mean(axis=0), pitch, RATE)) < 5


@pytest.mark.parametrize("name", sorted(chinese()))
def test_every_chinese_instrument_sounds_and_is_in_tune(name, cents_off):
    patch = chinese()[name]
    for pitch in (*patch.comfortable, sum(patch.comfortable) // 2):
        tone = play(patch, pitch, 0.6, 0.8)
        assert 0.1 < np.abs(tone).max() < 12
        assert not patch.is_pitched or abs(cents_off(tone.mean(axis=0), pitch, RATE)) < 5


@pytest.mark.parametrize("program", range(128))
def test_every_program_sounds_at_once_and_starts_softly(program):
    tone = play(patches()[program], 60, 0.7, 1.2)
    peak = np.abs(tone).max()
    assert peak > 0.05
    assert np.abs(tone[:, 0]).max() < 0.03 * peak
    assert np.abs(tone[:, : int(0.5 * RATE)]).max() > 0.2 * peak


@pytest.mark.parametrize("name", sorted(VOICES))
@pytest.mark.parametrize("pitch", [0, 60, 127])
@pytest.mark.parametrize("n_frames", [1, 2, 300])
def test_every_voice_plays_the_shortest_tones_at_any_pitch_and_rate(name, pitch, n_frames):
    voice = VOICES[name]
    for rate in (8000, 192000):
        tone = voice.tone(Strike(440 * 2 ** ((pitch - 69) / 12), 0.5, n_frames, rate, is_short=True), voice.settings())
        assert tone.shape[0] == 2
        assert 0 < tone.shape[1] <= n_frames
        assert np.isfinite(tone).all()


@pytest.mark.parametrize("program", [0, 24, 40, 56, 71, 73, 80, 89])
def test_a_harder_stroke_is_brighter(program):
    def centroid(force):
        tone = play(patches()[program], 60, force, 0.6, 44100).mean(axis=0)
        power = np.abs(np.fft.rfft(tone)) ** 2
        return np.sum(power * np.fft.rfftfreq(len(tone), 1 / 44100)) / power.sum()

    assert centroid(0.95) > 1.05 * centroid(0.15)


WITHOUT_ATTACK = ("layers", "noises", "neural")


@pytest.mark.parametrize("name", [name for name, voice in VOICES.items() if voice.is_held and name not in WITHOUT_ATTACK])
def test_a_short_note_speaks_sooner_when_the_attack_is_slow(name):
    voice = VOICES[name]
    settings = voice.settings(attack=0.4)

    def early(is_short):
        tone = voice.tone(Strike(440.0, 0.7, RATE // 5, RATE, is_short=is_short), settings)
        return np.abs(tone[:, : RATE // 12]).max()

    assert early(True) >= early(False)


def test_every_program_has_a_patch():
    assert len(patches()) == 128
    assert {p.voice for p in patches()} <= set(VOICES)
    assert all(0 < p.gain < 3 and 0 <= p.send <= 1 and 0 < p.release <= 2 for p in patches())


def test_every_class_of_drum_sounds_and_agrees_with_theory():
    for key, sound in drums().items():
        kind = drum_class(key)
        if sound.drum_class != "percussion" and kind is not None:
            assert sound.drum_class == DRUM_CLASSES[kind], key
    assert set(DRUM_CLASSES) <= {d.drum_class for d in drums().values()}
    assert set(range(27, 88)) <= set(drums())


@pytest.mark.parametrize("key", range(0, 128))
def test_every_drum_key_starts_and_ends_softly(key):
    stroke = drum_tone(drum(key), 0.7, RATE)
    peak = np.abs(stroke).max()
    assert stroke.shape[0] == 2
    assert np.isfinite(stroke).all()
    assert 0.1 < peak < 6
    assert np.abs(stroke[:, [0, -1]]).max() < 0.01 * peak
    assert abs(stroke.mean()) < 0.05 * peak


def test_a_kick_is_low_and_a_hat_is_high():
    def centroid(key):
        power = np.abs(np.fft.rfft(drum_tone(drum(key), 0.8, 44100).mean(axis=0), 1 << 16)) ** 2
        return np.sum(power * np.fft.rfftfreq(1 << 16, 1 / 44100)) / power.sum()

    assert centroid(36) < 200 < centroid(38) < 4000 < centroid(42)
    assert centroid(43) < centroid(47) < centroid(50)


def test_a_crash_swells_and_a_hat_does_not():
    def rise(key):
        stroke = drum_tone(drum(key), 0.9, 44100).mean(axis=0)
        energy = np.convolve(stroke**2, np.ones(441), mode="valid")
        return int(np.argmax(energy))

    assert rise(49) > rise(42)
