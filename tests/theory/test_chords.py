"""Chord symbols: every spelling of the shared collections, and one name per set of degrees."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.errors import InputError
from boya.theory.chords import chord_name, chord_pitch_classes, parse_chord, qualities, quality_degrees

PITCH_CLASSES = st.integers(0, 11)
DEGREES = st.sets(
    st.builds(lambda mark, n: f"{mark}{n}", st.sampled_from(["", "b", "#", "bb"]), st.integers(1, 13)), min_size=1, max_size=8
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C", (0, "maj", None)),
        ("Cm", (0, "min", None)),
        ("Bb:min7/5", (10, "min7", 5)),
        ("Bbm7/F", (10, "min7", 5)),
        ("B-7", (10, "7", None)),
        ("E-7", (3, "7", None)),
        ("Em7", (4, "min7", None)),
        ("Bb-7", (10, "min7", None)),
        ("F#m7b5", (6, "hdim7", None)),
        ("G:sus4(b7)", (7, "sus4(b7)", None)),
        ("A:minmaj7/b3", (9, "minmaj7", 0)),
        ("B-sus/C add 7", (10, "sus4(b7)", 0)),
        ("D7/E alter b5", (2, "7(*5,b5)", 4)),
        ("Eø7/B--", (4, "hdim7", 9)),
        ("C6/9/E", (0, "maj6(9)", 4)),
        ("C/9", (0, "maj(9)", None)),
        ("C:(1,3,5,b7)", (0, "7", None)),
        ("Ab△7", (8, "maj7", None)),
        ("G♯ø", (8, "hdim7", None)),
        ("Cpedal", (0, "1", None)),
        ("Cx", (2, "maj", None)),
    ],
)
def test_reads_harte_lead_sheet_and_music21(text: str, expected: tuple[int, str, int | None]) -> None:
    assert parse_chord(text) == expected


@pytest.mark.parametrize("text", ["N", "NC", "N.C.", " N "])
def test_no_chord(text: str) -> None:
    assert parse_chord(text) == (None, "", None)
    assert chord_name(None) == "N.C."


@pytest.mark.parametrize(
    "text", ["", "H", "Cfoo", "C:foo", "C:min7(", "C:(x)", "C/", "C:maj(*1,*3,*5)", "C" * 500, "major", "C7 alter", "\0", "C/H"]
)
def test_what_is_no_chord_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="chord symbol looks like"):
        parse_chord(text)


def test_unknown_quality_is_refused() -> None:
    with pytest.raises(InputError, match="quality looks like"):
        chord_pitch_classes(0, "foo")
    with pytest.raises(InputError, match="quality looks like"):
        chord_name(0, "")


@pytest.mark.parametrize(
    ("quality", "expected"),
    [
        ("maj", (0, 4, 7)),
        ("min7", (0, 3, 7, 10)),
        ("dim7", (0, 3, 6, 9)),
        ("9", (0, 4, 7, 10, 2)),
        ("7(b9)", (0, 4, 7, 10, 1)),
        ("5", (0, 7)),
    ],
)
def test_pitch_classes(quality: str, expected: tuple[int, ...]) -> None:
    assert chord_pitch_classes(0, quality) == expected
    assert chord_pitch_classes(2, quality) == tuple((p + 2) % 12 for p in expected)


def test_the_table_holds_together() -> None:
    suffixes = [s for q in qualities().values() for s in (q.lead, *q.also)]
    assert len(suffixes) == len(set(suffixes))
    assert len({frozenset(q.degrees) for q in qualities().values()}) == len(qualities())
    for name, quality in qualities().items():
        assert set(quality_degrees(name)) == set(quality.degrees)
        for suffix in (quality.lead, *quality.also):
            if not suffix.startswith(("-", "#")):
                assert parse_chord(f"A{suffix}") == (9, name, None), suffix


@given(PITCH_CLASSES, st.sampled_from(sorted(qualities())), st.none() | PITCH_CLASSES, st.booleans())
def test_lead_sheet_names_read_back(root: int, quality: str, bass: int | None, sharps: bool) -> None:
    assert parse_chord(chord_name(root, quality, bass, sharps=sharps)) == (root, quality, bass)


@settings(max_examples=300, deadline=None)
@given(PITCH_CLASSES, DEGREES, st.none() | PITCH_CLASSES)
def test_any_set_of_degrees_has_one_name_that_reads_back(root: int, degrees: set[str], bass: int | None) -> None:
    _, quality, _ = parse_chord(f"C:({','.join(sorted(degrees))})")
    assert parse_chord(f"C:{quality}") == (0, quality, None)
    assert parse_chord(chord_name(root, quality, bass)) == (root, quality, bass)
    assert all(0 <= p <= 11 for p in chord_pitch_classes(root, quality))


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        root, quality, bass = parse_chord(text)
    except InputError:
        return
    assert (root is None) == (quality == "")
    assert bass is None or 0 <= bass <= 11
