"""Frames say what a score says, on the grid and in C; every repair is the documented one."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.errors import ScoreError
from boya.representation import Frames, parts_on_grid
from boya.representation.frames import FRAME_DTYPE
from boya.representation.grid import HOLD, LINE_WINDOWS, REST, ROLL_BASE, ROLL_SIZE
from boya.score import Chord, Key, Metre, Score, Section, Tempo, Timeline, Track, note_array
from boya.theory.drums import CLASS_PITCHES

STEP, BAR = 120, 1920
WINDOWS = {**LINE_WINDOWS, "chords": (ROLL_BASE, ROLL_BASE + ROLL_SIZE), "pad": (ROLL_BASE, ROLL_BASE + ROLL_SIZE)}


def track(role, *rows):
    """Notes as (onset, duration, pitch), in steps."""
    notes = note_array([(round(on * STEP), round(n * STEP), pitch, 80) for on, n, pitch in rows])
    return Track(notes, role="" if role == "drums" else role, is_drum=role == "drums")


def in_c(*tracks, chords=()):
    return Score(tracks, Timeline(keys=(Key(0, 0),)), chords)


def music(score):
    """Role -> notes as (onset, duration, pitch), in steps."""
    found = {t.role or "drums": [(on / STEP, n / STEP, p) for on, n, p, _ in t.notes.tolist()] for t in score.tracks}
    return {role: notes for role, notes in found.items() if notes}


def heard(*tracks, chords=()):
    """What is left of music in C that went through frames."""
    return music(Frames.of(in_c(*tracks, chords=chords)).score())


def in_turn(low, high):
    """Notes one after another, as (onset, steps, pitch)."""
    spans = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 20), st.integers(low, high - 1)), max_size=10)
    return spans.map(placed)


def placed(spans):
    at, notes = 0, []
    for gap, length, pitch in spans:
        notes.append((at + gap, length, pitch))
        at += gap + length
    return notes


@st.composite
def jittered(draw, notes):
    """The notes with onsets and ends moved by less than half a step."""
    near = st.integers(-59, 59)
    rows = []
    for on, n, pitch in notes:
        first = max(0, on * STEP + draw(near))
        rows.append((first, max((on + n) * STEP + draw(near) - first, 1), pitch, 80))
    return note_array(rows)


@st.composite
def scores(draw):
    """Music inside the limits of the grid: lines of single notes, sets that hold a pitch once, all of it in its window."""
    tonic = draw(st.integers(0, 11))
    shift = (6 - tonic) % 12 - 6
    tracks = []
    for role, (low, high) in WINDOWS.items():
        notes = draw(in_turn(low - shift, high - shift))
        if role not in LINE_WINDOWS:
            free = sorted(set(range(low - shift, high - shift)) - {pitch for _, _, pitch in notes})
            for pitch in free[:: draw(st.integers(15, 60))]:
                notes += [(on, n, pitch) for on, n, _ in draw(in_turn(0, 1))]
        tracks.append(Track(draw(jittered(notes)), role=role))
    strokes = draw(st.sets(st.tuples(st.integers(0, 40), st.sampled_from(CLASS_PITCHES)), max_size=12))
    tracks.append(Track(draw(jittered([(on, 1, key) for on, key in sorted(strokes)])), is_drum=True))
    timeline = Timeline((Tempo(0, 93.0),), keys=(Key(0, tonic, draw(st.sampled_from(["major", "minor"]))),))
    return Score(tuple(tracks), timeline, sections=(Section(0, 20 * BAR, "A"),))


@given(scores())
@settings(max_examples=50, deadline=None)
def test_frames_give_back_the_quantized_score(score):
    frames = Frames.of(score)
    again = frames.score()
    assert music(again) == music(score.quantize())
    assert again.timeline.keys == score.timeline.keys
    assert again.timeline.tempos == score.timeline.tempos
    if again.end:
        same = Frames.of(replace(again, sections=score.sections))
        assert np.array_equal(same.steps, frames.steps)
        assert (same.shift, same.mode, same.qpm) == (frames.shift, frames.mode, frames.qpm)


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize(("mode", "kept"), [("major", "major"), ("lydian", "major"), ("minor", "minor"), ("dorian", "minor")])
def test_every_key_is_brought_to_c_by_the_shorter_way_and_back(tonic, mode, kept):
    score = Score((track("melody", (0, 4, 60 + tonic)),), Timeline(keys=(Key(0, tonic, mode),)))
    frames = Frames.of(score)
    assert -6 <= frames.shift <= 5
    assert (tonic + frames.shift) % 12 == 0
    assert frames.steps["melody"][0] in (2 + 60, 2 + 72)
    assert music(frames.score()) == music(score)
    assert frames.score().timeline.keys == (Key(0, tonic, kept),)


@pytest.mark.parametrize(
    ("role", "given", "left"),
    [
        ("melody", [(0, 4, 60), (0, 2, 64)], [(0, 2, 64)]),  # the highest of simultaneous notes
        ("bass", [(0, 4, 40), (0, 2, 36)], [(0, 2, 36)]),  # the lowest
        ("melody", [(0, 8, 60), (4, 2, 62)], [(0, 4, 60), (4, 2, 62)]),  # a new note ends the one before
        ("melody", [(0.4, 1.2, 60)], [(0, 2, 60)]),  # onset and end to the nearest step
        ("melody", [(0.5, 1.0, 60)], [(1, 1, 60)]),  # halves go up
        ("melody", [(2, 0.1, 60)], [(2, 1, 60)]),  # no note is shorter than a step
        ("melody", [(0, 4, 96), (4, 4, 47), (8, 4, 127), (12, 4, 0)], [(0, 4, 84), (4, 4, 59), (8, 4, 91), (12, 4, 48)]),
        ("bass", [(0, 4, 72), (4, 4, 23)], [(0, 4, 60), (4, 4, 35)]),
        ("chords", [(0, 4, 84), (4, 4, 35), (8, 4, 36)], [(0, 4, 72), (4, 4, 47), (8, 4, 36)]),
        ("pad", [(0, 4, 60), (2, 4, 60)], [(0, 2, 60), (2, 4, 60)]),  # a pitch that begins again
        ("pad", [(0, 8, 60), (0, 2, 72), (4, 2, 84)], [(0, 8, 60), (0, 2, 72), (4, 2, 72)]),
        ("drums", [(0, 4, 35), (0, 1, 36), (4, 9, 40), (5, 1, 100)], [(0, 1, 36), (4, 1, 38)]),  # classes, one step each
        ("melody", [(0, 4, 60), (15.8, 0.1, 62)], [(0, 4, 60)]),  # what would begin after the last bar
        ("chords", [(0, 4, 60), (15.8, 0.1, 62)], [(0, 4, 60)]),
        ("drums", [(0, 1, 36), (15.8, 0.1, 36)], [(0, 1, 36)]),
    ],
)
def test_repairs(role, given, left):
    assert heard(track(role, *given)) == {role: left}


def test_held_notes_end_at_a_chord_they_do_not_belong_to():
    chords = (Chord(0, 4 * STEP, 0, "maj"), Chord(4 * STEP, 4 * STEP, 5, "maj"), Chord(8 * STEP, 8 * STEP, 7, "maj"))
    held = [(0, 16, 60), (0, 16, 64), (0, 16, 67), (5, 11, 62), (6, 10, 65)]
    # F major (65 69 72) ends E and G; G major (67 71 74) ends C and F; D was struck after F began and belongs to G
    expected = {"chords": [(0, 8, 60), (0, 4, 64), (0, 4, 67), (5, 11, 62), (6, 2, 65)]}
    assert heard(track("chords", *held), chords=chords) == expected
    assert heard(track("chords", (0, 16, 60)), chords=(Chord(8 * STEP, 8 * STEP, None, ""),)) == {"chords": [(0, 16, 60)]}
    assert heard(track("melody", (0, 16, 60)), chords=chords) == {"melody": [(0, 16, 60)]}


def test_a_note_struck_where_the_chord_changes_is_left_alone():
    chords = (Chord(0, 4 * STEP, 0, "maj"), Chord(4 * STEP, 12 * STEP, 5, "maj"))
    assert heard(track("pad", (0, 4, 64), (4, 4, 64)), chords=chords) == {"pad": [(0, 4, 64), (4, 4, 64)]}


def test_chord_symbols_are_written_in_c():
    chords = (Chord(0, 8 * STEP, 2, "min7", 5), Chord(8 * STEP + 59, 8 * STEP, None, ""), Chord(4 * STEP + 61, STEP, 7, "maj"))
    steps = Frames.of(Score((track("melody", (0, 16, 62)),), Timeline(keys=(Key(0, 2),)), chords)).steps[:16]
    assert steps["root"].tolist() == [0] * 5 + [5] + [0] * 2 + [-1] * 8
    assert steps["root_bass"].tolist() == [3] * 5 + [5] + [3] * 2 + [-1] * 8
    assert {n for n in range(12) if steps["chroma"][0] >> n & 1} == {0, 3, 7, 10}
    assert not steps["chroma"][8:].any()


def test_bars_that_start_inside_held_notes_begin_with_them():
    score = in_c(
        track("melody", (0, 40, 72)),
        track("bass", (8, 30, 40)),
        track("chords", (0, 20, 60), (16, 4, 64), (0, 16, 67)),
        track("drums", (15, 5, 36)),
    )
    frames = Frames.of(score)
    assert music(frames.bars(1, 3).score()) == {
        "melody": [(0, 24, 72)],
        "bass": [(0, 22, 40)],
        "chords": [(0, 4, 60), (0, 4, 64)],
    }
    assert np.array_equal(frames.bars(0, 3).steps, frames.steps)
    assert frames.bars(2, 2).n_bars == 0
    assert frames.bars(1, 2).steps["melody"].tolist() == [74] + [HOLD] * 15
    assert frames.steps["melody"][16] == HOLD  # the piece itself is left as it was


def test_a_hold_without_a_note_is_silence():
    frames = Frames(np.zeros(48, dtype=FRAME_DTYPE))
    frames.steps["melody"] = HOLD
    frames.steps["bass"][:20] = [40, REST, *[HOLD] * 18]
    assert music(frames.score()) == {"bass": [(0, 1, 38)]}
    part = frames.bars(1, 3)
    assert part.steps["melody"][0] == part.steps["bass"][0] == REST
    assert music(part.score()) == {}


def test_tracks_of_one_role_are_one_part():
    assert heard(track("chords", (0, 4, 60)), track("chords", (0, 8, 64))) == {"chords": [(0, 4, 60), (0, 8, 64)]}
    assert heard(track("melody", (0, 4, 60)), track("melody", (4, 4, 64))) == {"melody": [(0, 4, 60), (4, 4, 64)]}


def test_a_score_without_roles_is_silent_and_drums_need_none():
    assert heard(track("", (0, 4, 60))) == {}
    assert heard(track("", (0, 4, 60)), track("drums", (2, 1, 42))) == {"drums": [(2, 1, 42)]}
    frames = Frames.of(Score((track("drums", (0, 1, 36)),)))
    assert (frames.n_bars, frames.shift, frames.steps["root"].tolist()) == (1, 0, [-1] * 16)


def test_programs_and_velocities_can_be_chosen():
    score = Frames.of(in_c(track("melody", (0, 4, 60)), track("drums", (0, 1, 36)))).score({"melody": 73}, {"drums": 1})
    assert [(t.program, t.is_drum, int(t.notes["velocity"][0])) for t in score.tracks] == [(73, False, 96), (0, True, 1)]


def metred(*metres, bars=12):
    notes = track("melody", (0, 16 * bars, 60))
    return Score((notes,), Timeline(metres=tuple(Metre(tick, *m) for tick, m in metres)))


@pytest.mark.parametrize("metre", [(4, 4), (2, 2), (2, 4), (1, 4), (8, 8), (4, 8)])
def test_metres_that_share_the_grid(metre):
    assert Frames.of(metred((0, metre))).n_bars == 12
    assert Frames.of(metred((0, (4, 4)), (2 * BAR, metre))).n_bars == 12


@pytest.mark.parametrize("metre", [(3, 4), (6, 8), (5, 4), (12, 8), (3, 2)])
def test_other_metres_are_named(metre):
    with pytest.raises(ScoreError, match=f"needs 4/4, 2/2 or 2/4; got {metre[0]}/{metre[1]}"):
        Frames.of(metred((0, metre)))
    with pytest.raises(ScoreError, match=f"got {metre[0]}/{metre[1]}"):
        Frames.of(metred((0, (4, 4)), (BAR, metre)))


def test_a_metre_that_would_move_the_bar_lines_is_refused():
    with pytest.raises(ScoreError, match="4/4 begins inside one, at tick 2880; cut the score"):
        Frames.of(metred((0, (4, 4)), (BAR, (2, 4)), (BAR + 960, (4, 4))))


def test_no_music_is_an_error():
    with pytest.raises(ScoreError, match="the score is empty"):
        Frames.of(Score())


def test_parts_on_grid_are_cut_where_the_metre_changes():
    metres = [(0, (1, 4)), (480, (4, 4)), (480 + 4 * BAR, (3, 4)), (480 + 4 * BAR + 1440, (2, 4)), (480 + 5 * BAR + 1440, (4, 4))]
    score = metred(*metres, bars=20)
    parts = parts_on_grid(score)
    assert [(p.timeline.metres[0].numerator, p.n_bars, p.end) for p in parts] == [(4, 4, 4 * BAR), (4, 14, 14 * BAR)]
    assert [p.n_bars for p in parts_on_grid(score, 1)] == [4, 2, 14]
    for part in parts_on_grid(score, 1):
        assert Frames.of(part).n_bars * BAR >= part.end
    assert parts_on_grid(metred((0, (3, 4)))) == []
    assert parts_on_grid(Score()) == []
