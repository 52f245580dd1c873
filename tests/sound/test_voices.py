import numpy as np
import pytest

from boya.score import Score, Track, note_array
from boya.sound import render
from boya.sound.patches import drum, drums, patches
from boya.sound.voices import VOICES
from boya.sound.voices.drums import drum_tone
from boya.sound.wave import Strike
from boya.theory.drums import DRUM_CLASSES, drum_class

RATE = 22050
DISTINCT = {id(p): (program, p) for program, p in reversed(list(enumerate(patches())))}


@pytest.mark.parametrize(("program", "patch"), sorted(DISTINCT.values(), key=lambda row: row[0]))
def test_every_program_is_in_tune(program, patch, cents_off):
    voice = VOICES[patch.voice]
    for pitch in (36, 52, 67, 84, 96):
        for force in (0.2, 0.9):
            strike = Strike(440 * 2 ** ((pitch - 69) / 12), force, int(0.8 * RATE), RATE)
            tone = voice.tone(strike, patch.settings)
            assert tone.shape[0] == 2
            assert 0 < tone.shape[1] <= strike.n_frames
            assert tone.dtype == np.float32
            assert np.isfinite(tone).all()
            assert np.abs(tone).max() < 12
            assert abs(cents_off(tone.mean(axis=0), pitch, RATE)) < 5


@pytest.mark.parametrize("program", [0, 4, 11, 19, 24, 33, 40, 48, 56, 65, 73, 80, 88])
@pytest.mark.parametrize("pitch", [45, 69])
def test_the_renderer_is_in_tune(program, pitch, cents_off):
    audio = render(Score((Track(note_array([(0, 960, pitch, 90)]), program=program),)))
    assert abs(cents_off(audio[:44100].mean(axis=1), pitch)) < 5


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


def test_every_program_has_a_patch_and_every_voice_is_used():
    assert len(patches()) == 128
    assert {p.voice for p in patches()} == set(VOICES)
    assert all(0 < p.gain < 3 and 0 <= p.send <= 1 and 0 < p.release <= 2 for p in patches())


def test_every_class_of_drum_sounds_and_agrees_with_theory():
    for key, sound in drums().items():
        kind = drum_class(key)
        if sound.drum_class != "percussion" and kind is not None:
            assert sound.drum_class == DRUM_CLASSES[kind], key
    assert set(DRUM_CLASSES) <= {d.drum_class for d in drums().values()}


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
