import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.errors import InputError
from boya.score import Score, Tempo, Timeline, Track, note_array
from boya.sound import TAIL_SECOND, render

RATE = 11025
note = st.tuples(st.integers(0, 4000), st.integers(1, 3000), st.integers(0, 108), st.integers(1, 127))  # up to C8


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 127), st.booleans(), st.lists(note, max_size=6)), max_size=4))
def test_any_score_gives_finite_sound_of_its_length_that_does_not_clip(tracks):
    score = Score(tuple(Track(note_array(notes), program, is_drum) for program, is_drum, notes in tracks))
    audio = render(score, sample_rate=RATE)
    assert audio.dtype == np.float32
    assert audio.shape == (round((score.length_second + TAIL_SECOND) * RATE), 2)
    assert np.isfinite(audio).all()
    assert np.abs(audio).max(initial=0) <= 1
    assert (np.abs(audio).max(initial=0) > 0) == (score.n_notes > 0)


def test_a_score_without_notes_is_silence():
    assert render(Score()).shape == (round(TAIL_SECOND * 44100), 2)
    assert not render(Score((Track(),))).any()


def test_the_same_score_gives_the_same_bytes(band):
    assert render(band).tobytes() == render(band).tobytes()


def test_the_band_is_neither_quiet_nor_off_centre(band):
    audio = render(band)
    level = 20 * np.log10(np.sqrt(np.mean(audio[: 4 * 44100] ** 2)))
    assert -24 < level < -12
    assert np.abs(audio.mean(axis=0)).max() < 2e-3
    assert np.abs(audio[-1]).max() < 1e-4


def onset_second(audio, rate):
    """When the sound first passes a tenth of its peak."""
    loud = np.abs(audio).max(axis=1)
    return np.argmax(loud > 0.1 * loud.max()) / rate


def test_notes_start_where_the_tempo_map_says():
    timeline = Timeline.of([Tempo(0, 60.0), Tempo(960, 240.0)])
    score = Score((Track(note_array([(1920, 480, 69, 100)])),), timeline=timeline)
    assert onset_second(render(score), 44100) == pytest.approx(2.5, abs=0.02)


def test_a_tone_ends_when_its_key_is_up(score_of):
    audio = render(score_of((0, 960, 60, 100), program=16))
    loud = np.sqrt(np.mean(audio**2, axis=1))
    assert loud[40000:44000].mean() > 20 * loud[70000:74000].mean()


def test_higher_velocity_is_louder_and_brighter(score_of):
    audio = render(score_of((0, 480, 60, 30), (1920, 480, 60, 120)))
    soft, hard = audio[:22050, 0], audio[88200 : 88200 + 22050, 0]
    line = np.arange(11026)
    centroids = [np.sum(line * np.abs(np.fft.rfft(x)) ** 2) / np.sum(np.abs(np.fft.rfft(x)) ** 2) for x in (soft, hard)]
    assert np.std(hard) > 4 * np.std(soft)
    assert centroids[1] > 1.2 * centroids[0]


@pytest.mark.parametrize("program", [0, 16, 32, 40, 48, 56, 73, 88])
def test_nothing_clicks(score_of, program):
    """A low, soft tone has little above 12 kHz; a jump at its start, release or end would."""
    audio = render(score_of((0, 700, 48, 60), program=program)).mean(axis=1)
    blocks = audio[: len(audio) // 512 * 512].reshape(-1, 512) * np.hanning(512)
    high = (np.abs(np.fft.rfft(blocks))[:, 140:] ** 2).sum(axis=1).max()
    assert high < 1e-4 * (np.abs(np.fft.rfft(blocks)) ** 2).sum(axis=1).max()


def test_a_closed_hat_cuts_the_open_one(score_of):
    open_alone = render(score_of((0, 120, 46, 100), is_drum=True))
    cut = render(score_of((0, 120, 46, 100), (96, 60, 42, 1), is_drum=True))
    late = slice(int(0.25 * 44100), int(0.4 * 44100))
    assert np.std(cut[late]) / np.std(cut[:3000]) < 0.3 * np.std(open_alone[late]) / np.std(open_alone[:3000])


def test_roles_have_places_on_the_stage(score_of):
    scale = [(240 * i, 240, 48 + i, 90) for i in range(24)]  # many pitches, for the hall answers each differently left and right
    left, right = (render(score_of(*scale, role="chords", program=16)) ** 2).sum(axis=0)
    assert left > 1.2 * right


@pytest.mark.parametrize("rate", [0, 7999, 192001])
def test_a_rate_out_of_range_is_refused(rate):
    with pytest.raises(InputError, match="sample_rate must be"):
        render(Score(), sample_rate=rate)


def test_a_score_longer_than_an_hour_is_refused(score_of):
    with pytest.raises(InputError, match="at most 3600 s"):
        render(score_of((2**31 - 10**6, 480, 60, 90)))
