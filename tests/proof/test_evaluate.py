"""Running areas, keeping the scoreboard, and the rows themselves."""

import json
import math
from pathlib import Path

import pytest

from boya.cli import main
from boya.errors import CorpusError, InputError
from boya.evaluation.scoreboard import read_rows
from boya.proof import AREAS, corpus, evaluate, files
from boya.proof import evaluate as package_function
from boya.proof.cards import CARDS
from boya.proof.evaluate import AREAS as REGISTRY
from boya.proof.setup import Setup, median_second


def fake_area(metric, value=1.0, at_most=None):
    return lambda setup: iter([setup.row(metric, "fake", value, at_most=at_most)])


@pytest.fixture
def fakes(monkeypatch):
    for name in REGISTRY:
        monkeypatch.setitem(REGISTRY, name, fake_area(f"metric of {name}"))


def test_the_areas_are_those_of_the_issue():
    assert list(AREAS) == ["corpus", "files", "gan", "seq2seq", "composer", "theory", "listening", "sound", "speed"]
    assert package_function is evaluate


def test_all_areas_are_measured_and_written(fakes, tmp_path):
    rows = evaluate(out=tmp_path / "docs")
    assert [row.area for row in rows] == list(AREAS)
    assert list(read_rows(tmp_path / "docs" / "scoreboard.json")) == rows
    assert "metric of gan" in (tmp_path / "docs" / "scoreboard.md").read_text()


def test_areas_come_once_and_in_order(fakes):
    assert [row.area for row in evaluate(["speed", "gan", "speed"])] == ["gan", "speed"]
    assert evaluate([]) == []


def test_rows_that_are_not_measured_stay(fakes, monkeypatch, tmp_path):
    evaluate(out=tmp_path)
    monkeypatch.setitem(REGISTRY, "gan", fake_area("metric of gan", 2.0))
    evaluate(["gan"], out=tmp_path)
    values = {row.area: row.value for row in read_rows(tmp_path / "scoreboard.json")}
    assert values == {name: 2.0 if name == "gan" else 1.0 for name in AREAS}


def test_what_was_measured_before_a_failure_is_kept(fakes, monkeypatch, tmp_path):
    def fail(setup):
        raise CorpusError("broken")

    monkeypatch.setitem(REGISTRY, "gan", fail)
    with pytest.raises(CorpusError):
        evaluate(out=tmp_path)
    assert [row.area for row in read_rows(tmp_path / "scoreboard.json")] == ["corpus", "files"]


def test_an_unknown_area_is_refused_before_anything_runs(fakes, tmp_path):
    with pytest.raises(InputError, match="corpus, files, gan, seq2seq, composer, theory, listening, sound, speed; got 'opera'"):
        evaluate(["gan", "opera"], out=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("area", ["corpus", "gan", "seq2seq", "composer"])
def test_a_packed_corpus_is_asked_for(area):
    with pytest.raises(InputError, match="--packed"):
        evaluate([area])


def test_commands_are_what_anyone_can_type(packed_folder):
    setup = Setup("gan", packed_folder, seed=3, quick=True)
    assert setup.command == "boya evaluate --area gan --packed packed --seed 3 --quick"
    assert str(packed_folder) not in setup.row("m", "x", 1.0).command
    assert Setup("speed").command == "boya evaluate --area speed"


def test_bars_hold_at_the_bar_itself():
    setup = Setup("speed")
    assert setup.row("a", "x", 4.0, at_most=4).holds is True
    assert setup.row("a", "x", 4.1, at_most=4).holds is False
    assert setup.row("a", "x", 0.95, at_least=0.95).holds is True
    assert setup.row("a", "x", 0.94, at_least=0.95).holds is False
    assert setup.row("a", "x", 0.94).holds is None
    assert setup.row("a", "x", 0.0, at_most=0).bar == 0


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_figure_is_finite(value):
    with pytest.raises(InputError, match="finite"):
        Setup("speed").row("a", "x", value)


def test_the_first_run_is_not_counted():
    calls = []
    median_second(lambda: calls.append(1), 3)
    assert len(calls) == 4


def test_corpus_rows_count_what_is_packed(packed_folder, heard):
    rows = {row.metric: row for row in corpus.rows(Setup("corpus", packed_folder, note=heard.append))}
    assert rows["pieces"].value == 28
    assert rows["pieces, split valid"].value == 12
    assert rows["rejected, too_short"].value == 1
    assert rows["works in two splits"].holds is True
    assert "build" not in rows
    assert "--slow" in heard[0]


def test_the_build_is_measured_by_the_benchmark(packed_folder, monkeypatch, tmp_path):
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "corpus.py").write_text(
        "import json, sys\nassert sys.argv[1] == 'music' and '--json' in sys.argv\n"
        "print(json.dumps({'build_second': 87.0, 'peak_megabyte': 2293.0, 'files_per_second': 63, 'packed_megabyte': 93, "
        "'scores_per_second': 949}))"
    )
    monkeypatch.chdir(tmp_path)
    rows = {r.metric: r for r in corpus.rows(Setup("corpus", packed_folder, data=Path("music"), slow=True))}
    assert (rows["build"].bar, rows["build"].holds) == (240, True)
    assert rows["build, peak memory"].holds is False
    assert rows["build"].command == "python benchmarks/corpus.py DATA --workers 2"


