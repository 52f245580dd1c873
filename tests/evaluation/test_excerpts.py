"""The description of an excerpt: one row for any music, values by hand, and what it does not depend on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.evaluation.excerpts import GROUPS, describe_excerpts, excerpt_names
from boya.evaluation.parts import PART_LABELS
from boya.score import ROLES, Chord, Key, Metre, Score, Timeline, Track, note_array

BAR = 1920


def described(score: Score) -> dict[str, float]:
    return dict(zip(excerpt_names(), describe_excerpts([score])[0].tolist(), strict=True))


def melody(*notes: tuple[float, float, int], **told) -> Track:
    """(onset, length) in quarters, pitch."""
    return Track(note_array([(int(on * 480), int(long * 480), pitch, 80) for on, long, pitch in notes]), role="melody", **told)


notes = st.tuples(st.integers(0, 9 * BAR), st.integers(1, 3 * BAR), st.integers(0, 127), st.integers(1, 127))
tracks = st.builds(
    lambda rows, role: Track(note_array(rows), is_drum=role == "drums", role=role),
    st.lists(notes, max_size=12),
    st.sampled_from(["", *ROLES]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(tracks, max_size=5), st.sampled_from([(4, 4), (7, 8), (3, 4)]))
def test_any_music_has_a_row_without_infinities(parts, metre):
    row = describe_excerpts([Score(tuple(parts), Timeline.of(metres=[Metre(0, *metre)]))])
    assert row.shape == (1, len(excerpt_names()))
    assert not np.isinf(row).any()


def test_names_are_different():
    assert len(set(excerpt_names())) == len(excerpt_names())
    assert len(excerpt_names()) == 18 + 15 + 10 + len(GROUPS) * len(PART_LABELS)


def test_a_tune_by_hand():
    found = described(Score((melody((0, 1, 60), (1, 0.25, 64), (2, 2, 62), (4, 4, 72)),)))
    wanted = {
        "bars melody": 1, "notes melody": 2, "onsets melody": 2, "notes an onset melody": 1, "largest chord melody": 1,
        "length melody": 7.25 / 4, "short melody": 0.25, "long melody": 0.5, "different lengths melody": 1,
        "sounding melody": 7.25 / 8, "voices melody": 1, "pitch melody": 64.5, "lowest melody": 60, "highest melody": 72,
        "pitches melody": 4, "pitch classes a bar melody": 2, "pitch class 0 melody": 0.5, "interval 3 melody": 1 / 3,
        "interval -2 melody": 1 / 3, "interval 8 melody": 1 / 3, "on the bar line melody": 0.5, "place 0 melody": 1,
        "velocity melody": 80, "velocity changes melody": 0, "bar likeness 1 melody": 0, "rhythm likeness 1 melody": 1 / 3,
    }  # fmt: skip
    assert {name: found[name] for name in wanted} == pytest.approx(wanted)
    assert np.isnan(found["chord tones melody"])
    assert found["notes bass"] == 0
    assert np.isnan(found["pitch bass"])


def test_chords_and_what_fits_them():
    chords = (Chord(0, BAR, 0, "maj"), Chord(BAR, BAR, 7, "maj"))
    found = described(Score((melody((0, 1, 60), (1, 1, 62), (4, 1, 67), (5, 1, 71)),), chords=chords))
    assert found["chord tones melody"] == 0.75
    assert (found["chords"], found["chord changes on the bar"], found["different chords"]) == (1, 1, 1)
    assert found["root moves 7"] == 1


def test_two_parts_together():
    bass = Track(note_array([(0, 960, 37, 80), (1440, 480, 36, 80)]), role="bass")
    found = described(Score((melody((0, 1, 60), (1, 1, 60)), bass)))
    assert found["together melody-bass"] == pytest.approx(1 / 3)
    assert found["clash melody-bass"] == 1
    assert np.isnan(found["together melody-drums"])


def test_the_key_does_not_matter():
    tune = Score((melody((0, 1, 60), (1, 1, 64), (2, 1, 67)),), Timeline.of(keys=[Key(0, 0, "major")]))
    same, moved = described(tune), described(tune.transpose(5))
    assert {n: v for n, v in same.items() if n.startswith("pitch class")} == pytest.approx(
        {n: v for n, v in moved.items() if n.startswith("pitch class")}, nan_ok=True
    )
    assert moved["pitch melody"] - same["pitch melody"] == pytest.approx(5)
