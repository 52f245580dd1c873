"""The scoreboard keeps what it has, replaces what is new, and says what is wrong with a broken file."""

import json
from dataclasses import asdict, replace

import pytest

from boya.errors import FileError, FormatError, InputError
from boya.evaluation.scoreboard import Row, hardware, read_rows, render_rows, update_scoreboard

ROW = Row("gan", "empty bars melody", "n-gram", 9.5, "%", None, None, "boya evaluate gan", "AMD EPYC, 2 cores", "2026-01-31")
REACHED = replace(ROW, model="gan", value=11.0, bar=5.0, holds=True, published=20.5)


def test_replaces_in_place_and_keeps_other_areas(tmp_path):
    path = tmp_path / "scoreboard.json"
    speed = replace(ROW, area="speed", metric="cold compose", value=3.2, unit="s", bar=4.0, holds=True)
    update_scoreboard(path, [ROW, speed, REACHED])
    rows = update_scoreboard(path, [replace(ROW, value=8.0)])
    assert [(row.area, row.model, row.value) for row in rows] == [
        ("gan", "n-gram", 8.0),
        ("speed", "n-gram", 3.2),
        ("gan", "gan", 11.0),
    ]
    assert read_rows(path) == rows
    assert path.with_suffix(".md").read_text(encoding="utf-8") == render_rows(rows)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["scoreboard.json", "scoreboard.md"]


def test_the_same_rows_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        update_scoreboard(tmp_path / f"{name}.json", [ROW, REACHED])
    update_scoreboard(tmp_path / "b.json", [ROW])
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_page_groups_areas_and_leaves_baselines_without_bar():
    page = render_rows([REACHED, replace(ROW, area="corpus"), ROW, replace(REACHED, model="gan-dense", holds=False)])
    assert page.index("## corpus") < page.index("## gan")
    assert "| empty bars melody | n-gram | 9.5 % |  |  |  | `boya evaluate gan` | AMD EPYC, 2 cores | 2026-01-31 |" in page
    assert "| empty bars melody | gan | 11 % | 5 | yes | 20.5 |" in page
    assert "| gan-dense | 11 % | 5 | **no** |" in page


def test_cells_stay_cells():
    page = render_rows([replace(ROW, metric="a | b\nc", model="<script>")])
    assert "| a \\| b c | &lt;script> |" in page


HOSTILE = {
    "nothing": b"",
    "words": b"hello",
    "not unicode": b"\xff\xfe[]",
    "an object": b"{}",
    "a list of numbers": b"[1]",
    "no fields": b"[{}]",
    "too many fields": json.dumps([asdict(ROW) | {"extra": 1}]).encode(),
    "a missing field": json.dumps([{k: v for k, v in asdict(ROW).items() if k != "value"}]).encode(),
    "a text value": json.dumps([asdict(ROW) | {"value": "12"}]).encode(),
    "a null value": json.dumps([asdict(ROW) | {"value": None}]).encode(),
    "a true value": json.dumps([asdict(ROW) | {"value": True}]).encode(),
    "not a number": json.dumps([asdict(ROW) | {"value": float("nan")}]).encode(),
    "a number as area": json.dumps([asdict(ROW) | {"area": 3}]).encode(),
    "a list as area": json.dumps([asdict(ROW) | {"area": []}]).encode(),
    "a bar without verdict": json.dumps([asdict(ROW) | {"bar": 3}]).encode(),
    "a verdict in words": json.dumps([asdict(ROW) | {"bar": 3, "holds": "yes"}]).encode(),
    "nested": b"[" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_broken_files_are_named_and_left_alone(name, tmp_path):
    path = tmp_path / "scoreboard.json"
    path.write_bytes(HOSTILE[name])
    with pytest.raises(FormatError, match="must be a JSON list of scoreboard rows"):
        update_scoreboard(path, [ROW])
    assert path.read_bytes() == HOSTILE[name]
    assert [p.name for p in tmp_path.iterdir()] == ["scoreboard.json"]


def test_files_that_cannot_be(tmp_path):
    with pytest.raises(FileError, match="cannot be read"):
        read_rows(tmp_path)
    with pytest.raises(FileError, match="cannot be written"):
        update_scoreboard(tmp_path / "no" / "folder.json", [ROW])
    assert read_rows(tmp_path / "absent.json") == ()


def test_a_huge_file_is_refused(tmp_path):
    (tmp_path / "big.json").write_bytes(b" " * 10_000_001)
    with pytest.raises(FormatError, match="more than"):
        read_rows(tmp_path / "big.json")


def test_rows_check_themselves():
    with pytest.raises(InputError, match="finite number"):
        replace(ROW, value=float("inf"))
    with pytest.raises(InputError, match="both be given"):
        replace(ROW, holds=True)
    assert replace(ROW, published="0.95 (other data)").published == "0.95 (other data)"


def test_hardware_names_no_machine(tmp_path):
    import platform

    (tmp_path / "cpuinfo").write_text("processor : 0\nmodel name : A  Chip (R)\n" * 2, encoding="utf-8")
    assert hardware(tmp_path / "cpuinfo", accelerator="one GPU").startswith("A Chip (R), ")
    assert hardware(tmp_path / "cpuinfo", accelerator="one GPU").endswith(", one GPU")
    assert "core" in hardware(tmp_path / "absent")
    assert platform.node() not in hardware() or not platform.node()
