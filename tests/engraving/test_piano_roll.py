import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.engraving import piano_roll_svg
from boya.engraving.piano_roll import ROLE_COLOURS
from boya.errors import InputError
from boya.score import ROLES, Chord, Key, Metre, Score, Section, Tempo, Timeline, Track, note_array

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "<script>alert(1)</script>",
    '"/><image href="http://example.com/x"/>',
    "]]>&nbsp;&#0;",
    "a\x00b\x1fc\ud800d\ufffe",
    "\u202egnp.exe",
    "音" * 500,
    "\n\t ",
]


def words(picture):
    """All the words of a picture."""
    return [node.text for node in ET.fromstring(picture).iter(f"{SVG}text")]


def notes_of(picture):
    """The rectangles inside groups: the pitched notes."""
    return [r for group in ET.fromstring(picture).iter(f"{SVG}g") for r in group.findall(f"{SVG}rect")]


def melody(n_bars=4, **fields):
    notes = [(480 * i, 480, 60 + i % 12, 20 + 13 * (i % 8)) for i in range(4 * n_bars)]
    return Score((Track(note_array(notes), program=40, role="melody"),), **fields)


note = st.tuples(st.integers(0, 50_000), st.integers(1, 9000), st.integers(0, 127), st.integers(1, 127))
track = st.builds(
    lambda notes, program, is_drum, name, role: Track(note_array(notes), program, is_drum, name, role),
    st.lists(note, max_size=12),
    st.integers(0, 127),
    st.booleans(),
    st.text(max_size=30),
    st.sampled_from(["", *ROLES]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(track, max_size=5), st.integers(1, 12), st.sampled_from([2, 4, 8, 16]), st.integers(480, 2000))
def test_any_score_is_a_well_formed_picture_inside_its_frame(tracks, numerator, denominator, width):
    score = Score(tuple(tracks), timeline=Timeline.of(metres=[Metre(0, numerator, denominator)]))
    picture = piano_roll_svg(score, width=width)
    height = float(ET.fromstring(picture).attrib["height"])
    for shape in ET.fromstring(picture).iter(f"{SVG}rect"):
        x, y, wide, high = (float(shape.attrib[k]) for k in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide <= width
        assert 0 <= y <= y + high <= height
    assert picture == piano_roll_svg(score, width=width)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_stay_words(name):
    spans = {"chords": (Chord(0, 1920, 0, name),), "sections": (Section(0, 1920, name),)}
    score = Score((Track(note_array([(0, 480, 60, 80)]), name=name),), title=name, composer=name, **spans)
    picture = piano_roll_svg(score)
    kinds = {node.tag.removeprefix(SVG) for node in ET.fromstring(picture).iter()}
    assert kinds <= {"svg", "title", "rect", "path", "text", "g"}
    assert not {a for node in ET.fromstring(picture).iter() for a in node.attrib if "href" in a or a.startswith("on")}
    assert picture.isprintable() or set(picture) - {"\n"} == {c for c in picture if c.isprintable()}


def test_every_note_is_drawn_once_and_louder_is_denser():
    picture = piano_roll_svg(melody(4))
    assert len(notes_of(picture)) == 16
    opacities = [float(g.attrib["fill-opacity"]) for g in ET.fromstring(picture).iter(f"{SVG}g") if "fill-opacity" in g.attrib]
    assert opacities == sorted(opacities)
    assert len(opacities) == 5


def test_a_note_across_a_row_is_drawn_in_both():
    score = Score((Track(note_array([(0, 1920 * 4, 60, 80)])),))
    assert len(notes_of(piano_roll_svg(score, bars_per_row=2))) == 2


def test_notes_stand_at_their_times():
    notes = note_array([(0, 480, 60, 80), (480, 240, 62, 80), (1680, 240, 64, 80)])
    shapes = notes_of(piano_roll_svg(Score((Track(notes),)), bars_per_row=1))
    (a, long), (b, short), (c, _) = ((float(r.attrib["x"]), float(r.attrib["width"])) for r in shapes)
    assert (c - a) / (b - a) == pytest.approx(3.5, abs=0.01)
    assert long / short == pytest.approx(2, abs=0.02)


def test_bars_names_chords_and_sections_are_written():
    chords = (Chord(0, 1920, 9, "min7"), Chord(1920, 1920, 2, "7", 6), Chord(3840, 1920, None, ""))
    timeline = Timeline.of([Tempo(0, 96.0)], [Metre(0, 4, 4)], [Key(0, 9, "minor")])
    score = melody(4, chords=chords, sections=(Section(0, 7680, "Verse"),), title="Morning", timeline=timeline)
    written = words(piano_roll_svg(score))
    assert {"Morning", "1", "2", "3", "4", "Am7", "D7/F#", "N.C.", "Verse", "Violin", "melody", "C4"} <= set(written)
    assert "A minor · 4/4 · 96 qpm · 4 bars · 0:10" in [re.sub(r"\s+", " ", w) for w in written]


def test_assumed_keys_are_not_claimed():
    assert not [w for w in words(piano_roll_svg(melody())) if "major" in w]


def test_drums_get_diamonds_and_the_names_of_their_lines():
    drums = Track(note_array([(0, 60, 36, 100), (480, 60, 38, 60), (960, 60, 42, 80), (1440, 60, 110, 80)]), is_drum=True)
    picture = piano_roll_svg(Score((drums,)))
    assert {"kick", "snare", "closed hat", "percussion"} <= set(words(picture))
    assert sum(path.attrib["d"].count("z") for path in ET.fromstring(picture).iter(f"{SVG}path")) == 4


def test_roles_have_colours_that_differ_and_melody_comes_first():
    parts = [Track(note_array([(0, 480, 50, 80)]), role=role, is_drum=role == "drums", name=role.upper()) for role in ROLES[::-1]]
    picture = piano_roll_svg(Score(tuple(parts)))
    assert [w for w in words(picture) if w.isupper() and w.lower() in ROLES] == ["MELODY", "CHORDS", "PAD", "BASS", "DRUMS"]
    assert len(set(ROLE_COLOURS.values())) == len(ROLE_COLOURS)
    assert all(colour in picture for role, colour in ROLE_COLOURS.items() if role)


@pytest.mark.parametrize(("n_bars", "rows"), [(4, 1), (10, 1), (16, 2), (33, 3), (500, 8)])
def test_long_pieces_wrap(n_bars, rows):
    assert words(piano_roll_svg(melody(n_bars))).count("Violin") == rows


def test_the_longest_piece_is_a_small_picture():
    picture = piano_roll_svg(Score((Track(note_array([(0, 480, 60, 80), (2**30, 480, 60, 80)])),)))
    assert len(picture) < 200_000


def test_many_tracks_are_counted_not_drawn():
    picture = piano_roll_svg(Score(tuple(Track(note_array([(0, 480, 60, 80)]), name=f"T{i}") for i in range(30))))
    assert "T23" in words(picture)
    assert "T24" not in words(picture)
    assert any("6 more tracks" in w for w in words(picture))


def test_an_empty_score_says_so():
    assert "no notes" in words(piano_roll_svg(Score(title="Rest")))
    assert "no notes" in words(piano_roll_svg(Score(chords=(Chord(0, 1920, 0),))))


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(InputError, match="width must be"):
        piano_roll_svg(Score(), width=10)
    with pytest.raises(InputError, match="bars_per_row must be"):
        piano_roll_svg(Score(), bars_per_row=0)
