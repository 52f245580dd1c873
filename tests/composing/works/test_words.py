"""What a person may say: bands, controls, limits, metres, lengths, bars and tracks; and how wrong words are answered."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.composing.works.bands import named_as_asked, player_of, read_band
from boya.composing.works.controls import classes_of, read_controls, read_pitch, write_wishes
from boya.composing.works.habits import find_habits, heard_as, progressions_of, styles_of_metre
from boya.composing.works.lengths import Wanted, bars_and_tempo, part_ticks, read_metre
from boya.composing.works.limits import limits_of, read_limits
from boya.composing.works.selection import read_bars, read_tracks, selected
from boya.composing.works.sheets import controls_of_bars, sheet_of, tracks_of
from boya.errors import RequestError
from boya.representation.stream.vocabulary import METRES, VOCABULARY, slug
from boya.score import MODES, ROLES, Metre, Score, Section, Track, note_array
from boya.theory.instruments import instrument
from boya.theory.progressions import SECTION_KINDS
from boya.theory.roman import parse_roman

NAMES = [f"{n}/{d}" for n, d in METRES]


# Bands


@pytest.mark.parametrize(
    ("band", "players"),
    [
        ("flute, strings, piano, bass, drums", "melody=flute chords=piano bass=bass pad=strings drums=drums"),
        ("violin, violin, viola, cello", "melody=violin chords=violin bass=cello pad=viola"),
        ("piano", "melody=piano"),
        ("bass, drums", "bass=bass drums=drums"),
        ("melody=oboe, guitar, double bass", "melody=oboe chords=guitar bass=double bass"),
        ("flute, oboe, clarinet, horn, bassoon", "melody=flute chords=oboe chords=horn bass=bassoon pad=clarinet"),
        ("trumpets，violins、鼓", "melody=trumpets chords=violins drums=鼓"),
        (["flute", ("chords", "piano")], "melody=flute chords=piano"),
        ({"chords": ["piano", "guitar"], "bass": 33}, "chords=piano chords=guitar bass=33"),
        ("chords=piano, chords=guitar, chords=organ", "chords=piano chords=guitar chords=organ"),
    ],
)
def test_everyone_gets_a_part(band, players):
    pairs = read_band(band)
    assert " ".join(f"{role}={name}" for role, name in pairs if name is not None) == players
    assert [ROLES.index(role) for role, _ in pairs] == sorted(ROLES.index(role) for role, _ in pairs)
    assert read_band(list(pairs)) == pairs


def test_who_names_a_band_names_all_of_it():
    assert dict(read_band("flute, piano"))["drums"] is None
    assert "drums" not in dict(read_band("melody=flute, chords=piano"))


def test_nobody_takes_a_melody_that_is_there():
    assert dict(read_band("flute, strings", has_melody=True))["melody"] is None


@pytest.mark.parametrize(
    ("band", "message"),
    [
        ("kazooo, piano", "Kalimba|instrument must be a known name"),
        ("flutte", "did you mean Flute"),
        ("melodie=flute", "did you mean melody"),
        (["piano"] * 17, "at most 16 players; got 17"),
        (["piano"] * 300, "at most 16 players; got 300"),
        (5, "band must map"),
        ([3], "band must map"),
        ([("melody",)], "band must map"),
    ],
)
def test_bands_that_are_none(band, message):
    with pytest.raises(RequestError, match=message):
        read_band(band)


def test_low_melodies_are_for_the_composer_only():
    assert player_of("melody", "tuba", is_strict=False) == 58
    with pytest.raises(RequestError, match="role melody and instrument Tuba contradict"):
        player_of("melody", "tuba")
    with pytest.raises(RequestError, match="role bass and instrument Piccolo contradict"):
        player_of("bass", "piccolo", is_strict=False)


# Controls


def test_controls_are_read_from_text_lists_and_mappings():
    text = read_controls("B: density=high melody.register=C5; dynamics=p")
    assert text == (("B", (("", "density", "high"), ("melody", "register", 72.0))), ("", (("", "dynamics", "p"),)))
    assert read_controls(["B: density = high, melody.register=C5", "dynamics=p"]) == text
    assert read_controls({"B": {"density": "high", "melody": {"register": 72}}, "": "dynamics=p"}) == text
    assert read_controls([["B", [["", "density", "high"], ["melody", "register", 72.0]]], ["", [["", "dynamics", "p"]]]]) == text
    assert read_controls("副歌: density=高")[0][0] == "chorus"
    assert read_controls("b: density=low")[0][0] == "B"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("B: densty=high", "did you mean density"),
        ("B: density=hgh", "did you mean high"),
        ("B: density", "wishes for a section look like"),
        ("B:", "wishes for a section look like"),
        ("B: melodie.density=low", "did you mean melody"),
        ("B: density=high density=low", "B density=high and density=low contradict each other"),
        ("drums.register=low", "drums and register contradict"),
        ("register=200", "register must be 0-127"),
        ("polyphony=0", "polyphony must be 1-16"),
        ("dynamics=loudly", "did you mean loud"),
        (5, "wishes for a section look like"),
        ([3], "wishes for a section look like"),
        ({"B": 3}, "wishes for a section look like"),
        ({"B": {"density": True}}, "word for density"),
    ],
)
def test_controls_that_are_none(text, message):
    with pytest.raises(RequestError, match=message):
        read_controls(text)


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_text_is_wishes_or_an_error_of_ours(text):
    for read in (read_controls, read_limits, read_band, lambda words: read_bars(words, 8)):
        try:
            read(text)
        except RequestError:
            continue


CONTROL = st.tuples(st.sampled_from(["", "melody", "bass"]), st.sampled_from(["density", "polyphony"]), st.integers(1, 9))


@given(st.lists(CONTROL, min_size=1, max_size=6, unique_by=lambda wish: wish[:2]))
def test_wishes_survive_writing(wishes):
    (_, read), = read_controls({"": [list(wish) for wish in wishes]})  # fmt: skip
    assert read_controls(write_wishes(read)) == (("", read),)


@pytest.mark.parametrize(
    ("text", "role", "program", "expected"),
    [
        ("density=high", "melody", 73, {"density": 2}),
        ("density=high", "drums", 0, {"density": 4}),
        ("density=12", "bass", 32, {"density": 3}),
        ("register=low", "drums", 0, {}),
        ("register=low", "bass", 32, {"register": 0}),
        ("register=high", "melody", 73, {"register": 5}),
        ("register=72", "melody", 73, {"register": 4}),
        ("polyphony=high", "melody", 73, {"polyphony": 0}),  # a flute plays one note at a time
        ("polyphony=high", "chords", 0, {"polyphony": 3}),
        ("dynamics=p bass.dynamics=f", "bass", 32, {"dynamics": 3}),
        ("dynamics=p bass.dynamics=f", "melody", 73, {"dynamics": 0}),
    ],
)
def test_words_mean_what_a_track_can_do(text, role, program, expected):
    assert classes_of(read_controls(text)[0][1], role, program) == expected


def test_what_an_instrument_cannot_do_is_refused_where_it_is_meant():
    with pytest.raises(RequestError, match="polyphony=4 and instrument Flute contradict"):
        classes_of(read_controls("melody.polyphony=4")[0][1], "melody", 73)
    with pytest.raises(RequestError, match="register=20 and instrument Flute contradict"):
        classes_of(read_controls("melody.register=20")[0][1], "melody", 73)


def test_notes_have_names():
    assert [read_pitch(word) for word in ("C4", "Cb4", "B#3", "f#3", "A0", "C-1", "low", True)] == [
        60,
        59,
        60,
        54,
        21,
        0,
        None,
        None,
    ]


# Limits


def test_limits_are_read_from_text_lists_and_mappings():
    text = read_limits("melody: range=C4-G5 leap=7; drums: keys=36,38; voices=2")
    expected = (("melody", "range", (60, 79)), ("melody", "leap", (7,)), ("drums", "keys", (36, 38)), ("", "voices", (2,)))
    assert text == expected
    mapping = {"melody": {"range": (60, 79), "leap": 7}, "drums": "keys=36,38", "": {"voices": 2}}
    assert read_limits(mapping) == expected
    assert read_limits([list(row) for row in text]) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("melody: rnge=C4-G5", "did you mean range"),
        ("melody: range=G5-C4", "the lower one first"),
        ("melody: range=C4", "two pitches"),
        ("melody: range=low", "whole numbers or notes"),
        ("bass: voices=0", "voices must be a whole number 1-32"),
        ("bass: leap=x", "leap must hold whole numbers"),
        ("drums: leap=3", "drums and limit leap contradict"),
        ("drums: keys=3", "must be 27-87"),
        ("range=50-60; range=50-61", "contradict each other"),
        ("melody", "limits look like"),
        (7, "limits look like"),
    ],
)
def test_limits_that_are_none(text, message):
    with pytest.raises(RequestError, match=message):
        read_limits(text)


def test_limits_stay_within_the_instrument():
    wishes = read_limits("range=20-127; bass: range=40-50 voices=1")
    assert limits_of(wishes, "melody", 73, False) == {"lowest": instrument(73).range[0], "highest": instrument(73).range[1]}
    assert limits_of(wishes, "bass", 32, False) == {"lowest": 40, "highest": 50, "voices": 1}
    with pytest.raises(RequestError, match="limit melody range=20-30 and instrument Flute contradict"):
        limits_of(read_limits("melody: range=20-30"), "melody", 73, False)


# Metres and lengths


@pytest.mark.parametrize("name", NAMES)
def test_two_parts_of_a_bar_lie_on_steps(name):
    metre = read_metre(name)
    part = part_ticks(metre)
    assert 0 < part < metre.ticks_per_bar
    assert part % 40 == 0


@pytest.mark.parametrize("name", ["9/4", "17/16", "4/3", "0/4", "4", "four", "4/4/4", "3/32", "-3/4"])
def test_metres_that_are_none(name):
    with pytest.raises(RequestError, match="metre must be"):
        read_metre(name)


@given(st.floats(8, 300), st.sampled_from(["4/4", "3/4", "6/8", "7/8", "2/4", "12/8", "5/4"]), st.integers(60, 180))
@settings(max_examples=200, deadline=None)
def test_a_length_in_seconds_is_exact(seconds, name, usual):
    metre = read_metre(name)
    bars, qpm = bars_and_tempo(Wanted(seconds, metre), (0.7 * usual, usual, 1.4 * usual))
    assert bars * metre.ticks_per_bar / 480 * 60 / qpm == pytest.approx(seconds)
    assert 20 <= qpm <= 400


def test_what_is_wished_of_a_length_is_kept():
    four = Metre(0, 4, 4)
    assert bars_and_tempo(Wanted(30, four, bars=20), (80, 120, 160)) == (20, 160)
    assert bars_and_tempo(Wanted(45, four, qpm=128), (80, 90, 100)) == (24, 128)
    assert bars_and_tempo(Wanted(30, four, unit=12), (80, 96, 160))[0] == 12


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Wanted(30, Metre(0, 4, 4), bars=300), "bars and seconds contradict"),
        (Wanted(30, Metre(0, 4, 4), bars=20, qpm=100), "bars with qpm and seconds contradict.*last 48.00 s"),
        (Wanted(45, Metre(0, 4, 4), qpm=100), r"seconds and qpm contradict.*18 bars last 43.20 s and 19 bars last 45.60 s"),
        (Wanted(1, Metre(0, 4, 4), least=16), "seconds and form contradict.*16 bars last at least 9.60 s"),
        (Wanted(3600, Metre(0, 1, 16)), "seconds and metre contradict"),
    ],
)
def test_lengths_that_cannot_be(wanted, message):
    with pytest.raises(RequestError, match=message):
        bars_and_tempo(wanted, (80, 120, 160))


# Styles


STYLES = [find_habits(name)[0] for name in ("art song", "string quartet", "chorale", "jig", "lead sheet")]


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_a_style_of_the_composer_is_whole(style):
    low, usual, high = style.tempo
    assert low < usual < high
    assert sum(style.modes.values()) == pytest.approx(1)
    assert {s.metre for s in style.substyles} <= set(NAMES)
    assert style.metre in {s.metre for s in style.substyles}
    for substyle in style.substyles:
        words = heard_as(style.name, substyle.id)
        assert VOCABULARY.has(f"style:{slug(words[0])}")
        assert not words[1] or VOCABULARY.has(f"substyle:{slug(words[1])}")
        assert find_habits(substyle.name) == find_habits(substyle.zh) == (style, substyle)
    for mode in MODES:
        for kind in SECTION_KINDS:
            rows = progressions_of(style.name, mode, kind)
            assert rows
            assert all(parse_roman(numeral, 0, mode) for row, _ in rows for bar in row.bars for numeral in bar)


def test_metres_find_their_styles():
    assert {"waltz", "jazz", "art song", "string quartet"} <= {style.name for style in styles_of_metre("3/4")}
    assert len(styles_of_metre("11/8")) == 13


@pytest.mark.parametrize(("name", "near"), [("quartt", "string quartet"), ("jigg", "Jig"), ("blus", "Blues")])
def test_unknown_styles_are_answered_with_the_nearest(name, near):
    with pytest.raises(RequestError, match=f"did you mean.*{near}"):
        find_habits(name)


# Bars and tracks


BAND = Score(
    (
        Track(note_array([(0, 480, 60, 80)]), 73, name="Flute", role="melody"),
        Track(note_array([(0, 480, 60, 80)]), 40, name="Violin I", role="chords"),
        Track(note_array([(0, 480, 60, 80)]), 40, name="Violin II", role="chords"),
        Track(note_array([(0, 480, 36, 80)]), is_drum=True, role="drums"),
    )
)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=8))
def test_bars_are_those_that_are_named(bars):
    expected = sorted({bar - 1 for bar in bars})
    assert read_bars(", ".join(map(str, bars)), 30) == read_bars(bars, 30) == expected
    assert read_bars(f"{min(bars)}-{max(bars)}", 30) == list(range(min(bars) - 1, max(bars)))


@pytest.mark.parametrize(
    ("words", "tracks"),
    [
        ("melody, 2", [0, 1]),
        ("violin", [1, 2]),
        ("Violin II", [2]),
        ("chords", [1, 2]),
        ("drums", [3]),
        (1, [0]),
        ([4, "flute"], [0, 3]),
    ],
)
def test_tracks_have_many_names(words, tracks):
    assert read_tracks(words, BAND) == tracks


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda: read_bars("8-5", 8), "bars look like"),
        (lambda: read_bars("0", 8), "bars look like"),
        (lambda: read_bars("a-b", 8), "bars look like"),
        (lambda: read_bars("", 8), "at least one bar"),
        (lambda: read_bars("5-9", 8), "bars 5-9 and the score contradict each other: it has 8 bars"),
        (lambda: read_bars(1.5, 8), "named by words or numbers"),
        (lambda: read_tracks("5", BAND), "tracks must be 1-4"),
        (lambda: read_tracks("0", BAND), "tracks must be 1-4"),
        (lambda: read_tracks("melodie", BAND), "did you mean melody"),
        (lambda: read_tracks("tuba", BAND), "tracks must be numbers, roles or names"),
        (lambda: read_tracks(" ,", BAND), "at least one track"),
        (lambda: selected(BAND, 1, None, "melody", "1"), "tracks and locked contradict.*Flute, melody"),
        (lambda: selected(BAND, 1, None, None, "1,2,3,4"), "nothing is left to write"),
    ],
)
def test_selections_that_are_none(read, message):
    with pytest.raises(RequestError, match=message):
        read()


# Sheets


def test_a_wish_reaches_the_bars_of_its_section():
    score = Score(tracks_of([("melody", 73)]), sections=(Section(0, 1920, "A"), Section(1920, 3840, "B")))
    sheet = sheet_of(score, 3, ("", ""), controls="dynamics=p; B: dynamics=f density=4")
    assert sheet.wishes[:, 0].tolist() == [[-1, -1, -1, 0], [1, -1, -1, 3], [1, -1, -1, 3]]
    with pytest.raises(RequestError, match=r"sections of the score \(A B\)"):
        sheet_of(score, 3, ("", ""), controls="C: dynamics=f")


def test_nothing_wished_is_nothing_told():
    assert controls_of_bars(tracks_of([("melody", 73)]), [(), ()]) is None


def test_a_scale_is_named_or_that_of_the_key():
    score = Score(tracks_of([("melody", 73)]))
    assert sheet_of(score, 1, ("", ""), scale="key").limits.scale == "key"
    assert sheet_of(score, 1, ("", ""), scale="blues").limits.scale == frozenset({0, 3, 5, 6, 7, 10})
    with pytest.raises(RequestError, match="blues"):
        sheet_of(score, 1, ("", ""), scale="bluse")


def test_drums_have_no_chord_tones():
    limits = sheet_of(Score(tracks_of([("chords", 0), ("drums", 0)])), 1, ("", ""), chord_tones="all").limits
    assert [limits.of(number).chord_tones for number in (0, 1)] == ["all", None]
    assert np.array_equal([t.is_drum for t in tracks_of([("chords", 0), ("drums", 0)])], [False, True])


def test_tracks_are_called_what_was_asked_for():
    tracks = [Track(role=role, name="as it was") for role in ("melody", "chords", "chords", "bass")]
    band = read_band({"melody": "erhu", "chords": ["pipa", "any"], "bass": "any"})
    assert [track.name for track in named_as_asked(tracks, band)] == ["Erhu", "Pipa", "as it was", "as it was"]
    twins = read_band("violin, violin, cello")
    assert [track.name for track in named_as_asked(tracks[:2] + tracks[3:], twins)] == ["Violin 1", "Violin 2", "Cello"]


def test_who_is_missing_in_general_midi_is_stood_in_for():
    assert [player_of("chords", name) for name in ("pipa", "琵琶", "sheng")] == [106, 106, 20]
    with pytest.raises(RequestError, match="known name"):
        player_of("chords", "pipasaurus")
