"""Random requests can be had, what disobeys is found out, and the rows count it."""

from dataclasses import replace

import numpy as np
import pytest

from boya.composing import Request
from boya.composing.filling import Limits, Sheet, TrackLimits
from boya.errors import RequestError
from boya.proof import obedience
from boya.proof.obedience import KINDS, kept_wishes
from boya.proof.requests import Asked, from_nothing, in_words, rewriting
from boya.proof.setup import Setup
from boya.representation.stream import encode, quantise
from boya.score import Chord, Key, Metre, Score, Tempo, Timeline, Track, note_array
from boya.theory.chords import parse_chord
from boya.theory.instruments import instrument

BAR = 1920
ALL = dict.fromkeys(KINDS, True)


def request(**limits) -> Asked:
    """Two bars in C: a flute is written again in the second, a bass stays as it is."""
    flute = Track(note_array([(0, 480, 72, 80), (BAR, BAR, 74, 80)]), 73, role="melody")
    bass = Track(note_array([(0, BAR, 36, 80), (BAR + 7, 900, 43, 80)]), 33, role="bass")
    timeline = Timeline.of([Tempo(0, 100.0)], [Metre(0, 4, 4)], [Key(0, 0, "major")])
    chords = (Chord(0, BAR, 0, "maj"), Chord(BAR, BAR, 7, "7"))
    told = {"tracks": (TrackLimits(67, 84),), "scale": "key", "chord_tones": "strong"} | limits
    sheet = Sheet(Score((flute, bass), timeline, chords), 2, "pop", limits=Limits(**told))
    selection = sheet.blank_selection()
    selection[0, 1] = True
    return Asked(sheet, selection)


def answer(*notes: tuple[int, int], asked: Asked | None = None) -> Score:
    """The same with other notes of the flute in bar 2: (tick of the bar, pitch)."""
    score = (asked or request()).sheet.score
    rows = [(0, 480, 72, 80), *((BAR + at, 480, pitch, 80) for at, pitch in notes)]
    return score.with_tracks((replace(score.tracks[0], notes=note_array(rows)), score.tracks[1]))


def broken(score: Score, asked: Asked | None = None) -> list[str]:
    return [kind for kind, is_kept in kept_wishes(asked or request(), score).items() if not is_kept]


def test_a_good_answer_keeps_every_wish():
    assert kept_wishes(request(), answer((0, 71), (480, 72), (960, 74))) == ALL
    assert request().kinds == KINDS


def test_every_disobedience_is_found_out():
    good = answer((0, 71), (960, 74))
    assert broken(answer((0, 71), (480, 73))) == ["key"]
    assert broken(answer((0, 72))) == ["chords"]
    assert broken(answer((480, 72), (960, 72))) == ["chords"]  # the middle of the bar is strong
    assert broken(answer((0, 71), (480, 86))) == ["range"]
    assert broken(answer((0, 71), (480, 65))) == ["range"]
    assert broken(answer()) == ["instruments"]  # it plays nothing
    assert broken(replace(good, timeline=replace(good.timeline, tempos=(Tempo(0, 101.0),)))) == ["tempo"]
    assert broken(replace(good, timeline=replace(good.timeline, metres=(Metre(0, 2, 2),)))) == ["metre"]
    assert broken(replace(good, timeline=replace(good.timeline, keys=(Key(0, 0, "lydian"),)))) == ["key"]
    assert broken(good.with_tracks((replace(good.tracks[0], program=40), good.tracks[1]))) == ["instruments"]
    assert broken(replace(good, chords=good.chords[:1])) == ["chords"]
    longer = note_array([*good.tracks[0].notes.tolist(), (2 * BAR - 10, 400, 71, 80)])
    assert broken(good.with_tracks((replace(good.tracks[0], notes=longer), good.tracks[1]))) == ["bars"]
    louder = good.tracks[1].notes.copy()
    louder["velocity"][1] += 1
    assert broken(good.with_tracks((good.tracks[0], replace(good.tracks[1], notes=louder)))) == ["locked notes"]
    gone = good.with_tracks((replace(good.tracks[0], notes=good.tracks[0].notes[1:]), good.tracks[1]))
    assert broken(gone) == ["locked notes"]


def test_chords_everywhere_or_on_strong_beats():
    everywhere = request(chord_tones="all")
    assert broken(answer((0, 71), (480, 72)), everywhere) == ["chords"]
    assert broken(answer((0, 71), (480, 74)), everywhere) == []


def test_only_what_is_asked_counts():
    free = request(tracks=(), scale=None, chord_tones="free")
    assert free.kinds == ("bars", "metre", "tempo", "instruments", "locked notes")
    assert broken(answer((480, 73)), free) == ["key"]  # it is not among the kinds that are asked


def test_requests_from_nothing_leave_every_track_room():
    rng, kinds = np.random.default_rng(0), set()
    for _ in range(200):
        asked = from_nothing(rng)
        kinds |= set(asked.kinds)
        assert asked.selection.all()
        assert asked.sheet.score.n_bars == asked.sheet.n_bars
        quantise(asked.sheet.score)  # its metre has a word
        for number, track in enumerate(asked.sheet.score.tracks):
            limits = asked.sheet.limits.of(number)
            if not track.is_drum:
                low, high = instrument(track.program).range
                assert low <= limits.lowest <= limits.highest - 12 < limits.highest <= high
    assert kinds == set(KINDS) - {"locked notes"}


