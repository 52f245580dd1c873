"""A saved piece can be made again from its file, whichever job made it."""

import json

import pytest

from boya.composing import (
    Piece,
    accompany,
    add,
    arrange,
    change,
    chorale,
    compose,
    continue_,
    harmonise,
    loops,
    morph,
    replay,
    rewrite,
    vary,
)
from boya.composing.piece import read_request
from boya.composing.replay import JOBS
from boya.errors import BoyaError, FileError, FormatError, InputError, RequestError
from boya.files import read, write_bytes
from boya.score import Score


@pytest.fixture(autouse=True, scope="module")
def _scripted(fakes):
    """All tests here use scripted models."""


def pieces(band):
    """One piece of each job."""
    one = band.score_of(band.tune(4), band.track("bass", (0, 64, 36)), title="One")
    two = band.score_of(band.tune(3, tonic=5), tonic=5)
    return {
        "compose": compose(style="bossa nova", key="A minor", bars=6, band="melody=flute,pad=none", seed=7, candidates=3),
        "loops": loops(3, style="funk", seed=2**40)[2],
        "vary": vary(one, 0.7, seed=3),
        "change": change(one, "density", -1.5, seed=4),
        "morph": morph(one, two, 4, seed=1),
        "continue": continue_(one, bars=3, seed=5, style="rock"),
        "accompany": accompany(two, seed=2, candidates=2),
        "rewrite": rewrite(one, "2-3", "melody", alternatives=3, seed=6, controls="density=high", limits="range=50-70")[1],
        "add": add(one, "drums, strings", bars=[1, 4], seed=3, chord_tones="all"),
        "arrange": arrange(two, {"melody": "flute", "chords": ["piano", "guitar"]}, style="waltz", seed=8),
        "harmonise": harmonise(two, track="piano", surprise=0.5, seed=9),
        "chorale": chorale(one, key="C major"),
    }


def pieces_of_the_composer(band):
    """One piece of each job that the composer may do in place of others."""
    three = band.score_of(band.tune(4), metres=((0, 3, 4),))
    wishes = {"controls": "A: density=high", "limits": "melody: leap=5", "vary_repeats": 0.5}
    wishes |= {"form": "A A", "band": "flute, oboe"}
    return {
        "compose": compose(model="composer", metre="7/8", seed=7, chord_tones="off", **wishes),
        "loops": loops(2, model="composer", style="jig", seed=1)[1],
        "vary": vary(three, 0.5, model="composer", seed=3),
        "continue": continue_(three, bars=3, seed=5, model="composer", chords="ii7 V7 | I"),
        "accompany": accompany(three, seed=2, model="composer", band="piano, bass"),
    }


@pytest.mark.parametrize("job", ["compose", "loops", "vary", "continue", "accompany"])
@pytest.mark.parametrize("usual", ["hybrid", "composer"])
def test_the_same_again_by_the_composer(job, usual, band, tmp_path, monkeypatch):
    piece = pieces_of_the_composer(band)[job]
    monkeypatch.setattr("boya.composing.which_model.USUAL_MODEL", usual)
    again = replay(piece.save(tmp_path / "piece.json"))
    assert again.score == piece.score
    assert again.save(tmp_path / "again.json").read_bytes() == (tmp_path / "piece.json").read_bytes()


@pytest.mark.parametrize("job", ["compose", "loops", "vary", "continue", "accompany"])
def test_what_was_made_without_a_model_stays_whoever_is_the_usual_one(job, band, tmp_path, monkeypatch):
    piece = pieces(band)[job]
    monkeypatch.setattr("boya.composing.which_model.USUAL_MODEL", "composer")
    assert replay(piece.save(tmp_path / "piece.json")).score == piece.score


@pytest.mark.parametrize("job", JOBS)
def test_the_same_again(job, band, tmp_path):
    piece = pieces(band)[job]
    assert piece.request["job"] == job
    again = replay(piece.save(tmp_path / "piece.json"))
    assert again.score == piece.score
    assert write_bytes(again.score, ".mid") == write_bytes(piece.score, ".mid")
    assert (again.plan, again.report) == (piece.plan, piece.report)
    assert again.given == piece.given
    assert again.save(tmp_path / "again.json").read_bytes() == (tmp_path / "piece.json").read_bytes()


