"""What is recognised: by the ears that ship, and by ears taught here."""

import json
from itertools import pairwise

import numpy as np
import pytest

import boya
from boya.errors import InputError, ModelError, RequestError
from boya.listening.recognition import recognise, vector_of
from boya.listening.recognition.classes import VIEWS, shares_of
from boya.listening.recognition.description import HISTOGRAM, TABLES, describe, description_names
from boya.listening.recognition.harmony import heard_chords, heard_key
from boya.listening.recognition.heard import KEY_CHANNELS, units_of, weights_of
from boya.listening.recognition.melody import melody_of_tracks, skyline
from boya.listening.recognition.metre import heard_metre, metre_of
from boya.listening.recognition.softmax import Softmax, calibration_error
from boya.listening.recognition.stored import Ears, load_ears, save_ears, shipped_ears
from boya.listening.recognition.vectors import shipped_encoder
from boya.representation.note_rows import note_rows
from boya.score import Key, Metre, Score, Timeline, Track, note_array

TUNE = (0, 4, 7, 12, 9, 5, 9, 12, 7, 2, 7, 11, 12, 7, 4, 0) * 2
COMMON = Metre(0, 4, 4)
CHORDS = ((48, 64, 67), (53, 65, 69), (43, 62, 67), (48, 60, 64)) * 2


def song(moved=0, metre=COMMON):
    """A tune above chords, two bars of each in turn."""
    tune = note_array([(480 * n, 480, 72 + step + moved, 80) for n, step in enumerate(TUNE)])
    chords = note_array([(1920 * n, 1920, pitch + moved, 60) for n, chord in enumerate(CHORDS) for pitch in chord])
    return Score((Track(chords, 0, name="Left"), Track(tune, 73, name="Flute")), Timeline(metres=(metre,)))


@pytest.fixture(scope="module")
def found():
    return recognise(song())


def test_a_plain_song_is_heard_as_it_is(found):
    assert found.key.name == "C major"
    assert [c.chord.root for c in found.chords][:3] == [0, 5, 7]
    assert {guess.name for guess in found.instruments} == {"Flute", "Acoustic Grand Piano"}
    assert found.metre.name == "4/4"
    assert (found.melody.name, found.melody.why) == ("track 2", ("Flute",))


def test_every_answer_says_how_sure_it_is(found):
    guesses = (
        *found.styles,
        *found.substyles,
        *found.instruments,
        found.key,
        found.metre,
        found.tempo,
        found.melody,
        found.maker,
    )
    assert all(0 <= guess.confidence <= 1 for guess in guesses)
    assert all(0 <= heard.confidence <= 1 for heard in found.chords)
    assert found.styles[0].confidence >= found.styles[1].confidence
    assert found.maker.confidence >= 0.5


def test_an_answer_is_json_and_words(found):
    plain = json.loads(json.dumps(found.as_json()))
    assert plain["chords"][0]["name"] == "C"
    assert {"styles", "key", "maker"} <= plain.keys()
    assert "C major" in found.in_words()
    assert boya.recognise is recognise


def test_keys_and_chords_move_with_the_music():
    ears = shipped_ears()
    key, sure = heard_key(song(), ears.of_roots("key"))
    moved, as_sure = heard_key(song(5), ears.of_roots("key"))
    assert (moved.tonic - key.tonic) % 12 == 5
    assert sure == pytest.approx(as_sure, abs=1e-4)
    roots = [[c.chord.root for c in heard_chords(song(by), ears.of_roots("chords"))] for by in (0, 5)]
    assert roots[1] == [(root + 5) % 12 for root in roots[0]]


def test_chords_cover_a_piece_without_gaps():
    heard = [c.chord for c in heard_chords(song(), shipped_ears().of_roots("chords"))]
    assert heard[0].onset == 0
    assert all(a.end == b.onset for a, b in pairwise(heard))
    assert heard_chords(Score(), shipped_ears().of_roots("chords")) == ()


def test_a_beat_is_heard_in_halves_and_a_beat_of_one_tick_is_heard():
    notes = note_array([(0, 240, 48, 80), (240, 240, 74, 80), (480, 1, 67, 80)])
    heard, plain, is_silent = units_of(Score((Track(notes),)), np.array([0, 480, 481]), np.array([0, 1]))
    lowest, begun = heard[:, [4, 11]], heard[:, [6, 13]]
    assert lowest[0].argmax(axis=1).tolist() == [0, 2]
    assert begun[0].argmax(axis=1).tolist() == [0, 2]
    assert heard[1].max() == 1
    assert heard[1].any(axis=0).nonzero()[0].tolist() == [7]
    assert plain.tolist() == [[1, 0, 0], [0, 1, 0]]
    assert not is_silent.any()


def test_what_a_line_tells_of_its_key():
    line = [(0, 480, 67, 80), (480, 480, 72, 80), (960, 480, 71, 80), (1440, 480, 74, 80), (1920, 1920, 72, 80)]
    heard = weights_of(Score((Track(note_array(line)),)))
    assert heard.shape == (KEY_CHANNELS, 12)
    first, last, highest, phrase, first_bar, last_bar, before = heard[6:13].argmax(axis=1).tolist()
    assert (first, last, highest) == (7, 0, 0)
    assert (phrase, first_bar, last_bar, before) == (0, 7, 0, 2)


