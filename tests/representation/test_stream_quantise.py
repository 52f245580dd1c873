"""What the bar stream keeps of a score, and what it refuses."""

import os
from pathlib import Path

import numpy as np
import pytest

from boya.corpus import open_packed
from boya.errors import InputError, StreamError
from boya.representation.stream import VOCABULARY, decode, encode, quantise
from boya.representation.stream.vocabulary import METRES, TEMPOS
from boya.representation.stream.words import QUALITIES, STYLES, SUBSTYLES
from boya.score import Chord, Key, Metre, Score, Section, Tempo, Timeline, Track, note_array
from boya.theory.chords import chord_pitch_classes, qualities
from boya.theory.drums import CLASS_PITCHES
from boya.theory.styles import style_names, styles

BAR = 1920


def notes(*rows, is_drum=False):
    """What is left of notes."""
    return quantise(Score((Track(note_array(rows), is_drum=is_drum),))).tracks[0].notes.tolist()


def test_notes_go_to_the_nearest_step_and_last_one_at_least():
    assert notes((19, 1, 60, 80), (20, 1, 62, 80), (100, 61, 64, 80)) == [
        (0, 40, 60, 88), (40, 40, 62, 88), (120, 40, 64, 88)
    ]  # fmt: skip


def test_triplets_are_exact():
    rows = [(160 * n, 160, 60, 88) for n in range(12)] + [(1920 + 80 * n, 80, 60, 88) for n in range(6)]
    assert notes(*rows) == rows


def test_of_notes_that_coincide_the_longest_then_loudest_stays():
    assert notes((0, 480, 60, 20), (10, 400, 60, 120), (3, 480, 60, 50)) == [(0, 480, 60, 56)]


def test_velocities_become_the_middle_of_a_class():
    assert [row[3] for row in notes(*((480 * n, 480, 60, v) for n, v in enumerate((1, 15, 16, 80, 127))))] == [8, 8, 24, 88, 120]


def test_very_long_notes_are_cut():
    assert notes((0, 2016 * 40 + 500, 60, 88)) == [(0, 2016 * 40, 60, 88)]


def test_drums_last_a_step_and_strange_keys_go():
    assert notes((0, 4800, 36, 88), (0, 10, 20, 88), (0, 10, 105, 88), (40, 10, 87, 88), is_drum=True) == [
        (0, 40, 36, 88), (40, 40, 87, 88)
    ]  # fmt: skip


def test_drum_keys_of_a_kit_without_a_word_become_those_of_their_class():
    edges = ((0, 10, 22, 88), (40, 10, 26, 88))
    assert [row[2] for row in notes(*edges, is_drum=True)] == [CLASS_PITCHES[2], CLASS_PITCHES[3]]


def test_tempo_and_key_count_at_bar_lines():
    tempos = (Tempo(0, 119.0), Tempo(500, 90.0), Tempo(700, 61.0), Tempo(2 * BAR + 10, 900.0))
    keys = (Key(0, 2), Key(BAR + 30, 4), Key(3 * BAR - 1, 9))
    kept = quantise(Score((Track(note_array([(0, 4 * BAR, 60, 80)])),), Timeline(tempos=tempos, keys=keys))).timeline
    assert kept.tempos == (Tempo(0, 120.0), Tempo(BAR, 60.0), Tempo(2 * BAR, 298.0))
    assert kept.keys == (Key(0, 2), Key(2 * BAR, 4), Key(3 * BAR, 9))


def test_chords_end_where_the_next_begins():
    chords = (Chord(0, 3 * BAR, 0), Chord(BAR, BAR, None, ""), Chord(2 * BAR, BAR, 7, "7"))
    assert quantise(Score(chords=chords)).chords == (Chord(0, BAR, 0), Chord(2 * BAR, BAR, 7, "7"))


@pytest.mark.parametrize(("quality", "near"), [("7(*5,b5)", "7(*5,b5)"), ("min(13)", "min"), ("9(*5)", "9"), ("maj7(9)", "maj9")])
def test_a_quality_without_a_word_becomes_a_near_one(quality, near):
    (chord,) = quantise(Score(chords=(Chord(0, BAR, 0, quality),))).chords
    common = set(chord_pitch_classes(0, quality)) & set(chord_pitch_classes(0, chord.quality))
    assert len(common) >= 3
    assert chord.quality == near


def test_a_quality_that_is_none_is_refused():
    with pytest.raises(InputError, match="a chord quality looks like"):
        quantise(Score(chords=(Chord(0, BAR, 0, "blue"),)))


