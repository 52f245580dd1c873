"""What the composer reads: the nearest bars of a piece, as the bar stream writes them, and nothing that is not there."""

from itertools import chain

import numpy as np
import pytest

from boya.composing.filling import fill
from boya.composing.filling.desk import desk_of
from boya.composing.filling.passage import next_passage
from boya.errors import RequestError
from boya.representation.stream import VOCABULARY, decode, describe
from boya.score import Track

FLUTE, BASS = 73, 33


def passage_of(sheet, selection, context=1024, n_done=0):
    made = desk_of(sheet, selection)
    return next_passage(made, ((),) * sheet.n_tracks, n_done, context)


def test_a_new_piece_is_told_bar_by_bar(desk):
    sections = [(0, 8, "A"), (8, 8, "B")]
    chords = [(0, 6, 7, "7"), (8, 8, 2, "maj")]
    sheet = desk.sheet(Track(program=FLUTE, role="melody"), n_bars=4, sections=sections, chords=chords, style="pop", tonic=7)
    passage = passage_of(sheet, desk.select(sheet))
    assert describe(passage.prompt) == "piece home:7 style:pop mode:major slot:0 program:73 role:melody"
    assert passage.bars == (0, 1)  # a section is settled by itself
    words = [" ".join(VOCABULARY.names[token] for token in passage.scripts[bar]) for bar in (0, 1)]
    assert words == ["bar:0 metre:4/4 tempo:101 section:A chord:0 root:0 quality:7", "bar:1 chord:24 none"]
    end = passage_of(sheet, desk.select(sheet), n_done=2)
    words = [" ".join(VOCABULARY.names[token] for token in end.scripts[bar]) for bar in (2, 3)]
    assert words == ["bar:2 section:B chord:0 root:7 quality:maj", "bar:3 last"]


def test_a_continuation_reads_what_comes_before(desk):
    given = [desk.scale(3, program=FLUTE), desk.scale(3, program=BASS, pitch=36)]
    sheet = desk.sheet(*given, n_bars=6)
    passage = passage_of(sheet, desk.select(sheet, bars=range(3, 6)))
    assert passage.is_ahead
    assert decode(passage.prompt).tracks[0].notes["pitch"].tolist() == given[0].notes["pitch"].tolist()
    assert passage.segments == tuple((bar, slot) for bar in (3, 4, 5) for slot in (0, 1))


def test_holes_are_read_from_both_sides(desk):
    sheet = desk.sheet(desk.scale(4, program=FLUTE), desk.scale(4, program=BASS, pitch=36), n_bars=4)
    passage = passage_of(sheet, desk.select(sheet, [0], [1, 2]))
    assert not passage.is_ahead
    lines = describe(passage.prompt).splitlines()
    assert [("slot:0 hole" in line, "slot:1 at:0" in line or "slot:1 same:" in line) for line in lines[1:5]] == [
        (False, True),
        (True, True),
        (True, True),
        (False, True),
    ]
    assert lines[4].startswith("bar:3 last")
    assert lines[-1] == "fill"
    assert passage.grammar.expected == "bar:1"


def test_an_open_piece_does_not_end_and_the_silence_behind_is_not_read(desk):
    ahead = desk.sheet(Track(program=FLUTE), n_bars=8, is_open=True)
    passage = passage_of(ahead, desk.select(ahead, bars=range(4)))
    assert passage.is_ahead
    assert VOCABULARY.id("last") not in list(chain(*passage.scripts.values()))
    assert sorted(passage.scripts) == [0, 1, 2, 3]
    whole = passage_of(ahead, desk.select(ahead))
    assert VOCABULARY.id("last") not in list(chain(*whole.scripts.values()))
    holes = desk.sheet(Track(program=FLUTE), desk.scale(4, program=BASS), n_bars=8, is_open=True)
    passage = passage_of(holes, desk.select(holes, [0], range(4)))
    assert not passage.is_ahead
    assert passage.last == 4
    assert VOCABULARY.id("last") not in passage.prompt
    closed = desk.sheet(Track(program=FLUTE), n_bars=8)
    assert not passage_of(closed, desk.select(closed, bars=range(4))).is_ahead


