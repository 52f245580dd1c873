"""Counting a corpus into edges of the knowledge graph."""

import numpy as np
import pytest

from boya.corpus import open_packed, write_packed
from boya.corpus.graph_statistics import FEWEST, count, pieces_with, statistics
from boya.score import Chord, Key, Metre, Score, Timeline, Track, note_array
from boya.theory.graph import graph, read_graph
from boya.theory.graph.matching import progression_changes
from boya.theory.graph.store import package_files
from boya.theory.progressions import progressions

AXIS = progression_changes(next(p for p in progressions() if p.name == "axis"))


def piece(tonic, program=73, steps=AXIS, metre=(3, 4)):
    """A tune over the axis progression in a key."""
    notes = note_array([(i * 960, 960, 60 + (tonic + degree) % 12, 80) for i, (degree, _) in enumerate(steps)])
    chords = tuple(Chord(i * 960, 960, (tonic + degree) % 12, quality) for i, (degree, quality) in enumerate(steps))
    timeline = Timeline.of(keys=[Key(0, tonic, "major")], metres=[Metre(0, *metre)])
    return Score((Track(notes, program),), timeline=timeline, chords=chords)


@pytest.fixture
def packed(tmp_path):
    entries = [(piece(tonic), {"id": f"a/{tonic}", "split": "train", "style": "pop", "named": []}) for tonic in range(4)]
    entries += [(piece(5), {"id": "a/valid", "split": "valid", "style": "pop", "named": []})]
    entries += [(piece(6), {"id": "a/guessed", "split": "train", "style": "pop", "named": ["chords"]})]
    entries += [(piece(i), {"id": f"b/{i}", "split": "train", "style": "no such style", "named": []}) for i in range(4)]
    write_packed(tmp_path / "packed", entries)
    return open_packed(tmp_path / "packed")


def test_edges_have_the_counts_of_the_train_split(packed):
    found = read_graph({"s.ttl": statistics(packed, graph()).encode()})
    edge = '?u b:of style:pop ; b:aspect "{}" ; b:what ?what ; b:count ?count ; b:pieces ?pieces ; b:weight ?weight'
    query = "SELECT ?what ?count ?pieces ?weight WHERE {{ " + edge + " }}"
    axis = [row for row in found.query(query.format("progression")) if row["what"] == "progression:axis"]
    assert axis == [{"what": "progression:axis", "count": 4, "pieces": 4, "weight": 1}]
    assert found.query(query.format("instrument")) == [{"what": "instrument:flute", "count": 5, "pieces": 5, "weight": 1}]
    assert found.query(query.format("metre")) == [{"what": "3/4", "count": 5, "pieces": 5, "weight": 1}]
    assert found.query(query.format("key")) == []  # each key is in fewer pieces than FEWEST
    assert FEWEST > 1
    assert {row["of"] for row in found.query("SELECT DISTINCT ?of WHERE { ?u b:of ?of }")} == {"style:pop"}


def test_equal_corpora_give_equal_bytes(packed):
    assert statistics(packed, graph()) == statistics(packed, graph())


def test_pieces_of_all_splits_have_a_progression_only_where_chords_are_annotated(packed):
    found = pieces_with(packed, ["progression:axis", "progression:royal-road"])
    assert [packed.pieces[i]["id"] for i in found["progression:axis"]] == [
        "a/0",
        "a/1",
        "a/2",
        "a/3",
        "a/valid",
        "b/0",
        "b/1",
        "b/2",
        "b/3",
    ]
    assert found["progression:royal-road"] == []


def test_what_a_file_does_not_say_is_not_counted():
    silent = Score((Track(note_array([(0, 480, 60, 80)])),))
    counts, looked_at = count([({"style": "pop"}, silent)])
    assert [aspect for _, aspect in looked_at] == ["instrument"]
    assert counts["pop", "instrument"] == {"instrument:acoustic-grand-piano": 1}


def test_drums_alone_have_no_key():
    drums = Score((Track(note_array([(0, 480, 36, 80)]), is_drum=True),), timeline=Timeline.of(keys=[Key(0, 0, "major")]))
    counts, _ = count([({"style": "rock"}, drums)])
    assert dict(counts) == {("rock", "instrument"): {"instrument:drum-kit": 1}}


def test_the_counts_of_the_package_are_shares():
    texts = {file.name: file.read_bytes() for file in package_files() if file.name == "statistics.ttl"}
    rows = read_graph(texts).query("SELECT ?c ?p ?w WHERE { ?u b:count ?c ; b:pieces ?p ; b:weight ?w }")
    assert len(rows) > 300
    assert all(FEWEST <= row["c"] <= row["p"] for row in rows)
    np.testing.assert_allclose([row["w"] for row in rows], [row["c"] / row["p"] for row in rows], atol=1e-4)