def test_a_piece_of_a_piece_of_a_piece(band, tmp_path):
    first = vary(band.score_of(band.tune(4)), 0.5)
    last = accompany(continue_(first.score, bars=2).score)
    assert replay(last.save(tmp_path / "piece.json")).score == last.score


def test_what_a_file_remembers(band, tmp_path):
    path = pieces(band)["continue"].save(tmp_path / "piece.json")
    job, given, wishes = read_request(path)
    assert (job, wishes) == ("continue", {"bars": 3, "seed": 5, "style": "rock", "candidates": 4})
    assert [s.title for s in given] == ["One"]
    document = json.loads(path.read_text())
    assert document["format"] == "boya-score"
    assert set(document["piece"]) == {"request", "report", "plan"}


@pytest.mark.parametrize("suffix", [".mid", ".json", ".toml", ".svg", ".wav"])
def test_files(band, tmp_path, suffix):
    piece = compose(style="rock", bars=2, seed=1)
    path = piece.save(str(tmp_path / f"piece{suffix}"))
    assert path.stat().st_size > 100
    if suffix == ".mid":
        assert [t.n_notes for t in read(path).tracks] == [t.n_notes for t in piece.score.tracks]
    if suffix == ".toml":
        assert path.read_text() == piece.plan


def test_files_that_cannot_be(band, tmp_path):
    piece = vary(band.score_of(band.tune(2)))
    with pytest.raises(InputError, match="made without a plan"):
        piece.save(tmp_path / "a.toml")
    with pytest.raises(InputError, match="must end in one of"):
        piece.save(tmp_path / "a.mp3")
    with pytest.raises(FileError):
        piece.save(tmp_path / "no" / "a.json")
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_shows_a_piece(band):
    assert "<svg" in compose(style="rock", bars=1, seed=1)._repr_html_()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a piece with a request"),
        ("[]", "not a piece with a request"),
        ("{}", "not a piece with a request"),
        ('{"piece": 3}', "not a piece with a request"),
        ('{"piece": {"request": {"job": "compose"}}}', "not a piece with a request"),
        ('{"piece": {"request": {"job": "compose", "wishes": 3}}}', "not a piece with a request"),
        ('{"piece": {"request": {"job": "dance", "wishes": {}}}}', "made by 'dance'; this version repeats compose, loops"),
        ('{"piece": {"request": {"job": "vary", "wishes": {}}}}', "does not fit vary: missing a required argument: 'score'"),
        ('{"piece": {"request": {"job": "loops", "wishes": {"colour": 1}}}}', "does not fit loops"),
        ('{"piece": {"request": {"job": "vary", "wishes": {}, "given": [3]}}}', "must be a JSON object"),
        ('{"piece": {"request": {"job": "vary", "wishes": {}, "given": 3}}}', "not a piece with a request"),
        ("[" * 100_000, "not a piece with a request"),
    ],
)
def test_files_that_cannot_be_replayed(tmp_path, text, message):
    path = tmp_path / "piece.json"
    path.write_text(text)
    with pytest.raises(FormatError, match=message):
        replay(path)


def test_changed_wishes_are_checked(tmp_path):
    path = tmp_path / "piece.json"
    for wishes, message in (({"bars": "ten"}, "bars must be"), ({"tempo": 3}, "no wish 'tempo'"), ({"seed": -1}, "seed must be")):
        path.write_text(json.dumps({"piece": {"request": {"job": "compose", "wishes": wishes}}}))
        with pytest.raises(RequestError, match=message):
            replay(path)


def test_missing_and_foreign_files(tmp_path, band):
    with pytest.raises(FormatError, match=r"no.json: cannot be read"):
        replay(tmp_path / "no.json")
    (tmp_path / "a.mid").write_bytes(write_bytes(band.score_of(band.tune(1)), ".mid"))
    with pytest.raises(BoyaError, match="not a piece with a request"):
        replay(tmp_path / "a.mid")
    (tmp_path / "score.json").write_bytes(write_bytes(band.score_of(band.tune(1)), ".json"))
    with pytest.raises(FormatError, match="not a piece with a request"):
        replay(tmp_path / "score.json")


def test_a_piece_made_by_hand_has_no_request(tmp_path):
    path = Piece(Score()).save(tmp_path / "a.json")
    with pytest.raises(FormatError, match="not a piece with a request"):
        replay(path)