def fuzzer(tmp_path, failures):
    (tmp_path / "scripts").mkdir()
    report = {
        "inputs": {".mid": 8, ".abc": 2},
        "outcomes": {".mid": {"read": 6, "FormatError": 2}, ".abc": {}},
        "failures": failures,
    }
    (tmp_path / "scripts" / "fuzz_files.py").write_text(
        f"print('x')\nprint({json.dumps(json.dumps(report))})\nexit({int(failures > 0)})"
    )


@pytest.mark.parametrize("failures", [0, 3])
def test_fuzz_rows(failures, tmp_path, monkeypatch):
    fuzzer(tmp_path, failures)
    monkeypatch.chdir(tmp_path)
    rows = {row.metric: row for row in files.rows(Setup("files"))}
    assert rows["damaged files tried"].value == 10
    assert rows["read or repaired, .mid"].value == 75
    assert rows["neither read nor refused with an error of ours"].holds is (failures == 0)
    assert "--midi 2000" in rows["damaged files tried"].command


def test_without_a_copy_of_the_repository_files_are_left_out(tmp_path, monkeypatch, heard):
    monkeypatch.chdir(tmp_path)
    assert list(files.rows(Setup("files", note=heard.append))) == []
    assert "scripts" in heard[0]


def test_the_command_passes_everything_on(monkeypatch, tmp_path, capsys):
    seen = {}

    def fake(areas, packed, out, seed, quick, **more):
        seen.update(areas=areas, packed=str(packed), out=str(out), seed=seed, quick=quick, **more)
        more["note"]("left out")
        return [Setup("gan").row("m", "x", 1.5, "s", at_most=1)]

    monkeypatch.setattr("boya.proof.evaluate", fake)
    words = ["evaluate", "--area", "gan", "--area", "speed", "--packed", "p", "--out", str(tmp_path), "--quick", "--json"]
    with pytest.raises(SystemExit) as left:
        main(words)
    streams = capsys.readouterr()
    assert left.value.code == 0
    assert json.loads(streams.out)["rows"][0]["holds"] is False
    assert streams.err == "left out\n"
    assert seen["areas"] == ["gan", "speed"]
    assert seen["seed"] == 0
    assert seen["quick"] is True


def test_the_command_prints_a_table(monkeypatch, capsys):
    monkeypatch.setattr("boya.proof.evaluate", lambda *a, **k: [Setup("gan").row("m", "x", 1.5, "s", at_most=1)])
    with pytest.raises(SystemExit):
        main(["evaluate"])
    assert capsys.readouterr().out.split() == ["gan", "m", "x", "1.5", "s", "1", "FAILS"]


@pytest.mark.parametrize(
    ("words", "out"), [([], "docs"), (["--quick"], "None"), (["--quick", "--out", "x"], "x"), (["--out", "x"], "x")]
)
def test_noisy_figures_are_written_only_where_asked(words, out, monkeypatch):
    seen = []
    monkeypatch.setattr("boya.proof.evaluate", lambda areas, packed, out, *a, **k: seen.append((str(out), k["cards"])) or [])
    with pytest.raises(SystemExit):
        main(["evaluate", *words])
    assert seen == [(out, CARDS if out == "docs" else None)]


def test_the_command_refuses_an_unknown_area(capsys):
    with pytest.raises(SystemExit) as left:
        main(["evaluate", "--area", "opera"])
    assert left.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
