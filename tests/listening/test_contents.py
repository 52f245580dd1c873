"""An index describes its pieces when somebody first asks, once, and keeps it."""

import sqlite3

import numpy as np
import pytest

from boya.errors import CorpusError, ModelError, RequestError
from boya.listening.content import Describer, Sketch, unpacked_notes
from boya.listening.recommendation import content_of, describer, sketch_of
from boya.listening.recommendation.outline import Outline, shipped_outline
from boya.listening.search import Entry, Index, open_index
from boya.representation.note_rows import note_rows
from boya.score import Metre, Score, Timeline, Track, note_array


def tune(seed: int, n_notes: int = 30) -> Score:
    """A flute, and drums, in changing metres."""
    rng = np.random.default_rng(seed)
    rows = [(240 * at, 240, int(pitch), 80) for at, pitch in enumerate(rng.integers(50, 90, n_notes))]
    beats = [(480 * at, 120, 36 + 2 * (at % 2), 90) for at in range(n_notes // 2)]
    timeline = Timeline.of(metres=[Metre(0, 3, 4), Metre(1440, 4, 4)])
    return Score((Track(note_array(rows), program=73), Track(note_array(beats), is_drum=True)), timeline)


class Counting:
    """Describes a piece by how many notes it has, and counts how often it is asked."""

    def __init__(self, kind: str = "counts") -> None:
        self.n_asked = 0
        self.describer = Describer(kind, self._vector)

    def _vector(self, rows):
        self.n_asked += 1
        return np.array([len(rows)], dtype=np.float32)


@pytest.fixture
def folder(tmp_path):
    """An index of three tunes with sketches, and one without."""
    entries = [Entry(f"tune/{n}", (), title=f"Air {n}", sketch=sketch_of(tune(n, 10 + 2 * n), "waltz")) for n in range(3)]
    with Index(tmp_path / "index", create=True) as made:
        made.add([*entries, Entry("silence", ())])
    return tmp_path / "index"


def test_pieces_are_described_once_and_again_for_another_kind(folder):
    first, other = Counting(), Counting("other")
    for counting, n_asked in ((first, 3), (first, 3), (other, 3), (Counting(), 3)):
        with open_index(folder) as index:
            found = index.contents(counting.describer)
        assert [(id, title, content.vector.tolist()) for id, title, _, content in found] == [
            (f"tune/{n}", f"Air {n}", [15.0 + 3 * n]) for n in range(3)
        ]
        assert found[0][3].facets[0] == "style:waltz"
        assert counting.n_asked == n_asked


def test_what_is_added_or_replaced_is_described_alone(folder):
    counting, told = Counting(), []
    with open_index(folder) as index:
        index.contents(counting.describer)
        index.add([Entry("tune/1", (), sketch=sketch_of(tune(9, 40))), Entry("tune/7", (), sketch=sketch_of(tune(7, 50)))])
        index.remove(["tune/0"])
        found = index.contents(counting.describer, lambda done, total: told.append((done, total)))
    assert {id: content.vector.tolist() for id, _, _, content in found} == {"tune/2": [21.0], "tune/1": [60.0], "tune/7": [75.0]}
    assert counting.n_asked == 5
    assert told == [(2, 2)]


def test_an_index_that_another_process_writes_is_described_all_the_same(folder, monkeypatch):
    monkeypatch.setattr("boya.listening.search.store._BUSY_SECOND", 0.01)
    busy = sqlite3.connect(folder / "catalogue.sqlite", isolation_level=None)
    busy.execute("BEGIN IMMEDIATE")
    counting = Counting()
    with open_index(folder) as index:
        assert len(index.contents(counting.describer)) == 3
        busy.execute("ROLLBACK")
        assert len(index.contents(counting.describer)) == 3
    busy.close()
    assert counting.n_asked == 6  # the first time could not be kept


@pytest.mark.parametrize("column", ["notes", "vector"])
def test_damage_is_told(folder, column):
    with open_index(folder) as index:
        index.contents(Counting().describer)
    base = sqlite3.connect(folder / "catalogue.sqlite")
    base.execute(f"UPDATE content SET {column} = x'0102ff', kind = ?", ("counts" if column == "vector" else "",))
    base.commit()
    base.close()
    with open_index(folder) as index, pytest.raises(CorpusError, match="damaged"):
        index.contents(Counting().describer)


def test_an_older_index_opens_and_the_next_writer_brings_it_up_to_date(folder):
    base = sqlite3.connect(folder / "catalogue.sqlite")
    base.executescript("DROP TABLE content; CREATE TABLE content (number, facets, vector); PRAGMA user_version = 2;")
    base.close()
    with open_index(folder) as index:
        assert len(index) == 4
        assert index.contents(Counting().describer) == []
        index.add([Entry("tune/7", (), sketch=sketch_of(tune(7)))])
        assert [id for id, *_ in index.contents(Counting().describer)] == ["tune/7"]
        index.verify()


def test_notes_come_back_as_they_were():
    rows = note_rows(tune(3))
    again = unpacked_notes(Sketch((), rows).packed()[1])
    for name in ("values", "time", "bar"):
        assert getattr(again, name).tolist() == getattr(rows, name).tolist()
        assert getattr(again, name).dtype == getattr(rows, name).dtype


def test_what_an_index_keeps_is_described_as_the_score_is():
    score = tune(5, 300)
    kept = unpacked_notes(sketch_of(score).packed()[1])
    assert describer().vector_of(kept).tobytes() == content_of(score).vector.tobytes()
    with pytest.raises(RequestError, match="no notes"):
        sketch_of(Score())


def test_the_outline_tells_pieces_apart_that_differ_along_its_axes():
    described = np.zeros((20, len(shipped_outline().mean)), dtype=np.float32)
    described[:10, 0] = described[10:, 1] = 1.0
    described[:, 2:9] = 0.1 * np.random.default_rng(0).random((20, 7), dtype=np.float32)
    found = Outline.fit(described, 1).of(described)
    near = found @ found.T
    assert near[:10, :10].min() > 0.9
    assert near[:10, 10:].max() < -0.9


def test_a_damaged_outline_is_told(tmp_path):
    shipped_outline().save(tmp_path / "outline.npz")
    data = (tmp_path / "outline.npz").read_bytes()
    assert Outline.load(data).axes.tobytes() == shipped_outline().axes.tobytes()
    with pytest.raises(ModelError, match="train_outline"):
        Outline.load(data[:-40])
