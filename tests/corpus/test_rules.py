"""Cleaning, roles, names, splits and transpositions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boya.corpus.augment import transposed, transpositions
from boya.corpus.cleaning import REASONS, RULES, Limits, find_fault
from boya.corpus.naming import with_names
from boya.corpus.split import draw_split, group_splits
from boya.errors import InputError
from boya.score import Key, Metre, Score, Tempo, Timeline, Track, note_array
from boya.theory.instruments import instrument
from boya.theory.roles import assign_roles


def line(*pitches, ticks=480, **track):
    return Track(note_array([(i * ticks, ticks, p, 80) for i, p in enumerate(pitches)]), **track)


SCALE = (60, 62, 64, 65, 67, 69, 71, 72) * 4
FAULTS = {
    "no_notes": Score((Track(),)),
    "too_few_notes": Score((line(60, 62, 64, 65, ticks=1920),)),
    "too_many_notes": Score((line(*SCALE * 40, ticks=1),)),
    "too_long": Score((line(*SCALE * 20, ticks=1920),), Timeline((Tempo(0, 2.0),))),
    "too_short": Score((line(*SCALE, ticks=40),)),
    "one_pitch": Score((line(*[60] * 40),)),
    "too_dense": Score((line(*SCALE * 20, ticks=4),), Timeline((Tempo(0, 120.0),), (Metre(0, 1, 16),))),
    "stuck_note": Score((line(*SCALE), Track(note_array([(0, 1920 * 65, 40, 80)])))),
    "mostly_empty": Score((line(*SCALE), Track(note_array([(1920 * 60, 480, 40, 80)])))),
    "no_pitched_notes": Score((line(*[36, 38] * 20, is_drum=True),)),
}


@pytest.mark.parametrize("reason", RULES)
def test_each_rule_finds_its_fault(reason):
    limits = Limits(n_notes_most=1000, has_drums_only=False, length_second=3600.0)
    found = find_fault(FAULTS[reason], limits)
    assert found is not None
    assert found[0] == reason
    assert reason in REASONS


def test_good_pieces_pass(music):
    assert find_fault(music.band(1)) is None
    assert find_fault(Score((music.drums(),))) is None
    assert find_fault(Score((music.tune(2),))) is None


def roles(*tracks):
    return [t.role for t in assign_roles(Score(tracks)).tracks]


def test_roles_of_a_band(music):
    assert roles(*music.band(1).tracks) == ["melody", "chords", "pad", "bass", "drums"]


def test_roles_of_other_ensembles(music):
    low, high = music.held((43, 50, 55), 8, 960, 0, "Piano"), music.held((60, 64, 67), 8, 480, 0, "Piano")
    assert roles(music.tune(1, name="Voice"), high, low) == ["melody", "chords", "chords"]
    bridge, piano = music.tune(2, name="Bridge"), music.held((40,), 8, 1920, 0, "Piano")
    assert roles(music.tune(1, name="Melody"), bridge, piano)[0] == "melody"
    assert "bass" not in roles(music.tune(1, name="Melody"), bridge, piano)
    quartet = [music.tune(i, name=n) for i, n in enumerate(["Violin I", "Violin II", "Viola", "Cello"])]
    assert roles(*quartet)[::3] == ["melody", "bass"]
    assert roles(music.drums()) == ["drums"]


def test_roles_without_names(music):
    bass, chords, tune = music.held((40,), 8, 480, 0), music.held((55, 59, 62), 8, 960, 0), music.tune(3, name="")
    assert roles(bass, chords, tune) == ["bass", "chords", "melody"]


def test_broken_chords_are_a_pad_only_when_they_ring(music):
    tune, chord = music.tune(1), music.held((60, 64), 8, 240, 25, "Chord-Guitar")
    short = music.held((60,), 8, 480, 46, "Arpeggio")
    ringing = music.held((60,), 8, 1920, 46, "Arpeggio")
    assert roles(tune, chord, short) == ["melody", "pad", "chords"]
    assert roles(tune, chord, ringing) == ["melody", "chords", "pad"]


def test_given_roles_stay(music):
    tracks = (line(*SCALE, name="Melody", role="bass"), music.tune(1, name=""))
    assert roles(*tracks) == ["bass", "melody"]


def test_a_silent_file_gets_key_and_chords():
    triads = [(57, 60, 64), (50, 57, 65), (52, 56, 64), (57, 60, 64)] * 2
    chords = [(i * 960, 960, p, 80) for i, triad in enumerate(triads) for p in triad]
    named, what = with_names(Score((Track(note_array(chords)),)))
    assert named.timeline.keys == (Key(0, 9, "minor"),)
    assert named.chords[0].root == 9
    assert what == ("key", "chords")
    assert "key" in named.timeline.assumed


def test_a_major_signature_of_minor_music_becomes_minor():
    minor = line(69, 71, 72, 74, 76, 74, 72, 71, 69, 68, 69, 76, 72, 69, 68, 69, ticks=960)
    written = Score((minor,), Timeline(keys=(Key(0, 0),)))
    assert with_names(written, is_mode_known=False)[0].timeline.keys == (Key(0, 9, "minor"),)
    assert with_names(written, is_mode_known=True)[0].timeline.keys == (Key(0, 0, "major"),)


def test_drums_have_neither_key_nor_chords(music):
    score = Score((music.drums(),))
    assert with_names(score) == (score, ())


@given(st.text(max_size=20), st.floats(0, 1))
def test_a_split_is_drawn_once_and_for_all(work, share):
    shares = {"train": share, "valid": 1 - share}
    assert draw_split(work, shares) == draw_split(work, shares)
    assert draw_split(work, shares) in shares


def test_splits_have_their_shares():
    drawn = [draw_split(f"work {i}") for i in range(4000)]
    assert drawn.count("valid") / 4000 == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize("shares", [{"train": 0.5}, {"train": 0.5, "dev": 0.5}, {"train": 1.5, "valid": -0.5}, {}])
def test_shares_must_make_sense(shares):
    with pytest.raises(InputError, match="sum to 1"):
        draw_split("a", shares)


@given(st.lists(st.tuples(st.sampled_from(["", "train", "valid", "test"]), st.sampled_from("abc")), max_size=12))
def test_a_group_never_crosses_splits(pairs):
    given_splits, groups = [p[0] for p in pairs], [p[1] for p in pairs]
    found = group_splits(given_splits, groups)
    for name in "abc":
        kept = {s for s, g in zip(found, groups, strict=True) if g == name and s}
        assert len(kept) <= 1
    assert all(s is None or g in ("", s) for s, g in zip(found, given_splits, strict=True))


@given(st.integers(0, 127), st.lists(st.integers(30, 100), min_size=1, max_size=5), st.integers(0, 2**32))
def test_transposing_keeps_instruments_in_range(program, pitches, seed):
    score = Score((line(*pitches, program=program),))
    low, high = instrument(program).range
    moved = transposed(score, np.random.default_rng(seed)).tracks[0].notes["pitch"]
    assert moved.max() <= max(high, *pitches)
    assert moved.min() >= min(low, *pitches)
    assert 0 in transpositions(score)


def test_transposing_leaves_drums_and_moves_keys(music):
    score = music.band(1)
    moved = [transposed(score, np.random.default_rng(s)) for s in range(12)]
    assert all(m.tracks[4] == score.tracks[4] for m in moved)
    assert len({m.timeline.keys[0].tonic for m in moved}) > 3
    with pytest.raises(InputError, match="at least 0"):
        transpositions(score, down=-1)
