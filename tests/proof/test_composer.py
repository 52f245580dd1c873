"""The composer's area: perfect music, chaos and silence; speed by fake commands; all of it with a tiny network."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from boya.evaluation.copying import RunIndex, voices_of
from boya.files import write
from boya.proof import composer as area
from boya.proof import composer_speed, likeness, obedience
from boya.proof.likeness import JUDGED, REAL, Music
from boya.proof.process import CommandError, Ran
from boya.proof.setup import Setup
from boya.representation.stream import VOCABULARY
from boya.score import Score, Track, note_array


@pytest.fixture
def scores(setup):
    packed = setup.corpus()
    return [packed.score(number) for number in (*range(8, 14), *range(22, 28))]  # bands and tunes of valid


@pytest.fixture
def real(scores):
    return Music.of(REAL, scores, range(12))


def by_metric(rows, model=JUDGED):
    rows = list(rows)
    assert len({row.key for row in rows}) == len(rows)
    return {row.metric: row for row in rows if row.model == model}


def chaos(score: Score, seed: int) -> Score:
    """The same rhythm with any pitches, and no bar like another."""
    rng = np.random.default_rng(seed)

    def drawn(track):
        notes = track.notes.copy()
        notes["pitch"] = rng.integers(30, 90, len(notes))
        notes["onset"] += (rng.integers(0, 5, len(notes)) * 40).astype(notes["onset"].dtype)
        return Track(notes, track.program, track.is_drum, track.name, track.role)

    return score.with_tracks(map(drawn, score.tracks))


# Likeness


def test_music_is_cut_to_its_first_bars_and_into_excerpts(scores):
    music = Music.of("x", scores[:2], [5, 6], 20)
    assert [score.n_bars for score in music.scores] == [20, 20]
    excerpts, pieces = music.excerpts()
    assert [excerpt.n_bars for excerpt in excerpts] == [8] * 4
    assert pieces.tolist() == [5, 5, 6, 6]
    assert Music.of("x", [Score()], [1]).excerpts()[0] == []


def test_music_like_the_real_has_no_gaps(setup, scores, real):
    same = Music.of(JUDGED, scores, range(12))
    rows = by_metric(likeness.compare(setup, real, [same]))
    gaps = [row for metric, row in rows.items() if metric.endswith("gap to data")]
    assert len(gaps) == 3
    assert all(row.value == 0 and row.holds for row in gaps)
    assert [row.bar for row in gaps] == [0.077, 0.86, 0.15]
    assert rows["groove consistency, gap to data, standard error"].value == 0
    rows = by_metric(likeness.repetitions(setup, real, [same]))
    assert rows["repetition, 8 bars apart, of real music's"].value == pytest.approx(100)
    assert rows["repetition, 8 bars apart, of real music's"].holds is True


def test_chaos_has_gaps_and_repeats_nothing(setup, scores, real):
    wild = Music.of(JUDGED, [chaos(score, i) for i, score in enumerate(scores)], range(12))
    rows = by_metric(likeness.compare(setup, real, [wild]))
    assert rows["pitch-class entropy, gap to data"].holds is False
    assert rows["scale consistency, gap to data"].value > 20
    assert 0 < rows["scale consistency, gap to data, standard error"].value < 5
    rows = by_metric(likeness.repetitions(setup, real, [wild]))
    assert rows["repetition, 4 bars apart, of real music's"].holds is False


def test_standard_errors_of_pairs_and_of_strangers(setup, scores, real):
    moved = [score.transpose(1) for score in scores]
    pairs = by_metric(likeness.compare(setup, real, [Music.of("x", moved, range(12))]), "x")
    strangers = by_metric(likeness.compare(setup, real, [Music.of("x", moved, range(50, 62))]), "x")
    metric = "pitch-class entropy, gap to data, standard error"
    assert pairs[metric].value == pytest.approx(0, abs=1e-9)
    assert strangers[metric].value > 0.001
    assert {row.bar for row in pairs.values()} == {None}


def test_short_pieces_have_no_far_repetition(setup, scores, heard):
    short = Music.of(REAL, scores, range(12), 10)
    rows = list(likeness.repetitions(setup, short, []))
    assert {row.metric for row in rows} == {"repetition, 4 bars apart", "repetition, 8 bars apart"}
    assert any("16 bars apart" in line for line in heard)


def test_chaos_is_told_apart_and_the_same_music_is_not(setup, scores, real):
    pytest.importorskip("sklearn", reason="the two-sample test needs scikit-learn")
    wild = Music.of(JUDGED, [chaos(score, i) for i, score in enumerate(scores)], range(12))
    rows = list(likeness.told_apart(setup, real, [wild, Music.of("same", scores, range(12))]))
    accuracy = {row.model: row for row in rows if row.metric == "two-sample accuracy, 8 bars"}
    assert accuracy[JUDGED].value > 90
    assert accuracy[JUDGED].holds is False
    assert accuracy["same"].value <= 60
    assert accuracy["same"].bar is None


def test_copies_are_longer_than_what_real_music_shares(setup, scores, real):
    packed = setup.corpus()
    train = [packed.score(number) for number in packed.split("train").tolist()]
    index = RunIndex(voice for score in train for voice in voices_of(score))
    thief = Music.of(JUDGED, [train[0].transpose(3)], [0])
    rows = by_metric(likeness.copies(setup, index, real, [thief]))
    melody = rows["run shared with train, longest of all melodies"]
    assert melody.value == 96  # 24 bars of 4 notes
    assert melody.holds is False
    honest = Music.of(JUDGED, scores, range(12))
    rows = by_metric(likeness.copies(setup, index, real, [honest]))
    assert all(row.holds for row in rows.values())


# Speed


class Fake:
    """Stands for a composer whose work is not measured."""

    def __init__(self):
        self.card = {"parameters": 4_700_000, "precision": "int8"}


@pytest.fixture
def commands(monkeypatch, tmp_path):
    """Fake commands: `boya compose` writes five tracks, the benchmark its figures."""
    said = []

    def fake(words, folder=None, accepted=(0,)):
        said.append([str(word) for word in words])
        for place in [Path(words[i + 1]) for i, word in enumerate(words) if word == "--out" and words[i + 1].endswith(".mid")]:
            write(Score(tuple(Track(note_array([(0, 480, 60, 80)]), name=name) for name in "abcde")), place)
        figures = {"int8 1": 900.0, "generate greedy 1": 80.0, "generate masked 1": 60.0}
        return Ran(7.5, 650.0, "a table\n" + json.dumps({"small": figures}))

    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "composer.py").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(composer_speed, "run_measured", fake)
    monkeypatch.setattr(composer_speed, "find_spec", lambda name: name)
    monkeypatch.setattr(composer_speed, "available", lambda: ["composer"])
    return said


def test_commands_are_measured(commands, setup):
    rows = list(composer_speed.rows(setup, Fake(), JUDGED, []))
    found = {(row.metric, row.model): row for row in rows}
    assert found["compose, cold, 32 bars to MIDI and WAV", JUDGED].holds is True
    assert found["compose, cold, 32 bars to MIDI and WAV, peak memory", JUDGED].bar == 700
    assert found["compose, cold, 32 bars to MIDI and WAV, tracks", JUDGED].value == 5
    ratio = found["tokens a second, shape small, against generate", "fresh weights"]
    assert (ratio.value, ratio.holds) == (11.25, True)
    assert ratio.command.startswith("python benchmarks/composer.py --tokens 20 ")
    assert found["tokens a second, shape small", "generate, same masks"].value == 60
    assert "--model composer" in " ".join(commands[-1])


def test_what_cannot_be_measured_is_noted(commands, setup, heard, monkeypatch):
    monkeypatch.setattr(composer_speed, "find_spec", lambda name: None if name == "transformers" else name)
    monkeypatch.setattr(composer_speed, "available", list)
    assert list(composer_speed.rows(setup, Fake(), JUDGED, [])) == []
    assert [line.split(";")[0] for line in heard] == [
        "composer: benchmarks/composer.py and transformers are needed to stand beside generate",
        "composer: composer does not ship here, so no cold boya compose is measured",
    ]

    def fail(words, folder=None, accepted=(0,)):
        raise CommandError("boya compose must end with exit code 0; got 2")

    monkeypatch.setattr(composer_speed, "find_spec", lambda name: name)
    monkeypatch.setattr(composer_speed, "available", lambda: ["composer"])
    monkeypatch.setattr(composer_speed, "run_measured", fail)
    assert list(composer_speed.rows(setup, Fake(), JUDGED, [])) == []
    assert sum("exit code 0; got 2" in line for line in heard) == 2


# The whole area


def test_without_a_composer_nothing_is_measured(setup, heard, monkeypatch):
    monkeypatch.setattr(area, "available", list)
    assert list(area.rows(setup)) == []
    assert "there is no model 'composer'" in heard[0]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A folder with a composer of random weights."""
    pytest.importorskip("torch", reason="exporting needs torch")
    pytest.importorskip("onnx", reason="exporting needs onnx")
    networks = pytest.importorskip("boya.models.networks.composer")
    graphs = pytest.importorskip("boya.training.composer_graph")
    export = pytest.importorskip("boya.training.composer_export")
    shape = {"width": 32, "layers": 1, "heads": 2, "kv_heads": 1, "feed_forward": 32, "context": 600}
    settings, rng = networks.ComposerSettings(**shape, vocabulary=len(VOCABULARY)), np.random.default_rng(0)
    weights = {name: rng.standard_normal(shape) * 0.1 + (len(shape) == 1) for name, shape in graphs.shapes(settings).items()}
    folder = tmp_path_factory.mktemp("models")
    export.export_composer(weights, settings, folder, "composer", {}, precision="float32")
    assert asdict(settings)["context"] == 600
    return folder