def test_a_piece_longer_than_the_context_is_read_where_it_is_nearest(desk):
    sheet = desk.sheet(desk.scale(100, program=FLUTE), desk.scale(100, program=BASS), n_bars=100)
    selection = desk.select(sheet, [1], [50, 51])
    passage = passage_of(sheet, selection, context=600)
    assert len(passage.prompt) < 600
    before, after = 50 - passage.first, passage.last - 52
    assert before > 8
    assert abs(before - after) <= 1
    assert VOCABULARY.names[passage.prompt[0]] == "part"
    filled = fill(sheet, selection, np.random.default_rng(0), composer=desk.Uniform(600))
    assert f"of 100 bars it read those nearest to each passage, {passage.last - passage.first} at the least" in filled.report[0]


def test_at_the_edge_of_a_piece_the_other_side_has_the_room(desk):
    sheet = desk.sheet(desk.scale(100, program=FLUTE), desk.scale(100, program=BASS), n_bars=100)
    first = passage_of(sheet, desk.select(sheet, [0], [0]), context=600)
    last = passage_of(sheet, desk.select(sheet, [0], [99]), context=600)
    assert (first.first, last.last) == (0, 100)
    assert first.last == 100 - last.first > 20
    whole = passage_of(sheet, desk.select(sheet, [0], [0]), context=4000)
    assert whole.last == 64  # a window with holes has no more


def test_holes_that_come_later_are_holes_already(desk):
    sheet = desk.sheet(desk.scale(40, program=FLUTE), Track(program=BASS), n_bars=40)
    passage = passage_of(sheet, desk.select(sheet, [1]), context=1024)
    assert len(passage.bars) == 8
    assert np.count_nonzero(passage.prompt == VOCABULARY.id("hole")) == passage.last - passage.first > 8


def test_a_passage_ends_where_a_wish_changes_and_tells_it(desk):
    controls = np.full((8, 2, 4), -1, np.int8)
    controls[:3, 0] = [4, 5, -1, -1]
    controls[3:, 0, 1] = 2
    controls[:, 1] = 1
    sheet = desk.sheet(Track(program=FLUTE), Track(is_drum=True), n_bars=8, controls=controls)
    passage = passage_of(sheet, desk.select(sheet))
    assert passage.bars == (0, 1, 2)
    assert "program:73 role:none density:4 register:5" in describe(passage.prompt)
    assert "drums role:none density:1 polyphony:1 dynamics:1 slot:1" in describe(passage.prompt)  # drums have no register
    assert "register:2" in describe(passage_of(sheet, desk.select(sheet), n_done=6).prompt)
    assert "density" not in describe(passage_of(sheet, desk.select(sheet, [0], [5, 6])).prompt)


def test_of_many_tracks_those_are_read_that_play_near_by(desk):
    tracks = [desk.scale(2, program=number) for number in range(20)]
    tracks[3], tracks[7] = Track(program=3), Track(program=7)
    sheet = desk.sheet(*tracks, desk.scale(20, program=99), n_bars=20)
    selection = desk.select(sheet, [3], [1])
    passage = passage_of(sheet, selection)
    assert len(passage.tracks) <= 16
    assert {3, 20} <= set(passage.tracks)
    assert 7 not in passage.tracks
    filled = fill(sheet, selection, np.random.default_rng(0), composer=desk.Uniform())
    assert any("of 21 tracks it read those that play most around it" in line for line in filled.report)


def test_tracks_go_unread_where_a_bar_is_longer_than_the_context(desk):
    busy = desk.track(*[(i / 12, 1 / 12, 30 + 5 * n) for i in range(96) for n in range(6)], program=0)
    sheet = desk.sheet(busy, desk.scale(2, program=FLUTE), Track(program=BASS), n_bars=2)
    assert passage_of(sheet, desk.select(sheet, [2]), context=400).tracks == (1, 2)
    assert passage_of(sheet, desk.select(sheet, [2]), context=1024).tracks == (0, 1, 2)


def test_a_bar_that_finds_no_room(desk):
    sheet = desk.sheet(*[Track(program=number) for number in range(16)], n_bars=2)
    with pytest.raises(RequestError, match="context of 300 tokens; bar 1 does not"):
        passage_of(sheet, desk.select(sheet), context=300)


def test_long_sections_are_cut_into_equal_parts(desk):
    sheet = desk.sheet(*[Track(program=number) for number in range(8)], n_bars=8)
    assert [passage_of(sheet, desk.select(sheet), n_done=8 * bars).bars for bars in (0, 3, 6)] == [(0, 1, 2), (3, 4, 5), (6, 7)]
