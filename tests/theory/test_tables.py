"""Every name that a knowledge table uses exists, and every row has what it needs."""

import pytest

from boya.errors import InputError
from boya.score import MODES, ROLES
from boya.theory.chords import chord_name, parse_chord
from boya.theory.instruments import REGISTERS, find_instrument, instrument, instruments, playing_range
from boya.theory.keys import parse_key
from boya.theory.progressions import SECTION_KINDS, progressions, progressions_for, section_kind
from boya.theory.roman import is_roman, parse_roman
from boya.theory.styles import find_style, style_names, styles
from boya.theory.tables import folded, load_table, nearest_names

FAMILIES = {"jazz", "electronic", "country", "tango", "march", "ska", "rock", "gospel", "blues", "pop", "funk", "latin", "waltz"}


def test_instruments_are_the_128_programs():
    assert [i.program for i in instruments()] == list(range(128))
    assert len({i.name for i in instruments()}) == len({i.zh for i in instruments()}) == 128
    assert [i.name for i in instruments() if i.family == "brass"][:2] == ["Trumpet", "Trombone"]


@pytest.mark.parametrize("entry", instruments(), ids=lambda entry: entry.name)
def test_ranges_of_an_instrument(entry):
    assert 0 <= entry.range[0] <= entry.comfortable[0] < entry.comfortable[1] <= entry.range[1] <= 127
    assert entry.comfortable[1] - entry.comfortable[0] >= 12
    assert entry.polyphony >= 1
    assert set(entry.roles) <= set(ROLES) - {"drums"}
    for role in REGISTERS:
        low, high = playing_range(entry.program, role)
        assert entry.comfortable[0] <= low < high <= entry.comfortable[1]
        assert high - low >= 12


def test_instruments_are_found_by_many_names():
    for name, program in [
        ("Flute", 73),
        ("acoustic guitar (nylon)", 24),
        ("吉他", 24),
        ("sax", 65),
        ("0", 0),
        (127, 127),
        ("古筝", 107),
    ]:
        assert find_instrument(name).program == program
    for row in load_table("instruments")["instrument"]:
        assert find_instrument(row["name"]).program == row["program"]
    with pytest.raises(InputError, match="Flute"):
        find_instrument("flutte")
    with pytest.raises(InputError, match="0-127"):
        instrument(128)
    with pytest.raises(InputError, match="role"):
        playing_range(0, "drums")


def test_the_families_are_those_of_the_band_collection():
    assert set(style_names()) == FAMILIES
    assert style_names("3/4") == ("waltz",)
    assert sum(len(s.substyles) for s in styles()) == 92


@pytest.mark.parametrize("style", styles(), ids=lambda style: style.name)
def test_a_style_names_only_what_exists(style):
    low, usual, high = style.tempo
    assert 40 <= low <= usual <= high <= 240
    assert sum(style.modes.values()) == pytest.approx(1)
    for mode, keys in style.keys.items():
        assert mode in MODES
        assert all(parse_key(f"{name} {mode}")[1] == mode and weight > 0 for name, weight in keys)
    assert set(style.programs) == set(ROLES) - {"drums"}
    for choice in style.programs.values():
        assert choice
        assert all(0 <= program <= 127 and weight > 0 for program, weight in choice)
    assert 0 <= style.drums <= 1
    assert style.forms
    assert all(form.units and form.weight > 0 for form in style.forms)
    for mode in MODES:
        for kind in SECTION_KINDS:
            assert progressions_for(style.name, mode, kind)


@pytest.mark.parametrize("style", styles(), ids=lambda style: style.name)
def test_a_style_is_found_by_every_name_of_its_substyles(style):
    assert find_style(style.name.upper()) == (style, None)
    assert find_style(style.zh) == (style, None)
    for substyle in style.substyles:
        for name in (substyle.name, substyle.zh):
            found, named = find_style(name)
            assert found.name == style.name
            assert named in (substyle, None)


def test_styles_by_everyday_names():
    for name, family, substyle in [
        ("Bossa Nova", "latin", "BossaNova"),
        ("波萨诺瓦", "latin", "BossaNova"),
        ("华尔兹", "waltz", None),
    ]:
        style, found = find_style(name)
        assert (style.name, None if found is None else found.id) == (family, substyle)
    with pytest.raises(InputError, match="did you mean jazz"):
        find_style("jaz")


@pytest.mark.parametrize("progression", progressions(), ids=lambda p: p.name)
def test_a_progression_can_be_read(progression):
    assert progression.mode in MODES
    assert set(progression.styles) <= FAMILIES
    assert set(progression.sections) <= set(SECTION_KINDS)
    assert progression.source
    for bar in progression.bars:
        assert 1 <= len(bar) <= 2
        for numeral in bar:
            chord = parse_roman(numeral, 5, progression.mode)
            assert parse_chord(chord_name(*chord))[:2] == chord[:2]


def test_progressions_have_one_name_each():
    names = [p.name for p in progressions()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("numeral", "tonic", "mode", "chord"),
    [
        ("I", 0, "major", (0, "maj")),
        ("ii7", 10, "major", (0, "min7")),
        ("V7/V", 0, "major", (2, "7")),
        ("bVII", 0, "major", (10, "maj")),
        ("#ivo7", 0, "major", (6, "dim7")),
        ("VI", 9, "minor", (5, "maj")),
        ("bVI", 9, "minor", (5, "maj")),
        ("vii°", 9, "minor", (8, "dim")),
        ("VII", 9, "minor", (7, "maj")),
        ("iiø7", 9, "minor", (11, "hdim7")),
        ("V+", 0, "major", (7, "aug")),
        ("IV", 2, "dorian", (7, "maj")),
        ("VII", 7, "mixolydian", (5, "maj")),
        ("Imaj7", 5, "major", (5, "maj7")),
    ],
)
def test_roman_numerals(numeral, tonic, mode, chord):
    assert parse_roman(numeral, tonic, mode)[:2] == chord


@pytest.mark.parametrize("text", ["", "VIII", "Q", "iI", "C", "Ibananas", "V7/", "1"])
def test_what_is_no_numeral_is_refused(text):
    with pytest.raises(InputError, match="Roman numeral"):
        parse_roman(text, 0)


def test_numerals_and_chord_symbols_are_told_apart():
    assert all(is_roman(p) for p in ("I", "vi", "bVII", "V7/V"))
    assert not any(is_roman(p) for p in ("C", "Bb", "Am7", "Dm", "N.C.", "F#m7b5"))


def test_kinds_of_sections():
    assert [section_kind(label) for label in ("A", "A'", "verse", "B", "bridge", "intro", "outro")] == [
        *["statement"] * 3,
        *["contrast"] * 2,
        "intro",
        "outro",
    ]


def test_names_are_compared_without_case_and_separators():
    assert folded("Cha-cha") == folded("cha CHA") == folded("ChaCha")
    assert nearest_names("xyzzy", ["jazz", "rock"]) == []
