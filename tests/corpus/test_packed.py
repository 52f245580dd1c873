"""A packed corpus gives back what was put in, needs no music library, and says so when it is damaged."""

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.corpus import open_packed, summary, write_packed
from boya.corpus.manifest import read_manifest
from boya.corpus.schema import ARRAYS, Words, joined, score_rows, unjoined
from boya.errors import CorpusError, InputError
from boya.score import MODES, ROLES, Chord, Key, Metre, Score, Section, Tempo, Timeline, Track, note_array

notes = st.lists(st.tuples(st.integers(0, 9999), st.integers(1, 999), st.integers(0, 127), st.integers(1, 127)), max_size=6)
tracks = st.builds(
    Track, notes.map(note_array), st.integers(0, 127), st.booleans(), st.text(max_size=3), st.sampled_from(["", *ROLES])
)
timelines = st.builds(
    Timeline.of,
    st.lists(st.builds(Tempo, st.integers(0, 5000), st.floats(20, 300)), max_size=2),
    st.lists(st.builds(Metre, st.integers(0, 5000), st.integers(1, 12), st.sampled_from([2, 4, 8])), max_size=2),
    st.lists(st.builds(Key, st.integers(0, 5000), st.integers(0, 11), st.sampled_from(MODES)), max_size=2),
)
degrees = st.none() | st.integers(0, 11)
chords = st.builds(Chord, st.integers(0, 9999), st.integers(1, 999), degrees, st.sampled_from(["maj", "min7", ""]), degrees)
sections = st.builds(Section, st.integers(0, 9999), st.integers(1, 999), st.text(max_size=3))
scores = st.builds(
    Score,
    st.lists(tracks, max_size=3),
    timelines,
    st.lists(chords, max_size=3),
    st.lists(sections, max_size=2),
    st.text(max_size=4),
    st.just(""),
    st.just("CC0-1.0"),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(scores, min_size=1, max_size=4))
def test_what_is_packed_comes_back(tmp_path_factory, pieces):
    folder = tmp_path_factory.mktemp("packed")
    write_packed(folder, [(s, {"id": str(i), "split": "train"}) for i, s in enumerate(pieces)])
    packed = open_packed(folder)
    assert list(packed) == pieces
    packed.verify()


@settings(max_examples=25, deadline=None)
@given(st.lists(scores, min_size=1, max_size=4))
def test_joined_rows_come_apart_again(pieces):
    words = Words()
    each = [score_rows(s, words) for s in pieces]
    whole = joined(each)
    for index, rows in enumerate(each):
        back = unjoined(whole, index)
        assert all(np.array_equal(rows[kind], back[kind]) for kind in ARRAYS)


def test_splits_hold_the_right_pieces(tmp_path, music):
    splits = ["train", "valid", "train", "test"]
    write_packed(tmp_path, [(music.band(i), {"id": f"p{i}", "split": s}) for i, s in enumerate(splits)])
    packed = open_packed(tmp_path)
    assert packed.split("train").tolist() == [0, 2]
    assert packed.split("test").tolist() == [3]
    assert packed.score(1) == music.band(1)
    with pytest.raises(InputError, match="split must be one of train, valid, test; got 'dev'"):
        packed.split("dev")
    with pytest.raises(InputError, match="piece must be 0-3; got 4"):
        packed.score(4)
    with pytest.raises(InputError, match="piece must be 0-3; got -1"):
        packed.score(-1)


def test_opening_needs_no_music_library(tmp_path, music):
    write_packed(tmp_path, [(music.band(1), {"id": "a", "split": "train"})])
    heavy = ["symusic", "music21", "onnxruntime", "torch", "boya.files"]
    code = f"import sys; from boya.corpus import open_packed; assert open_packed({str(tmp_path)!r}).score(0).n_notes; "
    code += f"assert not [m for m in {heavy} if m in sys.modules]"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.fixture
