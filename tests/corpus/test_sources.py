"""Every source keeps its contract; archives are walked without leaving them."""

import io
import tarfile
import zipfile

import pytest

from boya.corpus import SOURCES, open_source
from boya.corpus.archives import WalkLimits, walk
from boya.corpus.piece import Piece, Rejection
from boya.corpus.sources import SHARED
from boya.errors import CorpusError, InputError


@pytest.fixture
def places(tmp_path, music):
    """A small place for every source that needs one."""
    for name in SHARED:
        source = "ewld/1" if name == "band" else ""
        splits = ["train", "valid", "train"]
        rows = [music.row(name, i, s, title=f"T{i}", source=source and f"ewld/{i}") for i, s in enumerate(splits)]
        music.collection(tmp_path / "shared", name, rows, [music.band(i) for i in range(3)])
    found = dict.fromkeys(SHARED, tmp_path / "shared")
    abc = tmp_path / "m21" / "ciconia"
    abc.mkdir(parents=True)
    (abc / "tunes.abc").write_text("".join(f"X:{i}\nT:t{i}\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|\n\n" for i in range(3)))
    return {**found, "folder": music.folder_of(tmp_path / "midi"), "music21": tmp_path / "m21"}


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_keeps_its_contract(name, places):
    source = open_source(name, places[name])
    pieces = [p for p in source.pieces() if isinstance(p, Piece)]
    assert source.name
    assert source.licence
    assert isinstance(source.may_ship, bool)
    assert source.citation or name == "folder"
    assert [p.checksum for p in source.pieces() if isinstance(p, Piece)] == [p.checksum for p in pieces]
    assert len({p.id for p in pieces}) == len(pieces) >= 3
    assert all(p.licence and len(p.checksum) == 64 and p.origin.work and not p.origin.path.startswith("/") for p in pieces)
    assert sum(source.sizes()) >= sum(p.n_bytes for p in pieces)
    if all(p.suffix == ".mid" for p in pieces[:3]):
        readable = [p for p in pieces if p.data[:4] == b"MThd" and p.n_bytes > 100]
        assert all(p.read().n_notes > 16 for p in readable[:3])
    splits_of = {}
    for piece in pieces:
        splits_of.setdefault(piece.origin.work, set()).add(piece.split)
    assert all(len(splits) == 1 for splits in splits_of.values())


@pytest.mark.parametrize("name", SHARED)
def test_the_shared_collections_read(name, shared_data):
    source = open_source(name, shared_data)
    pieces = []
    for piece in source.pieces():
        assert isinstance(piece, Piece)
        pieces.append(piece)
        if len(pieces) == 3:
            break
    assert all(p.read().n_notes for p in pieces)
    assert {p.split for p in pieces} <= {"train", "valid"}


def test_an_arrangement_is_of_the_work_it_arranges(places):
    originals = [p for p in open_source("ewld", places["ewld"]).pieces() if isinstance(p, Piece)]
    arranged = [p for p in open_source("band", places["band"]).pieces() if isinstance(p, Piece)]
    assert [p.origin.work for p in arranged] == [p.origin.work for p in originals]


def test_catalogue_and_files_are_compared(tmp_path, music):
    rows = [music.row("ewld", i, "train") for i in range(2)]
    place = music.collection(tmp_path, "ewld", rows, [music.band(0), music.band(1)])
    catalog = (place / "catalog.csv").read_text().replace("ewld/1.mid", "ewld/7.mid")
    (place / "catalog.csv").write_text(catalog)
    found = {(p.path, p.reason) for p in open_source("ewld", place).pieces() if isinstance(p, Rejection)}
    assert found == {("ewld/1.mid", "not_in_catalog"), ("ewld/7.mid", "missing_file")}


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "must have the columns"),
        ("path,split\n", "it lacks"),
        (None, "must be the catalogue"),
        ("dev", "split in .* must be one of"),
    ],
)
def test_a_wrong_catalogue_is_refused(tmp_path, music, text, match):
    music.collection(tmp_path, "ewld", [music.row("ewld", 0, "train")], [music.band(0)])
    catalog = tmp_path / "catalog.csv"
    if text is None:
        catalog.unlink()
    elif text == "dev":
        catalog.write_text(catalog.read_text().replace("train", "dev"))
    else:
        catalog.write_text(text)
    with pytest.raises(CorpusError, match=match):
        list(open_source("ewld", tmp_path).pieces())


def test_unknown_and_missing_places(tmp_path):
    with pytest.raises(InputError, match=r"source must be one of folder.*got 'bland'"):
        open_source("bland")
    for name in ("folder", "band"):
        with pytest.raises(InputError, match="needs a place"):
            open_source(name)
    for place in (tmp_path / "no", tmp_path / "note.txt"):
        (tmp_path / "note.txt").write_text("hello")
        with pytest.raises(CorpusError, match="must be a folder"):
            list(open_source("folder", place).pieces())