def test_requests_to_rewrite_keep_something(packed_folder):
    score = Setup("composer", packed_folder).corpus().score(9)
    rng, kinds = np.random.default_rng(0), set()
    for _ in range(100):
        asked = rewriting(score, "pop", rng)
        kinds |= set(asked.kinds)
        assert asked.selection.any()
        assert asked.selection.shape == (len(asked.sheet.score.tracks), asked.sheet.n_bars)
        assert 4 <= asked.sheet.n_bars == asked.sheet.score.n_bars <= 8
    assert kinds == set(KINDS)


def test_a_request_in_words_says_the_same():
    rng = np.random.default_rng(1)
    for _ in range(50):
        asked = from_nothing(rng)
        told = Request(**in_words(asked))
        score = asked.sheet.score
        assert told.tonic_and_mode == (score.timeline.keys[0].tonic, score.timeline.keys[0].mode)
        assert (told.bars, told.qpm) == (asked.sheet.n_bars, score.timeline.tempos[0].qpm)
        assert [parse_chord(bar[0])[:2] for bar in told.chord_bars] == [(c.root, c.quality) for c in score.chords]
        assert {role: program for role, program in told.players.items() if program is not None} == {
            track.role: track.program for track in score.tracks
        }


def test_half_of_the_new_pieces_are_asked_for_in_words(monkeypatch, setup):
    said, filler = [], Filler()
    monkeypatch.setattr(obedience, "available", lambda: ["composer"])
    monkeypatch.setattr(obedience, "fill", filler)
    monkeypatch.setattr(obedience, "rewriting", lambda score, style, rng: request())
    monkeypatch.setattr(obedience, "compose", lambda **wishes: said.append(wishes) or type("Piece", (), {"score": Score()}))
    rows = {row.metric: row for row in obedience.hard(setup, None, "composer", [(Score(), "pop")])}
    assert len(said) + len(filler.asked) == 12
    assert 1 <= len(said) <= 6
    assert sum(sheet.n_tracks == 2 and sheet.n_bars == 2 for sheet in filler.asked) >= 3  # a passage is never said in words
    assert all(wishes["candidates"] == 1 and wishes["model"] == "composer" for wishes in said)
    assert rows["random requests obeyed, instruments"].value < 60  # of new pieces there is no track at all, or silent ones


class Filler:
    """Stands for `fill`: hands back the sheet's own notes, sometimes a wrong tempo, sometimes a refusal."""

    def __init__(self, wrong=0, refused=0):
        self.wrong, self.refused, self.asked = wrong, refused, []

    def __call__(self, sheet, selection, rng, *, composer, candidates=4):
        self.asked.append(sheet)
        score = sheet.score
        if len(self.asked) % 3 < self.refused:
            raise RequestError("cannot be had")
        if len(self.asked) % 3 == 2 and self.wrong:
            score = replace(score, timeline=replace(score.timeline, tempos=(Tempo(0, 33.0),)))
        return type("Filled", (), {"scores": (score,)})


@pytest.fixture
def hard(monkeypatch, setup):
    asked = request(tracks=(), scale=None, chord_tones=None)
    monkeypatch.setattr(obedience, "from_nothing", lambda rng: asked)
    monkeypatch.setattr(obedience, "rewriting", lambda score, style, rng: asked)

    def measured(filler):
        monkeypatch.setattr(obedience, "fill", filler)
        rows = list(obedience.hard(setup, None, "composer", [(asked.sheet.score, "pop")]))
        return {row.metric: row for row in rows}

    return measured


def test_obedience_is_counted_by_kind(hard):
    rows = hard(Filler(wrong=1))
    assert rows["random requests"].value == 12
    assert rows["random requests obeyed"].value == pytest.approx(100 * 8 / 12)
    assert rows["random requests obeyed"].holds is False
    assert rows["random requests obeyed, tempo"].value == pytest.approx(100 * 8 / 12)
    assert rows["random requests obeyed, metre"].holds is True
    assert "random requests obeyed, range" not in rows


def test_refusals_are_counted_apart(hard):
    rows = hard(Filler(refused=1))
    assert rows["random requests obeyed"].value == 100
    assert rows["random requests"].value == 12
    assert rows["random requests refused with a reason"].value == 5


def test_who_refuses_everything_is_not_waited_for(hard):
    rows = hard(Filler(refused=3))
    assert "random requests obeyed" not in rows
    assert rows["random requests refused with a reason"].value == 12


def test_soft_wishes_are_measured_in_what_is_written(monkeypatch, setup):
    packed = setup.corpus()
    pieces = [encode(packed.score(i), "pop") for i in range(8, 14)]  # bands that play alike
    given = {encoded.home: encoded for encoded in pieces}

    def fill(sheet, selection, rng, *, composer):
        assert sheet.score.n_notes == 0
        assert (sheet.controls >= 0).any(axis=1).all()
        assert selection.all()
        return type("Filled", (), {"scores": (obedience.heard(next(iter(given.values())), 8),)})

    monkeypatch.setattr(obedience, "fill", fill)
    rows = {row.metric: row for row in obedience.soft(setup, None, "composer", pieces)}
    assert rows["soft controls asked for"].value == 3 * (4 * 3 + 3)  # drums have no register
    assert rows["soft controls followed, polyphony"].value == 100
    assert rows["soft controls followed, polyphony"].holds is True
    assert rows["soft controls followed, dynamics"].bar is None
