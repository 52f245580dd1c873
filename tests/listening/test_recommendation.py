"""Recommendation: what is alike comes first, a taste is learnt and told in words, and what is forgotten is gone."""

import json
import sqlite3

import numpy as np
import pytest

from boya.cli import main
from boya.errors import BoyaError, CorpusError, InputError
from boya.listening.content import Content
from boya.listening.recommendation import Event, Library, Memory, recommend, similar, taste_of
from boya.listening.recommendation import library as libraries
from boya.score import Metre, Score, Timeline, Track, note_array

STYLES = ("waltz", "march", "tango", "blues")


def content(seed: int) -> Content:
    """Pieces of one style lie near each other."""
    style = seed % len(STYLES)
    vector = np.eye(8)[style] + 0.3 * np.random.default_rng(seed).standard_normal(8)
    facets = (f"style:{STYLES[style]}", f"instrument:{('flute', 'violin')[seed // 4 % 2]}", f"metre:{(3, 4)[style > 0]}/4")
    return Content(facets, (vector / np.linalg.norm(vector)).astype(np.float32))


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.of((f"piece/{seed}", f"Piece {seed}", "", content(seed)) for seed in range(80))


def done(seeds, what, second=0.0):
    return [Event(f"piece/{seed}", f"Piece {seed}", what, second, content(seed)) for seed in seeds]


def test_more_like_this_is_of_its_style_and_says_so(library):
    found = similar(library, content(100), limit=5)
    assert {one.shared[0] for one in found} == {"style:waltz"}
    assert found[0].why().startswith("same waltz")
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_diversity_makes_suggestions_less_alike(library):
    def likeness(diversity):
        numbers = [library.numbers[one.piece] for one in similar(library, content(100), limit=8, diversity=diversity)]
        return float((library.vectors[numbers] @ library.vectors[numbers].T).mean())

    assert likeness(0.7) < likeness(0.0)


def test_a_taste_is_learnt_and_told(library):
    events = done([0, 4, 8, 12, 16], "like") + done([1, 2, 3, 5, 6, 7], "skip")
    found = [one for seed in range(20) for one in recommend(library, events, np.random.default_rng(seed), limit=5)]
    assert np.mean(["style:waltz" in one.shared for one in found]) > 0.8
    assert not {one.piece for one in found} & {event.piece for event in events}
    assert any("because you liked Piece" in one.why() and "waltz" in one.why() for one in found)
    weights = taste_of(library, events).weights
    assert weights["style:waltz"] > 0 > weights["style:march"]


def test_what_is_long_ago_counts_less(library):
    events = done([0, 4], "like", second=0.0)
    fresh, old = (taste_of(library, events, half_life_day=1, now=now).weights["style:waltz"] for now in (0.0, 864_000.0))
    assert 0 < old < fresh / 10


def test_same_seed_same_suggestions(library):
    one, other = (recommend(library, done([0], "like"), np.random.default_rng(3)) for _ in range(2))
    assert one == other


@pytest.mark.parametrize("events", [[], done([0], "like"), done(range(10), "skip")])
def test_nothing_one_item_and_only_skips_are_answered(library, events):
    assert len(recommend(library, events, np.random.default_rng(0), limit=4)) == 4


def test_a_library_that_is_empty_or_heard_through_suggests_nothing(library):
    assert recommend(Library.of([]), [], np.random.default_rng(0)) == []
    assert recommend(library, done(range(80), "like"), np.random.default_rng(0)) == []
    assert similar(Library.of([]), content(0)) == []