def test_the_whole_area_with_a_tiny_composer(setup, tiny, monkeypatch, packed_folder, heard):
    pytest.importorskip("sklearn", reason="the two-sample test needs scikit-learn")
    monkeypatch.setattr(area, "available", list)
    for module in (composer_speed, obedience):
        monkeypatch.setattr(module, "available", list)
    monkeypatch.setattr(composer_speed, "find_spec", lambda name: None)
    rows = list(area.rows(Setup("composer", packed_folder, tiny, quick=True, note=heard.append)))
    assert len({row.key for row in rows}) == len(rows)
    found = {(row.metric, row.model): row for row in rows}
    assert found["random requests obeyed", JUDGED].holds is True
    assert found["tokens a note, train and valid", "bar stream"].value > 1
    assert found["nats a quarter, band, of the 5-gram's", JUDGED].holds is False  # it knows nothing
    assert found["nats of a passage transposed, change, mean", JUDGED].value > 0
    assert found["pieces written", JUDGED].value == 6
    assert found["single stream, weights loaded", JUDGED].bar == 400
    assert ("groove consistency", JUDGED) in found
    for metric in ("two-sample accuracy, 8 bars", "groove consistency", "repetition, 8 bars apart"):
        assert {(metric, model) for model in ("5-gram", REAL, "data (train)")} <= set(found)  # the composer says next to nothing
