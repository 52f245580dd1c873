"""Sound effects: every kind of the table, seeds, mutations, locks, and the key and tempo of a piece."""

import numpy as np
import pytest

from boya.errors import InputError
from boya.score import Key, Score, Tempo, Timeline, Track, note_array
from boya.sound import effect, effect_kinds, true_peak
from boya.sound.effects.fitting import FRACTIONS, fitted
from boya.sound.effects.recipe import LOCKS, Layer, draw
from boya.sound.effects.sources import SOURCES, filtered
from boya.sound.mix.loudness import Meter, gated

RATE = 22050
KINDS = tuple(effect_kinds())


def test_there_are_the_kinds_a_game_wants():
    assert len(KINDS) >= 16
    assert {"coin", "jump", "laser", "explosion", "power-up", "hit", "blip", "click", "door", "footstep"} <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_effect_is_clean(kind):
    for seed in range(6):
        audio = effect(kind, seed=seed, sample_rate=RATE)
        assert audio.dtype == np.float32
        assert audio.shape[1] == 2
        assert 0.01 * RATE < len(audio) < 12.5 * RATE
        assert np.isfinite(audio).all()
        assert 20 * np.log10(true_peak(audio)) <= -1.0
        assert np.abs(audio[[0, -1]]).max() < 2e-3
        assert np.abs(audio.mean(axis=0)).max() < 2e-3
        meter = Meter(RATE)
        meter.add(np.ascontiguousarray(audio.T))
        found = gated(meter.finish()[0], RATE)
        assert found == pytest.approx(-16, abs=0.5) or (found < -16 and true_peak(audio) > 0.85)  # short ones end at the ceiling


@pytest.mark.parametrize("kind", KINDS)
def test_seeds_and_mutations_differ_and_repeat(kind):
    first = effect(kind, seed=1, sample_rate=RATE)
    assert np.array_equal(first, effect(kind, seed=1, sample_rate=RATE))
    assert draw(kind, 1) != draw(kind, 2)
    assert draw(kind, 1) != draw(kind, 1, mutation=1) != draw(kind, 1, mutation=2)


@pytest.mark.parametrize("lock", sorted(LOCKS))
@pytest.mark.parametrize("kind", KINDS)
def test_a_lock_keeps_its_fields(kind, lock):
    before, after = draw(kind, 7), draw(kind, 7, mutation=3, lock=[lock])
    for name in LOCKS[lock]:
        if hasattr(before, name):
            assert getattr(before, name) == getattr(after, name)
        else:
            assert [getattr(layer, name) for layer in before.layers] == [getattr(layer, name) for layer in after.layers]


def test_everything_locked_is_the_same_effect():
    assert draw("laser", 7, mutation=3, lock=list(LOCKS)) == draw("laser", 7)


def test_an_effect_takes_key_and_tempo_of_a_piece():
    piece = Score(timeline=Timeline.of([Tempo(0, 90.0)], keys=[Key(0, 2, "minor")]))
    for kind in ("coin", "power-up", "magic", "success"):
        recipe = fitted(draw(kind, 5), piece)
        assert round(69 + 12 * np.log2(recipe.pitch / 440)) % 12 in (2, 5, 9)
        for layer in recipe.layers:
            if layer.source != "noise":
                pitches = 69 + 12 * np.log2(recipe.pitch / 440) + np.array(layer.steps)
                assert {int(p) % 12 for p in np.rint(pitches)} <= {2, 4, 5, 7, 9, 10, 0}
            if layer.step:
                assert min(abs(layer.step / (60 / 90) - part) for part in FRACTIONS) < 1e-9


def test_the_key_of_a_piece_that_does_not_say_it_is_found():
    scale = Score((Track(note_array([(480 * i, 480, 62 + step, 80) for i, step in enumerate((0, 4, 7, 11, 12, 4, 2, 0))])),))
    assert round(69 + 12 * np.log2(fitted(draw("blip", 2), scale).pitch / 440)) % 12 in (2, 6, 9)
    assert len(effect("blip", seed=2, like=scale, sample_rate=RATE))
    assert len(effect("blip", seed=2, like=Score(), sample_rate=RATE))


@pytest.mark.parametrize("source", sorted(SOURCES))
@pytest.mark.parametrize("hertz", [110.0, 1500.0])
def test_sources_are_in_tune_and_do_not_alias(source, hertz):
    wave = SOURCES[source](Layer(source), np.full(44100, hertz), 44100, np.random.default_rng(0))
    assert wave.shape == (44100,)
    assert np.isfinite(wave).all()
    assert np.abs(wave).max() < 4
    if source in ("sine", "triangle", "saw", "square"):
        spectrum = np.abs(np.fft.rfft(wave * np.hanning(44100)))
        assert spectrum.argmax() == round(hertz)
        line = np.arange(len(spectrum))
        harmonic = np.abs(line - np.rint(line / hertz) * hertz) <= 3
        assert spectrum[~harmonic].max() < 0.03 * spectrum.max()


def test_a_moving_filter_lets_through_what_it_should():
    noise = np.random.default_rng(0).standard_normal(RATE)
    nothing, whole = np.zeros(RATE), filtered(noise, np.zeros(RATE), np.full(RATE, 1e9), 0.7, RATE)
    assert np.abs(whole - noise)[600:-600].max() < 0.01
    dark = filtered(noise, nothing, np.linspace(200, 4000, RATE), 0.7, RATE)
    first, last = (np.abs(np.fft.rfft(part)) for part in (dark[: RATE // 4], dark[-RATE // 4 :]))
    assert first[500:].sum() / first.sum() < 0.5 * last[500:].sum() / last.sum()
    assert filtered(noise, nothing, nothing, 0.7, RATE) is noise


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"kind": "kazoo"}, "an effect must be one of coin"),
        ({"kind": "coin", "lock": ["x"]}, "a lock must be one of pitch"),
        ({"kind": "coin", "seed": -1}, "must be 0 or more"),
        ({"kind": "coin", "sample_rate": 100}, "sample_rate must be"),
        ({"kind": "coin", "lufs": 3.0}, "lufs must be"),
    ],
)
def test_wrong_wishes_are_refused(settings, words):
    with pytest.raises(InputError, match=words):
        effect(**settings)
