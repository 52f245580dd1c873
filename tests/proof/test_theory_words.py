"""The rows of requests in words."""

from boya.proof.setup import Setup
from boya.proof.theory_words import FOLDER, broken_facts, read_requests, rows


def test_every_set_of_requests_has_its_rows_and_what_was_built_with_is_kept():
    found = {row.metric: row for row in rows(Setup("theory", quick=True))}
    assert found["stated facts kept in the plan"].holds
    assert found["stated facts kept in the plan, once held out"].holds
    assert found["stated facts kept in the plan, held out"].bar is None
    assert found["requests in words, held out"].value == 12


def test_without_the_requests_nothing_is_measured_and_it_says_so(tmp_path, monkeypatch):
    notes = []
    monkeypatch.chdir(tmp_path)
    assert list(rows(Setup("theory", note=notes.append))) == []
    assert str(FOLDER) in notes[0]


def test_what_is_refused_keeps_nothing():
    case = {"text": "in C, in D", "key": "C", "bars": 8}
    assert broken_facts(case) == ["key", "bars"]
    assert read_requests(FOLDER / "heldout.toml")
