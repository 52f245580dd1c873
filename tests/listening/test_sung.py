"""What a search for a sung tune promises: melted repeats and unwritten notes do not hide it, and the answer says where it is."""

import numpy as np
import pytest

from boya.errors import CorpusError, InputError
from boya.listening.search import Entry, Index, Line
from boya.listening.search.sung import N_PITCHES, Sung, merged

HOP = 0.05
SURE, NEVER = 0.0, -4.0


def moments(pitches, gaps) -> np.ndarray:
    """What a perfect ear says of notes, their gaps in seconds."""
    likely = np.full((round(sum(gaps) / HOP), N_PITCHES), NEVER, np.float32)
    ends = np.rint(np.cumsum(gaps) / HOP).astype(int)
    for pitch, first, last in zip(pitches, [0, *ends], ends, strict=False):
        likely[first:last, pitch] = SURE
    return likely


def sung(line: Line, first: int = 5, n_notes: int = 14, up: int = 0, qpm: float = 100.0) -> Sung:
    """An excerpt, each step a twelfth of a quarter."""
    pitches = line.pitches[first : first + n_notes].astype(int) + up
    gaps = line.gaps[first : first + n_notes] * (5 / qpm)
    return Sung(*merged(pitches, gaps), likely=moments(pitches, gaps), hop_second=HOP)


def line(*notes: int, gaps=None) -> Line:
    return Line(np.array(notes, np.uint8), np.array(gaps or [6] * len(notes), np.uint8))


REPEATED = line(60, 60, 60, 62, 64, 64, 64, 64, 62, 62, 60, 60, 67, 67, 67, 67, 65, 65, 64, 64, 64, 62, 60, 60)


def test_notes_that_melted_into_one_are_found(index):
    index.add([Entry("repeated", (REPEATED,))])
    asked = sung(REPEATED, 4, 18, up=3)
    assert len(asked) == 7
    [found] = index.search(asked, limit=1)
    assert (found.piece, found.bar, found.transposition, found.edits) == ("repeated", 0, -3, ())
    assert (found.n_right, found.n_notes) == (7, 7)
    assert found.score > 0.9
    assert found.tempo_ratio == pytest.approx(20, rel=0.1)  # steps a second at 100 quarters a minute


@pytest.mark.parametrize("seed", [3, 17, 28])
@pytest.mark.parametrize(("up", "qpm"), [(0, 100.0), (-7, 70.0), (5, 170.0)])
def test_neither_key_nor_tempo_matters(music, index, seed, up, qpm):
    found = index.search(sung(music.line(seed), up=up, qpm=qpm))[0]
    assert (found.piece, found.transposition) == (f"tune/{seed}", -up)
    assert found.score > 0.8


def test_a_note_that_was_not_written_down_is_heard(index):
    notes = [60, 64, 62, 67, 65, 71, 69, 64, 60, 62, 64, 60]
    one, other = line(*notes), line(*notes[:5], 72, *notes[6:])
    index.add([Entry("other", (other,)), Entry("one", (one,))])
    whole = sung(one, 0, 12)
    kept = np.arange(12) != 5
    gaps = np.full(12, 0.3)
    gaps[4] += gaps[5]  # the note before is written as long as both
    asked = Sung(whole.pitches[kept], gaps[kept], likely=whole.likely, hop_second=HOP)
    first, second = index.search(asked)[:2]
    assert (first.piece, second.piece) == ("one", "other")
    assert first.score - second.score > 0.1


def test_an_excerpt_may_begin_within_a_long_row_of_one_pitch(index):
    drone = line(*[62] * 30, *REPEATED.pitches.tolist())
    index.add([Entry("drone", (drone,))])
    assert index.search(sung(drone, 24, 20))[0].piece == "drone"


def test_it_says_the_bar(index):
    rest = line(*[50, 55] * 24, *REPEATED.pitches.tolist())
    index.add([Entry("late", (rest,))])
    assert index.search(sung(rest, 48, 20))[0].bar == 6


def test_only_what_is_there_and_wanted_is_found(music, index):
    asked = sung(music.line(4))
    assert index.search(asked, text="Turlough")[0].piece == "tune/4"
    assert all(match.piece != "tune/4" for match in index.search(asked, text="Anon"))
    index.remove(["tune/4"])
    assert all(match.piece != "tune/4" for match in index.search(asked))


def test_nothing_is_found_in_an_empty_index(tmp_path, music):
    with Index(tmp_path / "empty", create=True) as index:
        assert index.search(sung(music.line(0))) == []


def test_bad_questions_are_told(music):
    asked = sung(music.line(0))
    with pytest.raises(InputError, match="no note twice"):
        Sung(np.array([60, 60, 62, 64]), np.ones(4), likely=asked.likely, hop_second=HOP)
    with pytest.raises(InputError, match="moments"):
        Sung(asked.pitches, asked.gaps, likely=asked.likely[:0], hop_second=HOP)
    with pytest.raises(InputError, match="moments"):
        Sung(asked.pitches, asked.gaps, likely=asked.likely[:, :9], hop_second=HOP)


def test_changed_postings_are_told(tmp_path, music):
    folder = tmp_path / "index"
    with Index(folder, create=True) as index:
        index.add([music.piece(seed) for seed in range(5)])
    [postings] = folder.rglob("postings.bin")
    postings.write_bytes(b"\xff" * postings.stat().st_size)
    with Index(folder) as index, pytest.raises(CorpusError, match="has changed"):
        index.search(sung(music.line(2)))
