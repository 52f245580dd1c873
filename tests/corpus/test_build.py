"""A build gives the same bytes on one process, several, or a cluster, after a kill and without one."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from boya.corpus import Limits, open_packed, open_source
from boya.corpus.build import PARTS, build
from boya.corpus.mapping import map_items
from boya.corpus.parts import read_part
from boya.errors import CorpusError, InputError

CHUNKS_OF_TWO = "import boya.corpus.parts as p; p._CHUNK_PIECES = 2; "


@pytest.fixture(scope="module")
def midi(tmp_path_factory, music):
    return music.folder_of(tmp_path_factory.mktemp("midi"), 16)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr("boya.corpus.parts._CHUNK_PIECES", 2)


def content(folder: Path) -> dict[str, str]:
    """Names and checksums of all that a folder holds."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def expected(midi, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("boya.corpus.parts._CHUNK_PIECES", 2)
        folder = tmp_path_factory.mktemp("expected")
        build([open_source("folder", midi)], folder, workers=1)
    return content(folder)


def test_a_folder_becomes_a_corpus(midi, music, tmp_path):
    told = []
    manifest = build([open_source("folder", midi)], tmp_path, workers=1, progress=told.append)
    packed = open_packed(tmp_path)
    assert len(packed) == 16
    assert manifest["rejected"] == {"unreadable": 1}
    assert manifest["rejections"][0]["path"] == "broken.mid"
    assert [p["path"] for p in packed.pieces] == sorted(p["path"] for p in packed.pieces)
    seed = int(Path(packed.pieces[3]["path"]).stem)
    score = packed.score(3)
    assert [t.notes.tolist() for t in score.tracks] == [t.notes.tolist() for t in music.band(seed).tracks]
    assert [t.role for t in score.tracks] == ["melody", "chords", "pad", "bass", "drums"]
    assert score.chords
    assert told[-1].done == told[-1].total == 17
    assert told[-1].eta_second == 0
    assert [t.done for t in told] == sorted(t.done for t in told)
    assert not (tmp_path / PARTS).exists()
    assert all(str(tmp_path) not in p.read_text(errors="replace") for p in tmp_path.iterdir())


def test_two_workers_give_the_same_bytes(midi, tmp_path, expected):
    build([open_source("folder", midi)], tmp_path, workers=2)
    assert content(tmp_path) == expected


def test_nothing_depends_on_the_place(midi, tmp_path, expected):
    elsewhere = tmp_path / "other" / midi.name
    elsewhere.parent.mkdir()
    elsewhere.symlink_to(midi)
    build([open_source("folder", elsewhere)], tmp_path / "out", workers=1)
    assert content(tmp_path / "out") == expected


def test_a_killed_build_goes_on(midi, tmp_path, expected):
    code = CHUNKS_OF_TWO + (
        "import time; from boya.corpus.build import build; from boya.corpus import open_source; "
        f"build([open_source('folder', {str(midi)!r})], {str(tmp_path)!r}, workers=1, progress=lambda p: time.sleep(0.4))"
    )
    parts = tmp_path / PARTS
    process = subprocess.Popen([sys.executable, "-c", code])
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(list(parts.glob("*[0-9a-f]"))) < 3:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    finished = [p for p in parts.iterdir() if p.suffix != ".new"]
    assert 3 <= len(finished) < 9
    with pytest.raises(CorpusError):
        open_packed(tmp_path)
    finished[0].write_bytes(finished[0].read_bytes()[:-7])  # as a full disk would leave it
    told = []
    build([open_source("folder", midi)], tmp_path, workers=1, progress=told.append)
    assert len(told) <= 9 - len(finished) + 1
    assert content(tmp_path) == expected


def test_an_unfinished_build_can_be_thrown_away(midi, tmp_path, expected):
    (tmp_path / PARTS).mkdir()
    (tmp_path / PARTS / "0123").write_bytes(b"old")
    build([open_source("folder", midi)], tmp_path, workers=1, resume=False)
    assert content(tmp_path) == expected


