"""Analyses written by hand are read."""

import pytest

from boya.errors import FormatError
from boya.theory.analysis.roman_text import measure_starts, parse_roman_text

TEXT = """Composer: nobody
Time Signature: 4/4
m0 b4 G: I
m1 V6 b2.5 vi6/5 || b3 e: i[no3]
m1var1 IV
Note: m9 b1 V
m2-3 = m1-2
m4 ( V/V ) ?(C: b2 bbb Ger65
"""


def test_keys_beats_and_numerals():
    labels = parse_roman_text(TEXT)
    assert [(x.measure, x.beat, x.tonic, x.mode, x.chord.degree) for x in labels[:4]] == [
        (0, 4, 7, "major", "I"),
        (1, 1, 7, "major", "V"),
        (1, 2.5, 7, "major", "vi"),
        (1, 3, 4, "minor", "i"),
    ]
    assert [x.measure for x in labels[4:7]] == [2, 2, 2]
    assert (labels[-2].chord.degree, labels[-2].chord.of, labels[-1].chord.degree) == ("V", "V", "Ger")


@pytest.mark.parametrize("text", ["", "m1 nothing here", "Note: m1 G: I", "m1 V"])
def test_a_text_without_numerals_in_a_key_is_refused(text):
    with pytest.raises(FormatError, match="RomanText"):
        parse_roman_text(text)


def test_measures_are_numbered_as_printed():
    assert measure_starts([1920, 1920]) == {1: 0, 2: 1920}
    assert measure_starts([480, 1920, 1920]) == {0: 0, 1: 480, 2: 2400}
    assert measure_starts([]) == {}
