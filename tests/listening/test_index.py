"""What an index promises on disk: adding, removing, kills, damage."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boya.errors import CorpusError, FileError, InputError
from boya.listening.search import Index, Query, open_index, parse_query, writing
from boya.listening.search.segment import ARRAYS


def answers(index, music, seeds=range(12)):
    return [[(m.piece, m.distance, m.bar) for m in index.search(music.asked(music.piece(seed)), limit=1)] for seed in seeds]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.sets(st.integers(0, 11), min_size=1, max_size=5)), max_size=14))
def test_what_is_removed_was_never_added(tmp_path_factory, music, steps):
    folder = tmp_path_factory.mktemp("law")
    left = {20, 21}
    with Index(folder / "walked", create=True) as walked, Index(folder / "straight", create=True) as straight:
        walked.add([music.piece(seed) for seed in sorted(left)])
        for is_added, seeds in steps:
            if is_added:
                walked.add([music.piece(seed) for seed in sorted(seeds)])
                left |= seeds
            else:
                assert walked.remove([f"tune/{seed}" for seed in seeds]) == len(seeds & left)
                left -= seeds
        straight.add([music.piece(seed) for seed in sorted(left)])
        assert sorted(walked) == sorted(straight) == sorted(f"tune/{seed}" for seed in left)
        for seed in range(12):
            query = music.asked(music.piece(seed))
            here, there = walked.search(query, limit=30), straight.search(query, limit=30)
            assert {(m.piece, m.distance, m.bar) for m in here} == {(m.piece, m.distance, m.bar) for m in there}
            assert (here and here[0].piece == f"tune/{seed}" and here[0].distance == 0) or seed not in left
        walked.verify()
    with open_index(folder / "walked") as again:
        assert sorted(again) == sorted(f"tune/{seed}" for seed in left)


def test_batches_do_not_matter(tmp_path, music, monkeypatch):
    pieces = [music.piece(seed) for seed in range(30)]
    with Index(tmp_path / "a", create=True) as whole, Index(tmp_path / "b", create=True) as parts:
        whole.add(pieces)
        monkeypatch.setattr(writing, "BATCH", 100)
        parts.add(pieces)
    for name in ARRAYS:
        files = [next((tmp_path / one).glob(f"segment-*/{name}.bin")).read_bytes() for one in ("a", "b")]
        assert files[0] == files[1], name


def test_segments_stay_few(tmp_path, music):
    with Index(tmp_path / "i", create=True) as index:
        for seed in range(25):
            index.add([music.piece(seed)])
            assert len(list((tmp_path / "i").glob("segment-*"))) <= 2 * 9
        assert [m[0][0] for m in answers(index, music, range(25))] == [f"tune/{seed}" for seed in range(25)]
        index.verify()


def test_what_is_emptied_leaves_nothing(index, music):
    assert index.remove(list(index)) == 30
    assert len(index) == 0
    assert index.search(music.asked(music.piece(0))) == []
    index.add([music.piece(1)])
    assert index.search(music.asked(music.piece(1)))[0].piece == "tune/1"
    assert len(list(index.folder.glob("segment-*"))) == 1


def test_the_same_id_takes_the_place(index, music):
    index.add([music.piece(0), replace(music.piece(0), lines=music.piece(99).lines)])
    assert len(index) == 30
    assert index.search(music.asked(music.piece(99)), limit=1)[0].piece == "tune/0"
    assert all(m.distance > 0 for m in index.search(music.asked(music.piece(0))))
    assert [entry.id for entry in index.find_text("Air 0")] == []


def test_words(index, music):
    assert [entry.id for entry in index.find_text("air 7")] == ["tune/7"]
    assert {entry.composer for entry in index.find_text("turl", limit=50)} == {"Turlough"}
    assert index.find_text("nobody") == []
    query = music.asked(music.piece(4))
    assert index.search(query, text="Turlough")[0].piece == "tune/4"
    assert all(int(m.piece.split("/")[1]) % 2 for m in index.search(query, text="anon"))
    assert index.search(query, text="nobody") == []


def test_names_that_are_no_unicode_are_kept_as_they_can_be(index, music):
    index.add([replace(music.piece(60), id="caf\udce9/60", title="高山流水 \udcff")])
    assert index.search(music.asked(music.piece(60)))[0].piece == "caf?/60"
    assert [entry.id for entry in index.find_text("高山")] == ["caf?/60"]
    assert index.remove(["caf?/60"]) == 1


@pytest.mark.parametrize("text", ["", "  ", '"', "* : ^ ()", "-"])
def test_text_without_a_word_is_told(index, text):
    with pytest.raises(InputError, match="must hold a word"):
        index.find_text(text)


@pytest.mark.parametrize(
    "text", ['air" OR "x', "title:air NEAR/3", "a'); DROP TABLE piece;--", "\0air", "ö" * 5000, "AND OR NOT"]
)
def test_hostile_text_is_only_words(index, text):
    assert isinstance(index.find_text(text), list)
    assert len(index) == 30


def test_an_error_in_the_middle_leaves_the_old_state(index, music, monkeypatch):
    before = answers(index, music)

    def broken():
        yield music.piece(100)
        raise RuntimeError("the reader broke")

    with pytest.raises(RuntimeError, match="the reader broke"):
        index.add(broken())
    monkeypatch.setattr(
        writing.SegmentWriter, "close", lambda self: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(FileError, match="room"):
        index.add([music.piece(101)])
    assert (len(index), answers(index, music)) == (30, before)
    assert len(list(index.folder.glob("segment-*"))) == 1
    with open_index(index.folder) as again:
        assert answers(again, music) == before


WRITER = """
import sys, numpy as np
from boya.listening.search import Entry, Index, Line
rng = np.random.default_rng(1)
with Index(sys.argv[1], create=True) as index:
    for round in range(100000):
        print(len(index), flush=True)
        lines = [Line(rng.integers(50, 80, 30).astype(np.uint8), rng.integers(1, 20, 30).astype(np.uint8)) for _ in range(10)]
        index.add([Entry(f"{round}/{number}", (line,)) for number, line in enumerate(lines)])