def test_repeated_bytes_and_wrong_pieces_are_counted(midi, tmp_path, music):
    folder = music.folder_of(tmp_path / "midi", 3)
    (folder / "z.mid").write_bytes((folder / "b" / "00.mid").read_bytes())
    manifest = build([open_source("folder", folder)], tmp_path / "out", workers=1)
    assert manifest["rejected"] == {"duplicate_bytes": 1, "unreadable": 1}
    assert manifest["rejections"][1]["detail"] == "same bytes as midi/b/00.mid"
    with pytest.raises(CorpusError, match="all 5 were left out"):
        build([open_source("folder", folder)], tmp_path / "out", workers=1, limits=Limits(n_notes=10_000))


def test_given_splits_works_and_arrangements(tmp_path, music):
    rows = [music.row("ewld", i, s) for i, s in enumerate(["train", "valid", "train", "train"])]
    music.collection(tmp_path, "ewld", rows, [music.band(i) for i in (0, 1, 2, 1)])  # the last is the tune of the second
    rows = [music.row("band", i, s, source=f"ewld/{i}") for i, s in enumerate(["train", "valid"])]
    music.collection(tmp_path, "band", rows, [music.band(0).transpose(2), music.band(1).transpose(-1)])
    manifest = build([open_source(n, tmp_path) for n in ("ewld", "band")], tmp_path / "out", workers=1)
    assert {p["id"]: p["split"] for p in manifest["pieces"]} == {
        **{"ewld/0": "train", "ewld/1": "valid", "ewld/2": "train"},
        **{"band/0": "train", "band/1": "valid"},
    }
    assert manifest["rejected"] == {"duplicate_bytes": 1}
    groups = {}
    for piece in manifest["pieces"]:
        groups.setdefault(piece["group"], set()).add(piece["split"])
    assert all(len(s) == 1 for s in groups.values())
    assert len(groups) == 3


def test_wrong_settings_are_refused(midi, tmp_path):
    source = open_source("folder", midi)
    with pytest.raises(InputError, match="each with its own name"):
        build([source, source], tmp_path)
    with pytest.raises(InputError, match="must be given"):
        build([], tmp_path)
    with pytest.raises(InputError, match="workers must be at least 1; got 0"):
        build([source], tmp_path, workers=0)


def test_a_damaged_part_is_refused():
    with pytest.raises(CorpusError, match="part of the corpus must be whole"):
        read_part(b"PK noise")


def square(number: int) -> int:
    return number * number


def die_once(flag: str) -> int:
    """Kills its own process the first time."""
    path = Path(flag)
    if flag.endswith("kill") and not path.exists():
        path.write_text("x")
        os.kill(os.getpid(), signal.SIGKILL)
    return len(flag)


def die(number: int) -> int:
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_mapping_numbers_its_results():
    assert sorted(map_items(abs, [-3, -1], workers=1)) == [(0, 3), (1, 1)]
    assert sorted(map_items(abs, iter(range(-20, 0)), workers=2)) == [(i, 20 - i) for i in range(20)]
    assert list(map_items(abs, [], workers=2)) == []


@pytest.fixture
def importable(monkeypatch, tmp_path):
    """A module that other processes can import, with functions that kill their process."""
    source = Path(__file__).read_text().split("def square")[1].split("def test_mapping")[0]
    (tmp_path / "deadly.py").write_text("import os, signal\nfrom pathlib import Path\ndef square" + source)
    monkeypatch.syspath_prepend(tmp_path)
    import deadly

    yield deadly
    del sys.modules["deadly"]


def test_a_worker_that_dies_costs_a_repetition(importable, tmp_path):
    items = [str(tmp_path / name) for name in ("a", "b", "kill", "c", "d")]
    assert sorted(map_items(importable.die_once, items, workers=2)) == [(i, len(x)) for i, x in enumerate(items)]


def test_an_item_that_always_kills_is_named(importable):
    with pytest.raises(CorpusError, match="chunk 2 ended its worker"):
        list(map_items(importable.die, range(5), workers=2))