def whole(tmp_path, music):
    write_packed(tmp_path, [(music.band(i), {"id": f"p{i}", "split": "train"}) for i in range(2)])
    return tmp_path


@pytest.mark.parametrize("kind", ARRAYS)
def test_a_truncated_array_is_refused(whole, kind):
    path = whole / f"{kind}.npy"
    path.write_bytes(path.read_bytes()[:-1] if kind != "sections" else path.read_bytes()[:40])
    with pytest.raises(CorpusError, match=rf"{kind}.npy must be a whole array"):
        open_packed(whole)


@pytest.mark.parametrize("kind", ARRAYS)
def test_a_missing_array_is_refused(whole, kind):
    (whole / f"{kind}.npy").unlink()
    with pytest.raises(CorpusError, match=rf"{kind}.npy must be a whole array"):
        open_packed(whole)


@pytest.mark.parametrize("data", [b"", b"noise", b"\x93NUMPY\x01\x00\xff\xff", b"PK\x03\x04", b"\x80\x04K\x01."])
def test_noise_instead_of_an_array_is_refused(whole, data):
    (whole / "notes.npy").write_bytes(data)
    with pytest.raises(CorpusError, match=r"notes.npy must"):
        open_packed(whole)


def test_an_array_of_other_things_is_refused(whole):
    np.save(whole / "keys.npy", np.zeros(2))
    with pytest.raises(CorpusError, match=r"keys.npy must hold 2 rows"):
        open_packed(whole)


@pytest.mark.parametrize(("kind", "column", "value"), [("pieces", "tracks_stop", -1), ("tracks", "note_stop", 10**9)])
def test_offsets_that_lead_nowhere_are_refused(whole, kind, column, value):
    array = np.load(whole / f"{kind}.npy")
    array[column][0] = value
    np.save(whole / f"{kind}.npy", array)
    with pytest.raises(CorpusError, match="offsets into"):
        open_packed(whole)


@pytest.mark.parametrize(
    ("kind", "column", "value"),
    [("notes", "pitch", 200), ("notes", "duration", 0), ("tracks", "role", 99), ("tracks", "name", -5), ("keys", "tonic", 77)],
)
def test_corrupt_values_are_a_corpus_error(whole, kind, column, value):
    array = np.load(whole / f"{kind}.npy")
    array[column][0] = value
    np.save(whole / f"{kind}.npy", array)
    packed = open_packed(whole)
    with pytest.raises(CorpusError, match=r"piece 0 of .* is corrupt"):
        packed.score(0)
    assert packed.score(1).n_notes
    with pytest.raises(CorpusError, match=f"{kind}.npy has changed"):
        packed.verify()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format_version": 1}', "{" * 50])
def test_a_damaged_manifest_is_refused(whole, text):
    (whole / "manifest.json").write_text(text)
    with pytest.raises(CorpusError, match=r"manifest.json must"):
        open_packed(whole)


def test_another_version_is_refused(whole):
    manifest = read_manifest(whole)
    (whole / "manifest.json").write_text(json.dumps({**manifest, "format_version": 99}))
    with pytest.raises(CorpusError, match="format version 1; got 99"):
        open_packed(whole)


def test_a_folder_without_corpus_is_refused(tmp_path):
    with pytest.raises(CorpusError, match=r"must hold manifest.json.*boya corpus build"):
        open_packed(tmp_path)


def test_the_summary_counts():
    pieces = [
        {"source": s, "split": p, "group": g, "notes": 10, "licence": "CC0-1.0", "style": ""}
        for s, p, g in [("a", "train", "x"), ("a", "valid", "y"), ("b", "train", "x")]
    ]
    found = summary({"pieces": pieces, "rejections": [{"source": "a", "reason": "too_short"}] * 2})
    assert found["works"] == 2
    assert found["sources"] == {"a": {"train": 1, "valid": 1}, "b": {"train": 2 - 1}}
    assert found["rejected_by_source"] == {"a": {"too_short": 2}}
