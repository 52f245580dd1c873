"""The figures of search, in small."""

import math

import numpy as np
import pytest

from boya.proof import listening_search
from boya.proof.setup import Setup


@pytest.fixture
def tunes(music, monkeypatch):
    made = [music.piece(seed) for seed in range(40)]
    monkeypatch.setattr(listening_search, "folk_tunes", lambda setup: made)
    return made


def test_rows_are_whole(tunes):
    found = list(listening_search.rows(Setup("listening", quick=True)))
    assert len({row.key for row in found}) == len(found)
    assert all(math.isfinite(row.value) for row in found)
    by = {(row.metric, row.model): row for row in found}
    assert by["hit@1, 16 notes, 2 edits", "search"].value > by["hit@1, 12 notes, 2 edits", "SQLite FTS5 bm25"].value
    assert by["hit@1, 16 notes, 2 edits, 2,000 made pieces", "search"].holds
    assert by["hit@1, 12 notes, 1 edit", "search"].bar == 0.97


def test_excerpts_have_as_many_edits_as_said(tunes):
    rng = np.random.default_rng(0)
    for _ in range(50):
        query, whole = listening_search.excerpt(tunes[0], 12, 2, rng)
        assert len(whole) == 12
        assert 10 <= len(query) <= 14
        same, _ = listening_search.excerpt(tunes[0], 12, 0, rng)
        assert np.diff(same.pitches).tolist() in [
            np.diff(tunes[0].lines[0].pitches.astype(int))[at : at + 11].tolist() for at in range(29)
        ]


def test_an_excerpt_is_counted_in_every_tune_that_has_it(tunes, music):
    from dataclasses import replace

    copy = replace(tunes[0].lines[0], pitches=tunes[0].lines[0].pitches + 3, gaps=tunes[0].lines[0].gaps * 2)
    text = listening_search.TuneText([*tunes, replace(tunes[0], id="copy", lines=(copy,))])
    _, whole = listening_search.excerpt(tunes[0], 16, 0, np.random.default_rng(1))
    assert text.count(whole) == 2
    _, other = listening_search.excerpt(tunes[1], 16, 0, np.random.default_rng(1))
    assert text.count(other) == 1


def test_made_pieces_are_seeded_families():
    once, again = ([e.lines[0].pitches.tolist() for e in listening_search.made_entries(9, seed=3)] for _ in range(2))
    assert once == again
    assert len(once) == 9
    assert once != [e.lines[0].pitches.tolist() for e in listening_search.made_entries(9, seed=4)]
