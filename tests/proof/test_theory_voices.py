"""The area of voice leading: its rows, on chorales made up here."""

import numpy as np
import pytest

from boya.errors import FileError, FormatError, InputError
from boya.proof.chorales import read_chorales
from boya.proof.setup import Setup
from boya.proof.theory_voices import rows, walk
from boya.theory.voices import faults, realise

PHRASE = "I V6 I IV V I6 ii6/5 V I IV V7 vi ii6 V7 I I"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder with a table of three chorales a split."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "benchmarks").mkdir()
    pieces = []
    for key in ("C", "D", "Bb"):
        lines = [track.notes for track in realise(PHRASE, key).score.tracks]
        pieces.append(np.stack([np.repeat(notes["pitch"], notes["duration"] // 120) for notes in lines], axis=1).astype(np.int8))
    voices, lengths = np.concatenate(pieces), np.array([len(piece) for piece in pieces], dtype=np.int32)
    table = {
        f"{split}_{name}": value for split in ("train", "valid") for name, value in (("voices", voices), ("lengths", lengths))
    }
    np.savez(folder / "benchmarks" / "jsb_chorales_16th.npz", **table)
    return folder


def test_rows_hold_their_bars_but_those_of_time(data):
    found = {(row.metric, row.model): row for row in rows(Setup("theory", data=data, quick=True))}
    assert len(found) >= 15
    for (metric, _), row in found.items():
        assert row.holds is not False or metric.startswith(("64 chords", "planted faults found, wrong note")), metric
    assert any(metric.startswith("planted faults found") and row.value == 100 for (metric, _), row in found.items())


def test_without_the_chorales_it_says_so(tmp_path):
    told = []
    found = list(rows(Setup("theory", data=tmp_path, quick=True, note=told.append)))
    assert found[0].metric == "hard rules broken, progressions of 64 chords"
    assert len(told) == 1
    assert "jsb_chorales_16th.npz" in told[0]


@pytest.mark.parametrize("mode", ["major", "minor"])
def test_a_walk_begins_and_ends_at_home(mode):
    chords = walk(np.random.default_rng(1), mode, 16)
    assert len(chords) == 16
    assert chords[0].root == chords[-1].root == 0
    assert chords == walk(np.random.default_rng(1), mode, 16)


def test_chorales_are_read_as_they_stand(data):
    first = read_chorales(data / "benchmarks" / "jsb_chorales_16th.npz", "valid")[0]
    assert [track.name for track in first.tracks] == ["Soprano", "Alto", "Tenor", "Bass"]
    assert faults(first, "hard", "C") == ()


def test_the_test_part_is_not_read(data):
    with pytest.raises(InputError, match="train, valid"):
        read_chorales(data / "benchmarks" / "jsb_chorales_16th.npz", "test")


def test_what_is_no_table_is_refused(tmp_path):
    with pytest.raises(FileError, match="cannot be read"):
        read_chorales(tmp_path / "none.npz", "train")
    (tmp_path / "text.npz").write_text("no numbers")
    with pytest.raises((FileError, FormatError)):
        read_chorales(tmp_path / "text.npz", "train")
    np.savez(tmp_path / "other.npz", train_voices=np.zeros((4, 3)), train_lengths=np.array([4]))
    with pytest.raises(FormatError, match="four voices"):
        read_chorales(tmp_path / "other.npz", "train")
    np.savez(tmp_path / "empty.npz", x=np.zeros(1))
    with pytest.raises(FormatError, match="train_voices"):
        read_chorales(tmp_path / "empty.npz", "train")
