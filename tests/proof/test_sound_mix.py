"""The rows of the mix, in small numbers, and the area that gathers the parts of sound."""

import pytest

from boya.proof import AREAS, sound_mix
from boya.proof.process import Ran
from boya.proof.setup import Setup


def test_every_figure_has_its_row_and_what_is_not_speed_holds(monkeypatch):
    asked = []

    def fake(words):
        asked.append(words)
        return Ran(3.0, 250.0, "3600.0\n")

    monkeypatch.setattr(sound_mix, "run_measured", fake)
    found = list(sound_mix.mix(Setup("sound", quick=True, note=lambda _: None)))
    rows = {(row.metric, row.model): row for row in found}
    assert len(rows) == len(found) >= 11
    assert all(row.holds for row in found if row.bar is not None and "real-time" not in row.metric)
    assert rows["render of 60 minutes to WAV, peak memory", "boya"].value == 250
    assert asked[0][3] == "30"


def test_the_hour_is_a_program_that_runs(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["", "1", str(tmp_path / "hour.wav")])
    exec(compile(sound_mix._HOUR, "hour", "exec"), {})  # it runs in a process of its own otherwise
    assert float(capsys.readouterr().out) == pytest.approx(1.98, abs=0.03)
    assert (tmp_path / "hour.wav").stat().st_size > 100_000


def test_the_area_has_four_parts(monkeypatch):
    for part in ("voices", "mix", "sampler", "neural"):
        monkeypatch.setattr(f"boya.proof.sound_{part}.{part}", lambda setup, part=part: iter([f"{setup.area} {part}"]))
    assert list(AREAS["sound"](Setup("sound"))) == ["sound voices", "sound mix", "sound sampler", "sound neural"]