@pytest.mark.parametrize("notes", [[], [(0, 480, 38, 90)] * 4])
def test_music_without_pitch_has_no_key(notes):
    drums = Score((Track(note_array(notes), is_drum=True),)) if notes else Score()
    assert heard_key(drums, shipped_ears().of_roots("key")) == (Key(0, 0), 0.0)


def test_odd_music_is_recognised_and_silence_is_refused():
    drums = Track(note_array([(240 * n, 120, 36 + n % 3, 90) for n in range(64)]), is_drum=True)
    for score in (Score((drums,)), Score((Track(note_array([(0, 1, 127, 1)])),)), Score((Track(), drums))):
        assert recognise(score).in_words()
    with pytest.raises(RequestError, match="no notes"):
        recognise(Score((Track(),)))


def test_a_piece_is_near_itself_in_another_key():
    same, other = song(3), Score((Track(note_array([(120 * n, 120, 30 + n % 60, 90) for n in range(200)]), 30),))
    mine = vector_of(song())
    assert mine.dtype == np.float32
    assert np.linalg.norm(mine) == pytest.approx(1, abs=1e-5)
    assert mine @ vector_of(same) > 0.5 > mine @ vector_of(other)


def test_melody_is_told_note_by_note():
    left, flute = melody_of_tracks(song(), shipped_encoder())
    assert (len(left), len(flute)) == (24, 32)
    assert flute.mean() > left.mean()
    drums = Track(note_array([(0, 10, 80, 90)]), is_drum=True)
    assert melody_of_tracks(song().with_tracks([*song().tracks, drums]), shipped_encoder())[2].tolist() == [0.0]


def test_the_skyline_is_what_no_higher_note_covers():
    left, flute = skyline(song())
    assert flute.all()
    assert not left.any()


def test_a_metre_is_told_or_heard():
    ear = shipped_ears().of_classes("metre")
    told = metre_of(song(metre=Metre(0, 3, 4)), ear)
    assert (told.name, told.confidence) == ("3/4", 1.0)
    waltz = [(480 * n, 480, pitch, 80) for n in range(96) for pitch in ((40,) if n % 3 == 0 else (60, 64))]
    heard = heard_metre(Score((Track(note_array(waltz)),)), ear)
    assert heard.name == "3/4"
    assert heard.confidence < 1
    assert metre_of(Score((Track(note_array(waltz[:2])),)), ear).confidence == 0


def test_a_description_has_a_name_for_every_number():
    described = describe(note_rows(song()))
    assert len(described) == len(description_names())
    assert np.isfinite(described).all()
    assert len(describe(note_rows(song()), HISTOGRAM)) == len(description_names(HISTOGRAM)) < len(described)
    assert not describe(note_rows(Score())).any()
    assert len(set(description_names())) == sum(len(names) for names in TABLES.values())


def test_softmax_learns_and_knows_how_sure_it_may_be():
    rng = np.random.default_rng(8)
    names = [("low", "middle", "high")[n] for n in rng.integers(3, size=600)]
    x = rng.normal(size=(600, 5)) + np.array([[("low", "middle", "high").index(name)] for name in names]) * 1.5
    ear = Softmax.fit(x[:300], names[:300]).calibrated(x[300:450], names[300:450])
    right = np.array([a == b for a, b in zip(ear.named(x[450:]), names[450:], strict=True)])
    assert right.mean() > 0.8
    assert calibration_error(ear.shares(x[450:]).max(axis=1), right) < 0.12
    with pytest.raises(InputError, match="two classes"):
        Softmax.fit(x[:3], ["low"] * 3)


def test_two_ears_are_believed_alike():
    sure, unsure = (Softmax(("a", "b"), np.zeros(1), np.ones(1), np.array([[w, -w]]), np.zeros(2)) for w in (5.0, 0.0))
    ears = Ears({f"style.{view}": ear for view, ear in zip(VIEWS, (sure, unsure), strict=True)})
    one = np.ones((1, 1), dtype=np.float32)
    assert shares_of(ears, "style", one, one)[0, 0] == pytest.approx(1 / (1 + np.exp(-5)), abs=1e-3)


def test_ears_are_kept_as_they_are(tmp_path):
    save_ears(shipped_ears(), tmp_path / "ears.npz")
    again = load_ears(tmp_path / "ears.npz")
    assert again.named.keys() == shipped_ears().named.keys()
    described = describe(note_rows(song()))[None]
    for ears in (again, shipped_ears()):
        assert np.allclose(ears.of_classes("style.described").shares(described).sum(), 1)
    assert heard_key(song(), again.of_roots("key")) == heard_key(song(), shipped_ears().of_roots("key"))
    with pytest.raises(ModelError, match="must know nothing"):
        again.of_classes("nothing")


@pytest.mark.parametrize(
    "damage", [lambda b: b"", lambda b: b[: len(b) // 2], lambda b: b"not a zip", lambda b: b[:200] + bytes(99)]
)
def test_damaged_ears_are_told(tmp_path, damage):
    save_ears(Ears({"key": shipped_ears().of_roots("key")}), tmp_path / "ears.npz")
    (tmp_path / "ears.npz").write_bytes(damage((tmp_path / "ears.npz").read_bytes()))
    with pytest.raises(ModelError, match=r"ears\.npz must be the ears"):
        load_ears(tmp_path / "ears.npz")