def test_forgetting_leaves_no_trace(tmp_path, library):
    with Memory(tmp_path / "a") as heard, Memory(tmp_path / "b") as never:
        for event in done([0, 4, 1], "like"):
            heard.add(event)
            if event.piece != "piece/4":
                never.add(event)
        assert b"Piece 4" in (tmp_path / "a").read_bytes()
        assert heard.forget(["piece/4"]) == 1
        assert heard.forget(["piece/4"]) == 0
        one, other = (taste_of(library, memory.events()) for memory in (heard, never))
    assert one.mean.tobytes() == other.mean.tobytes()
    assert one.factor.tobytes() == other.factor.tobytes()
    assert b"iece 4" not in (tmp_path / "a").read_bytes()
    assert content(4).vector.tobytes() not in (tmp_path / "a").read_bytes()
    dumps = [list(sqlite3.connect(tmp_path / name).iterdump()) for name in "ab"]
    assert dumps[0] == dumps[1]
    with Memory(tmp_path / "a") as heard:
        assert heard.forget() == 2
        assert heard.events() == []
    assert b"iece 0" not in (tmp_path / "a").read_bytes()


@pytest.mark.parametrize("text", [b"no database at all " * 40, b"SQLite format 3\0" + bytes(200)])
def test_a_damaged_listener_is_told(tmp_path, text):
    (tmp_path / "listener").write_bytes(text)
    with pytest.raises(BoyaError):
        Memory(tmp_path / "listener")


def test_another_database_is_no_listener(tmp_path):
    sqlite3.connect(tmp_path / "other").executescript("CREATE TABLE a (b); PRAGMA user_version = 7;")
    with pytest.raises(CorpusError, match="another file"):
        Memory(tmp_path / "other")


def test_bad_wishes_are_told(library):
    with pytest.raises(InputError, match="in the index"):
        library.content("piece/1000")
    with pytest.raises(InputError, match="8 numbers"):
        similar(library, Content((), np.ones(3, dtype=np.float32)))
    with pytest.raises(InputError, match="half-life"):
        recommend(library, [], np.random.default_rng(0), half_life_day=0)
    with pytest.raises(InputError, match="finite"):
        Content((), np.array([np.nan], dtype=np.float32))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_faiss_finds_what_numpy_finds(library, monkeypatch):
    pytest.importorskip("faiss")
    plain = library.nearest(content(100).vector, 10)[0]
    monkeypatch.setattr(libraries, "MANY", 1)
    again = Library.of((i, "", "", library.content(i)) for i in library.ids)
    assert again.nearest(content(100).vector, 10)[0].tolist() == plain.tolist()


def write_tunes(folder):
    """A slow waltz in A minor for flute, and a fast march in C for trumpet."""
    from boya.files import write
    from boya.score import Key, Tempo

    folder.mkdir()
    for name, program, pitches, metre, qpm, key in (
        ("waltz", 73, (69, 72, 76, 68, 71, 76), 3, 54, Key(0, 9, "minor")),
        ("march", 56, (60, 64, 67, 72, 67, 64), 4, 132, Key(0, 0, "major")),
    ):
        notes = note_array([(i * 480, 480, pitch, 80) for i, pitch in enumerate(pitches * 4)])
        timeline = Timeline.of([Tempo(0, qpm)], [Metre(0, metre, 4)], [key])
        write(Score((Track(notes, program=program),), timeline, title=f"A {name}"), folder / f"{name}.mid")


def test_commands_find_by_words_suggest_and_forget(tmp_path, capsys, monkeypatch):
    write_tunes(tmp_path / "tunes")
    monkeypatch.chdir(tmp_path)

    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main([*words, "--json"])
        assert not ended.value.code, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    run("index", "tunes")
    for text in ("slow, in A minor, for flute", "flute minor 3/4", "长笛 小调"):
        assert [p["piece"] for p in run("search", "--text", text)["pieces"]] == ["tunes/waltz.mid"], text
    assert [one["piece"] for one in run("similar", "tunes/waltz.mid")["suggestions"]] == ["tunes/march.mid"]
    assert run("taste", "like", "tunes/waltz.mid")["n_events"] == 1
    assert run("taste", "recommend", "--seed", "1")["suggestions"][0]["piece"] == "tunes/march.mid"
    assert run("taste", "forget", "--all")["n_forgotten"] == 1