@pytest.mark.parametrize(
    ("label", "kept"),
    [
        ("A", "A"),
        ("b", "B"),
        ("A'", "A"),
        ("Verse 2", "verse"),
        ("CHORUS", "chorus"),
        ("Teil", "other"),
        ("", "other"),
        ("7", "other"),
    ],
)
def test_labels_are_those_that_have_a_word(label, kept):
    assert quantise(Score(sections=(Section(0, BAR, label),))).sections == (Section(0, BAR, kept),)


def test_sections_go_to_bar_lines():
    sections = (Section(100, 1800, "A"), Section(BAR + 1000, BAR, "B"), Section(4 * BAR - 20, 10, "C"))
    assert quantise(Score(sections=sections)).sections == (
        Section(0, BAR, "A"), Section(2 * BAR, BAR, "B"), Section(3 * BAR, BAR, "C")
    )  # fmt: skip


def test_names_do_not_travel():
    score = Score((Track(note_array([(0, 480, 60, 88)]), program=3, name="Piano"),), title="T", composer="C", licence="L")
    kept = quantise(score)
    assert (kept.title, kept.composer, kept.licence, kept.tracks[0].name, kept.tracks[0].program) == ("", "", "", "", 3)


@pytest.mark.parametrize("n_tracks", [17, 300])
def test_too_many_tracks_are_refused(n_tracks):
    with pytest.raises(StreamError, match=f"at most 16 tracks; the score has {n_tracks}. Merge tracks or leave some out."):
        encode(Score((Track(),) * n_tracks))


def test_sixteen_tracks_are_written():
    score = Score(tuple(Track(note_array([(n * 40, 480, 60, 88)]), program=n) for n in range(16)))
    assert decode(encode(score).whole()).tracks == score.tracks


@pytest.mark.parametrize("metre", [(9, 4), (17, 16), (255, 64), (3, 32), (1, 1)])
def test_bars_without_a_word_are_refused(metre):
    score = Score((Track(note_array([(0, 480, 60, 80)])),), Timeline(metres=(Metre(0, *metre),)))
    with pytest.raises(
        StreamError, match=f"at most 16 beats and 8 quarters a bar; got {metre[0]}/{metre[1]}. Write it in shorter"
    ):
        encode(score)


def test_every_metre_has_bars_of_whole_steps():
    assert all(48 * n % d == 0 and 1 <= 48 * n // d <= 96 for n, d in METRES)
    assert {(4, 4), (3, 4), (2, 2), (6, 8), (7, 8), (9, 8), (12, 8), (5, 4), (15, 16)} <= set(METRES)


@pytest.mark.parametrize("score", [Score(), Score((Track(),)), Score((Track(note_array([(0, 10, 1, 1)]), is_drum=True),))])
def test_a_score_without_music_is_refused(score):
    with pytest.raises(StreamError, match="needs music"):
        encode(score)


def test_the_numbers_of_the_tokens_stay():
    """Weights are trained on these numbers: whoever changes them trains again, and changes this line."""
    assert (len(VOCABULARY), VOCABULARY.hash) == (1281, "3fc94c14262ac6f1")
    assert len(set(VOCABULARY.names)) == len(VOCABULARY)
    assert VOCABULARY.id("pad") == 0


def test_words_are_those_of_the_tables():
    assert set(QUALITIES) <= set(qualities())
    assert len(set(style_names()) & set(STYLES)) >= 13
    assert len({sub.id for style in styles() for sub in style.substyles} & set(SUBSTYLES)) >= 92


def test_tempos_are_a_sixteenth_of_an_octave_apart():
    assert {30, 60, 120, 240} <= set(TEMPOS)
    assert all(abs(np.log2(qpm / 120) * 16 - k) < 0.5 for k, qpm in zip(range(-41, 22), TEMPOS, strict=True))


def test_unknown_words_are_told():
    with pytest.raises(StreamError, match="got 'pitch:900'"):
        VOCABULARY.read("piece pitch:900")
    with pytest.raises(StreamError, match="got 'tune'"):
        VOCABULARY.span("tune")


@pytest.mark.skipif("BOYA_PACKED" not in os.environ, reason="BOYA_PACKED names no packed corpus")
def test_real_pieces_come_back_in_three_tokens_a_note():
    packed = open_packed(Path(os.environ["BOYA_PACKED"]))
    n_notes = n_tokens = 0
    for index in range(0, len(packed), 50):
        try:
            kept = quantise(packed.score(index))
        except StreamError:
            continue
        tokens = encode(packed.score(index), packed.pieces[index]["style"]).whole()
        assert decode(tokens) == kept
        n_notes, n_tokens = n_notes + kept.n_notes, n_tokens + len(tokens)
    assert n_tokens <= 3.0 * n_notes