def test_a_book_becomes_tunes(tmp_path):
    (tmp_path / "book.abc").write_text("% head\nX:1\nK:C\nCDE\n\nX:2\nK:G\nGAB\n")
    pieces = list(open_source("folder", tmp_path).pieces())
    assert [p.origin.path for p in pieces] == ["book.abc#1", "book.abc#2"]
    assert len({p.origin.work for p in pieces}) == 2


def test_formats_of_one_name_are_one_work(tmp_path):
    for name in ("a.mid", "a.xml", "b.mid"):
        (tmp_path / name).write_bytes(b"x")
    works = [p.origin.work for p in open_source("folder", tmp_path).pieces()]
    assert len(works) == 3
    assert len(set(works)) == 2


@pytest.mark.parametrize("ending", [".zip", ".tar", ".tar.gz", ".tar.xz", ".tar.bz2"])
def test_archives_give_what_folders_give(tmp_path, music, ending):
    folder = music.folder_of(tmp_path / "midi", 3)
    files = sorted(p for p in folder.rglob("*.mid"))
    path = tmp_path / f"midi{ending}"
    if ending == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for file in files:
                archive.write(file, file.relative_to(folder))
    else:
        with tarfile.open(path, "w:" + ending.removeprefix(".tar").removeprefix(".")) as archive:
            for file in files:
                archive.add(file, file.relative_to(folder))
    assert list(walk(path, (".mid",))) == list(walk(folder, (".mid",)))
    assert [p.id for p in open_source("folder", path).pieces()] == [p.id for p in open_source("folder", folder).pieces()]


def hostile_tar(path):
    with tarfile.open(path, "w") as archive:
        for name, kind in [
            ("../out.mid", "file"),
            ("/etc/x.mid", "file"),
            ("link.mid", "link"),
            ("ok.mid", "file"),
            ("big.mid", "file"),
        ]:
            info = tarfile.TarInfo(name)
            if kind == "link":
                info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
                archive.addfile(info)
            else:
                info.size = 5000 if name == "big.mid" else 4
                archive.addfile(info, io.BytesIO(b"x" * info.size))


def hostile_zip(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("../out.mid", "/etc/x.mid", "C:\\x.mid", "ok.mid"):
            archive.writestr(name, "xxxx")
        archive.writestr("big.mid", b"\0" * 5000)


@pytest.mark.parametrize("make", [hostile_tar, hostile_zip])
def test_names_that_leave_an_archive_are_refused(tmp_path, make):
    path = tmp_path / ("x.tar" if make is hostile_tar else "x.zip")
    make(path)
    found = {e.path: e.refused for e in walk(path, (".mid",), limits=WalkLimits(file_bytes=1000))}
    assert found.pop("ok.mid") is None
    assert found.pop("big.mid") == "too_large_file"
    assert set(found.values()) <= {"unsafe_path", "not_a_plain_file"}
    assert len(found) >= 3
    assert list(tmp_path.iterdir()) == [path]


def test_links_in_a_folder_are_refused(tmp_path):
    (tmp_path / "secret").write_text("x")
    folder = tmp_path / "midi"
    folder.mkdir()
    (folder / "a.mid").symlink_to(tmp_path / "secret")
    assert [e.refused for e in walk(folder, (".mid",))] == ["not_a_plain_file"]


def test_total_limits_end_the_walk(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.mid").write_bytes(b"x" * 10)
    with pytest.raises(CorpusError, match="at most 2 files"):
        list(walk(tmp_path, (".mid",), limits=WalkLimits(n_files=2)))
    with pytest.raises(CorpusError, match="25 bytes"):
        list(walk(tmp_path, (".mid",), limits=WalkLimits(total_bytes=25)))


@pytest.mark.parametrize("name", ["x.tar.xz", "x.tar.gz", "x.tar", "x.zip"])
@pytest.mark.parametrize("share", [0, 0.1, 0.5])
def test_damaged_archives_are_one_clear_error(tmp_path, name, share):
    path = tmp_path / name
    if name == "x.zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.mid", bytes(range(256)) * 20)
    else:
        with tarfile.open(path, "w:" + name.removeprefix("x.tar").removeprefix(".")) as archive:
            info = tarfile.TarInfo("a.mid")
            info.size = 5120
            archive.addfile(info, io.BytesIO(bytes(range(256)) * 20))
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(CorpusError, match="must be a whole"):
        list(walk(path, (".mid",)))


def test_a_zip_that_lies_about_sizes(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.mid", b"\0" * 100_000)
    data = path.read_bytes().replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(data)
    assert [(e.data, e.refused) for e in walk(path, (".mid",))] == [(None, "unreadable")]
