"""How commands talk."""

import json
from pathlib import Path

import pytest

from boya.cli.saving import check_outs
from boya.cli.talk import Meter, choose_seed, emit, table, wrote
from boya.errors import FileError, InputError


def test_a_given_seed_is_kept_in_silence(capsys):
    assert choose_seed(0) == 0
    assert capsys.readouterr().err == ""


def test_a_drawn_seed_is_told_on_stderr(capsys):
    seed = choose_seed(None)
    streams = capsys.readouterr()
    assert f"--seed {seed}" in streams.err
    assert streams.out == ""
    assert 0 <= seed < 2**31


def test_emit_json_keeps_chinese_and_paths(capsys):
    emit({"title": "高山流水", "file": Path("a.mid")}, "text", True)
    out = capsys.readouterr().out
    assert "高山流水" in out
    assert json.loads(out) == {"title": "高山流水", "file": "a.mid"}


def test_emit_text(capsys):
    emit({"x": 1}, "text", False)
    assert capsys.readouterr().out == "text\n"


def test_wrote_tells_sizes(tmp_path):
    (tmp_path / "a.mid").write_bytes(b"x" * 1500)
    assert wrote([tmp_path / "a.mid"]).endswith("a.mid (1.5 kB)")


def test_table_aligns():
    assert table([("a", 1), ("long", 22)]) == "a     1\nlong  22"


def test_meter_in_a_log_speaks_ten_times(capsys):
    with Meter("pieces") as meter:
        for done in range(1, 201):
            meter.show(done, 200, 1.0)
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1] == "200 of 200 pieces"
    assert "1 s left" in lines[0]
    assert len(lines) == 11


def test_meter_of_nothing_is_silent(capsys):
    with Meter("pieces") as meter:
        meter.show(0, 0, None)
    assert capsys.readouterr().err == ""


def test_meter_on_a_terminal_rewrites_its_line(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with Meter("pieces") as meter:
        meter.show(1, 2, 3.4)
        meter.show(2, 2, 0.0)
    assert capsys.readouterr().err == "\r\x1b[K1 of 2 pieces, 3 s left\r\x1b[K2 of 2 pieces\n"


def test_outs_with_an_unknown_ending_are_refused():
    with pytest.raises(InputError, match=r"must end in .*\.wav.*got 'a.mp3'"):
        check_outs([Path("a.mp3")], [])


def test_outs_in_a_missing_folder_are_refused(tmp_path):
    with pytest.raises(FileError, match="mkdir -p"):
        check_outs([tmp_path / "no" / "a.mid"], [])
