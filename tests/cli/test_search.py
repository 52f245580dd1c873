"""`boya index` and `boya search`."""

import json

import pytest

from boya.cli import COMMANDS, main
from boya.corpus import write_packed
from boya.files import write
from boya.score import Score, Track, note_array

TUNES = {"up": "60 62 64 65 67 69 71 72", "waltz": "67 64 64 65 62 62 60 64 67", "jump": "60 67 62 69 64 71 65 72"}


@pytest.fixture(autouse=True)
def listed(monkeypatch):
    for name in ("index", "search"):
        monkeypatch.setitem(COMMANDS, name, name)


def tune(words: str, title: str = "", up: int = 0) -> Score:
    rows = [(at * 480, 480, int(pitch) + up, 80) for at, pitch in enumerate(words.split())]
    return Score((Track(note_array(rows), name="Fiddle"),), title=title)


@pytest.fixture
def music(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "music").mkdir()
    for name, words in TUNES.items():
        write(tune(words, f"The {name}"), tmp_path / "music" / f"{name}.json")
    write(tune(TUNES["waltz"], up=-3), tmp_path / "hummed.mid")
    (tmp_path / "music" / "broken.mid").write_bytes(b"MThd nothing")
    return tmp_path


def run(*words):
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    return left.value.code


def told(capsys, *words):
    assert run(*words, "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_a_folder_is_indexed_once_and_searched(music, capsys):
    first = told(capsys, "index", "music")
    assert (first["n_added"], first["n_unchanged"], first["n_pieces"]) == (3, 0, 3)
    assert list(first["rejected"]) == ["music/broken.mid"]
    write(tune("60 60 60 72 60 60", "The jump again"), music / "music" / "jump.json")
    again = told(capsys, "index", "music")
    assert (again["n_added"], again["n_unchanged"], again["n_pieces"]) == (1, 2, 3)
    found = told(capsys, "search", "A4 F#4 F#4 G4 E4 E4")["matches"]
    assert found[0]["piece"] == "music/waltz.json"
    assert (found[0]["bar"], found[0]["transposition"], found[0]["voice"], found[0]["edits"]) == (1, -2, "Fiddle", [])
    assert told(capsys, "search", "hummed.mid")["matches"][0]["transposition"] == 3


def test_text_output_says_where_and_why(music, capsys):
    assert run("index", "music") == 0
    assert "music/broken.mid: " in capsys.readouterr().out
    assert run("search", "C4 D4 E4 G4 G4 A4 B4", "--limit", 1) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["score", "piece", "title", "bar", "voice", "why"]
    assert "music/up.json  The up" in row
    assert "6 of 7 notes; note 4: another pitch" in row


def test_words(music, capsys):
    run("index", "music")
    capsys.readouterr()
    assert [one["piece"] for one in told(capsys, "search", "--text", "walt")["pieces"]] == ["music/waltz.json"]
    assert told(capsys, "search", "C4 D4 E4 F4", "--text", "jump")["matches"] == []
    assert run("search", "--text", "zither") == 0
    assert "nothing found in 3 pieces" in capsys.readouterr().out


def test_pieces_are_forgotten_and_the_index_checked(music, capsys):
    run("index", "music")
    capsys.readouterr()
    assert told(capsys, "index", "--forget", "music/up.json", "--forget", "nobody", "--check") == {
        "index": "index", "n_forgotten": 1, "is_whole": True, "n_pieces": 2,
    }  # fmt: skip
    path = next((music / "index").glob("segment-*/pitches.bin"))
    path.write_bytes(bytes(len(path.read_bytes())))
    assert run("index", "--check") == 4
    assert "Build the index again" in capsys.readouterr().err


def test_a_packed_corpus(music, capsys):
    write_packed(
        music / "packed", [(tune(words), {"id": f"set/{n}", "split": "train", "checksum": n}) for n, words in TUNES.items()]
    )
    assert told(capsys, "index", "packed", "--out", "other")["n_added"] == 3
    assert told(capsys, "index", "packed", "--out", "other")["n_unchanged"] == 3
    assert told(capsys, "search", "hummed.mid", "--index", "other")["matches"][0]["piece"] == "set/waltz"


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("search", "C4 D4 E4 F4"), 4, "boya index"),
        (("search",), 2, "needs notes"),
        (("search", "--text", " "), 2, "needs notes"),
        (("search", "C4 D4"), 2, "4-64 notes"),
        (("search", "do re mi fa"), 2, "is none"),
        (("search", "nothing.mid"), 3, "does not exist"),
        (("search", "hum.wav"), 3, "cannot be read"),
        (("index",), 2, "folder or archive"),
        (("index", "nowhere"), 4, "nowhere"),
        (("index", "music", "--out", "music"), 4, "other files"),
    ],
)
def test_what_cannot_be_done_is_one_line(music, capsys, words, code, why):
    if words[0] == "search" and code != 4:
        run("index", "music")
        capsys.readouterr()
    assert run(*words) == code
    streams = capsys.readouterr()
    assert streams.out == ""
    assert streams.err.count("\n") == 1
    assert why in streams.err
