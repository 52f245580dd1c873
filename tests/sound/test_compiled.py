import numpy as np
import pytest

from boya.sound import compiled as module
from boya.sound.compiled import compiled, has_numba, plain_python
from boya.sound.patches import patches
from boya.sound.voices import VOICES
from boya.sound.voices.probe import level, probe
from boya.sound.wave import Strike


@compiled
def doubled(tone, amount, out):
    for t in range(len(out)):
        out[t] = amount * tone[t]


def test_a_kernel_fills_its_last_argument_both_ways():
    for plain in (False, True):
        out = np.zeros(3)
        if plain:
            with plain_python():
                doubled(np.arange(3.0), 2.0, out)
        else:
            doubled(np.arange(3.0), 2.0, out)
        assert out.tolist() == [0.0, 2.0, 4.0]


def test_without_numba_the_same_function_runs_in_python(monkeypatch):
    monkeypatch.setattr(module, "has_numba", lambda: False)
    out = np.zeros(2)
    doubled(np.ones(2), 3.0, out)
    assert out.tolist() == [3.0, 3.0]


@pytest.mark.skipif(not has_numba(), reason="numba is not installed")
@pytest.mark.parametrize("program", [39, 40, 48, 56, 58, 65, 68, 71, 73, 75, 80, 81, 84, 95, 103])
def test_compiled_and_plain_give_the_same_samples(program):
    sound = patches()[program]
    strike = Strike(220.0, 0.7, 4000, 22050)
    probe.cache_clear()
    level.cache_clear()
    fast = VOICES[sound.voice].tone(strike, sound.settings)
    with plain_python():
        probe.cache_clear()
        level.cache_clear()
        plain = VOICES[sound.voice].tone(strike, sound.settings)
    assert np.abs(fast - plain).max() <= 10 ** (-90 / 20) * np.abs(plain).max()
    probe.cache_clear()
    level.cache_clear()


@pytest.mark.parametrize("program", [0, 24, 40, 56, 73, 88, 89, 122])
def test_the_same_tone_has_the_same_bytes(program):
    sound = patches()[program]

    def play():
        probe.cache_clear()
        level.cache_clear()
        return VOICES[sound.voice].tone(Strike(330.0, 0.5, 3000, 22050), sound.settings).tobytes()

    assert play() == play()
