"""The shared collections, where they are at hand (BOYA_DATA, or ../shared/data beside the repository)."""

import io
import os
import tarfile
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

import pytest

from boya import files

DATA = Path(os.environ.get("BOYA_DATA", Path(__file__).parents[3] / "shared" / "data"))
COLLECTIONS = ("lieder", "quartets", "ewld", "pop909", "groove", "band")
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not here; set BOYA_DATA")


def pieces(collection: str, count: int) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(DATA / f"{collection}.tar.xz", "r:xz") as archive:
        found = (m for m in archive if m.isfile() and m.name.endswith(".mid"))
        for member in islice(found, count):
            source = archive.extractfile(member)
            yield member.name, source.read() if source else b""


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_midi_read_written_and_read_is_the_same(collection: str) -> None:
    for name, data in pieces(collection, 15):
        score = files.read_bytes(data, ".mid")
        assert score.n_notes > 0, name
        assert files.read_bytes(files.write_bytes(score, ".mid"), ".mid") == score, name
        assert files.read_bytes(files.write_bytes(score, ".json"), ".json") == score, name


@pytest.mark.parametrize("collection", ["ewld", "pop909", "band"])
def test_every_chord_marker_is_read(collection: str) -> None:
    for name, data in pieces(collection, 15):
        score = files.read_bytes(data, ".mid")
        assert 0.95 * data.count(b"chord=") <= len(score.chords) <= data.count(b"chord="), "equal ones at one tick are one"
        assert all(a.end == b.onset for a, b in pairwise(score.chords)), name


@pytest.mark.parametrize("path", sorted((DATA / "musicxml").glob("lc*.mxl")), ids=lambda path: path.stem)
def test_songs_read_as_their_midi_file_sounds(path: Path) -> None:
    pytest.importorskip("music21")
    score = files.read(path)
    with tarfile.open(DATA / "lieder.tar.xz", "r:xz") as archive:
        member = next(m for m in archive if m.name.endswith(f"{path.stem}.mid"))
        midi = files.read_bytes(io.BufferedReader(archive.extractfile(member)).read(), ".mid")  # type: ignore[arg-type]
    assert score.timeline.keys[0] == midi.timeline.keys[0]
    assert [t.qpm for t in score.timeline.tempos[:1]] == pytest.approx([t.qpm for t in midi.timeline.tempos[:1]], rel=1e-4)
    onsets = [{(onset, pitch) for t in s.tracks for onset, _, pitch, _ in t.notes.tolist()} for s in (score, midi)]
    assert len(onsets[0] & onsets[1]) > 0.65 * len(onsets[1]), "ornaments and arpeggios differ, the rest must not"
    assert files.read_bytes(files.write_bytes(score, ".musicxml"), ".musicxml").n_bars == score.n_bars


@pytest.mark.parametrize("path", sorted((DATA / "musicxml").glob("sq*.mxl")), ids=lambda path: path.stem)
def test_quartets_are_read(path: Path) -> None:
    pytest.importorskip("music21")
    score = files.read(path)
    assert [track.program for track in score.tracks] == [40, 40, 41, 42]
    assert score.n_notes > 10_000
