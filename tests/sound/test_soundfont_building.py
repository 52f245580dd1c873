"""Recording our own instruments: loops without a seam, the right level, the same bytes."""

import numpy as np
import pytest

from boya.cli import main
from boya.errors import InputError
from boya.sound.patches import chinese
from boya.sound.sampler.source import shipped_font
from boya.sound.soundfont import build as module
from boya.sound.soundfont.build import build_soundfont, chinese_programs
from boya.sound.soundfont.loops import looped, seam
from boya.sound.soundfont.plan import SIZES, Plan, size
from boya.sound.soundfont.recording import LIVE_RATE, record
from boya.sound.soundfont.writer import soundfont_bytes

PLAN = Plan((0.6,), 0.2, 0.1)
RATES = (11025, 22050, 32000)


def sine(n, frequency=220.0, fall=0.0):
    time = np.arange(n) / LIVE_RATE
    return np.tile(np.sin(2 * np.pi * frequency * time) * 10 ** (-fall * time / 20), (2, 1)).astype(np.float32)


def test_a_held_tone_becomes_a_loop_of_whole_periods():
    found = record(sine, 220.0, PLAN, RATES, -40, is_held=True)
    start, stop = found.loop
    periods = (stop - start) * 220.0 / found.rate
    assert found.rate < 11100  # a sine needs no more
    assert periods == pytest.approx(round(periods), abs=0.02)
    assert seam(found.audio, found.loop) < -60
    assert (found.fall, found.attack) == (0, 0)


def test_a_dying_tone_is_made_even_and_falls_again():
    found = record(lambda n: sine(n, fall=20.0), 220.0, PLAN, RATES, -40, is_held=False)
    start, stop = found.loop
    assert found.fall == pytest.approx(20, abs=0.5)
    assert found.sustain == 100
    assert np.sqrt(np.mean(found.audio[start:stop] ** 2)) == pytest.approx(1.0, rel=0.05)  # both sides of 0.7


def test_a_short_tone_is_kept_whole():
    found = record(lambda n: sine(n, fall=400.0), 220.0, PLAN, RATES, -40, is_held=False)
    assert found.loop == (0, 0)
    assert len(found.audio) / found.rate < 0.3
    assert abs(found.audio[-1]) < 1e-3


def test_bright_tones_keep_a_higher_rate():
    found = record(lambda n: sine(n, 9000.0), 9000.0, PLAN, RATES, -40, is_held=True)
    assert found.rate > 20000


def test_loops_of_noise_have_no_seam_and_no_hole():
    noise = np.random.default_rng(3).standard_normal(30000)
    audio, loop = looped(noise, 8000, 8000, 0.0)
    assert seam(audio, loop) < -100
    level = [np.sqrt(np.mean(audio[at : at + 500] ** 2)) for at in range(loop[0], loop[1] - 500, 500)]
    assert min(level) > 0.8
    assert max(level) < 1.25


def test_the_same_voices_give_the_same_bytes():
    first, second = (soundfont_bytes(build_soundfont("small", only=[14, 73])) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", SIZES)
def test_plans_cover_every_program(name):
    wanted = size(name)
    assert len(wanted.programs) == 128
    for plan in (*wanted.programs, wanted.drums, wanted.chinese):
        assert list(plan.forces) == sorted(plan.forces)
        assert 0 < plan.attack < 5 > plan.loop > 0


def test_a_font_that_does_not_fit_gives_up_highs_and_then_complains(monkeypatch):
    rates = []
    monkeypatch.setattr(module, "_works", lambda font, wanted, only: [lambda: rates.append(wanted.loss)])
    monkeypatch.setattr(module, "soundfont_bytes", lambda font: bytes(7_000_000))
    with pytest.raises(InputError, match="does not fit into 6000000 bytes"):
        build_soundfont("small")
    assert rates == sorted(rates)
    assert len(rates) > 1


def test_the_shipped_font_is_small_and_holds_everything():
    font = shipped_font()
    assert len(soundfont_bytes(font)) <= 6_000_000
    assert font.preset(128, 0) is not None
    assert len(font.presets) == 129 + len(chinese())
    assert set(chinese_programs()) == set(chinese())
    for head in font.headers:
        start, first, last = (int(head[name]) for name in ("start", "loop_start", "loop_end"))
        if last > first:
            assert seam(font.samples[start : head["end"]].astype(float), (first - start, last - start)) < -60


def test_the_command_builds_and_lists(tmp_path, monkeypatch, capsys):
    whole = build_soundfont("small", only=[14])
    monkeypatch.setattr("boya.sound.soundfont.build.build_soundfont", lambda name, report: whole)
    with pytest.raises(SystemExit, match="0"):
        main(["soundfont", "build", "--out", str(tmp_path / "b.sf2")])
    with pytest.raises(SystemExit, match="0"):
        main(["soundfont", "info", str(tmp_path / "b.sf2")])
    assert "Tubular Bells" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code"), [(["--out", "a.wav"], 2), (["--out", "nowhere/a.sf2"], 3), (["--out", "a.sf2", "--size", "huge"], 2)]
)
def test_the_command_refuses_before_it_records(words, code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=str(code)):
        main(["soundfont", "build", *words])
    assert not list(tmp_path.iterdir())