"""


@pytest.mark.parametrize("wait", [0.0, 0.05, 0.11, 0.23, 0.3])
def test_a_kill_leaves_a_whole_index(tmp_path, music, wait):
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path / "i")], stdout=subprocess.PIPE, text=True)
    for _ in range(3):
        last = process.stdout.readline()
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    told = [int(word) for word in (last + process.stdout.read()).split()]
    process.wait()
    process.stdout.close()
    with open_index(tmp_path / "i") as index:
        index.verify()
        assert len(index) in (told[-1], told[-1] + 10)
        index.add([music.piece(1)])
        assert index.search(music.asked(music.piece(1)))[0].piece == "tune/1"
        folders = {folder.name for folder in (tmp_path / "i").glob("segment-*")}
        index.remove([])
        assert {folder.name for folder in (tmp_path / "i").glob("segment-*")} <= folders


def test_a_second_writer_waits_or_is_told(index, music, monkeypatch):
    from boya.listening.search import store

    monkeypatch.setattr(store, "_BUSY_SECOND", 0.05)
    with open_index(index.folder) as other, index._store.writing(), pytest.raises(FileError, match="another process"):
        other.add([music.piece(50)])
    with open_index(index.folder) as other:
        other.add([music.piece(50)])
        assert len(other) == 31


def test_a_reader_keeps_its_state_while_another_writes(index, music):
    with open_index(index.folder) as reader:
        before = answers(reader, music)
        for seed in range(30, 42):
            index.add([music.piece(seed)])
        index.remove(["tune/20"])
        assert answers(reader, music) == before


@pytest.mark.parametrize("name", list(ARRAYS))
def test_a_shortened_or_missing_array_is_told(index, name):
    path = next(index.folder.glob(f"segment-*/{name}.bin"))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CorpusError, match="Build the index again"):
        open_index(index.folder)
    path.unlink()
    with pytest.raises(CorpusError, match="Build the index again"):
        open_index(index.folder)


@pytest.mark.parametrize("name", list(ARRAYS))
def test_a_changed_array_is_told_or_searched_but_never_crashes(index, music, name):
    path = next(index.folder.glob(f"segment-*/{name}.bin"))
    rng = np.random.default_rng(0)
    for _ in range(5):
        path.write_bytes(rng.bytes(path.stat().st_size))
        with suppress(CorpusError), open_index(index.folder) as opened:
            for seed in range(5):
                opened.search(music.asked(music.piece(seed)))
        with pytest.raises(CorpusError, match="has changed"), Verified(index.folder):
            pass


class Verified:
    """Verifies an index even where opening already tells."""

    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        try:
            with open_index(self.folder) as opened:
                opened.verify()
        except CorpusError as error:
            raise CorpusError(f"{error} (has changed)") from error

    def __exit__(self, *_):
        return False


def test_a_foreign_folder_is_told_and_left_alone(tmp_path):
    with pytest.raises(CorpusError, match="boya index"):
        open_index(tmp_path)
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(CorpusError, match="other files"):
        Index(tmp_path, create=True)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0" + bytes(200)])
def test_a_catalogue_that_is_none_is_told(tmp_path, content):
    (tmp_path / "catalogue.sqlite").write_bytes(content)
    for make in (open_index, lambda folder: Index(folder, create=True)):
        with pytest.raises(CorpusError, match="index"):
            make(tmp_path)
    assert (tmp_path / "catalogue.sqlite").read_bytes() == content


def test_another_programs_database_is_told_and_left_alone(tmp_path):
    base = sqlite3.connect(tmp_path / "catalogue.sqlite")
    base.execute("CREATE TABLE contact (name TEXT)")
    base.commit()
    base.close()
    before = (tmp_path / "catalogue.sqlite").read_bytes()
    for make in (open_index, lambda folder: Index(folder, create=True)):
        with pytest.raises(CorpusError, match="another file"):
            make(tmp_path)
    assert (tmp_path / "catalogue.sqlite").read_bytes() == before


def test_a_torn_catalogue_is_told_or_read(index, music):
    whole = (index.folder / "catalogue.sqlite").read_bytes()
    index.close()
    for at in range(0, len(whole), 4096):
        (index.folder / "catalogue.sqlite").write_bytes(whole[:at] + b"\xa5" * 512 + whole[at + 512 :])
        with suppress(CorpusError), open_index(index.folder) as opened:
            opened.search(music.asked(music.piece(1)))
            opened.find_text("air")
            opened.verify()


def test_limits_and_empty_indexes(tmp_path, index):
    with pytest.raises(InputError, match="limit"):
        index.search(parse_query("C4 D4 E4 G4"), limit=0)
    with Index(tmp_path / "empty", create=True) as empty:
        assert empty.add([]) == 0
        assert empty.search(parse_query("C4 D4 E4 G4")) == []
        assert empty.search(Query(np.arange(60, 70), np.arange(1, 11))) == []
        assert empty.remove(["nothing"]) == 0
        empty.verify()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_rights_is_told(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(FileError, match="cannot be made"):
        Index(tmp_path / "i", create=True)


def test_an_index_can_be_moved(index, music, tmp_path):
    before = answers(index, music)
    index.close()
    shutil.move(index.folder, tmp_path / "elsewhere")
    with open_index(tmp_path / "elsewhere") as moved:
        assert answers(moved, music) == before
