import sys
from xml.etree import ElementTree as ET

import pytest

from boya.engraving import notation, sheet_music_svg
from boya.errors import FormatError, InputError, MissingExtraError
from boya.score import Score, Track, note_array

SCORE = Score((Track(note_array([(480 * i, 480, p, 80) for i, p in enumerate((60, 62, 64, 65, 67, 67, 67))]), role="melody"),))

MUSICXML = """<?xml version="1.0" encoding="UTF-8"?>
<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Voice</part-name></score-part></part-list>
<part id="P1"><measure number="1"><attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time>
<clef><sign>G</sign><line>2</line></clef></attributes>
<note><pitch><step>C</step><octave>4</octave></pitch><duration>4</duration><type>whole</type></note></measure></part>
</score-partwise>"""


def test_music_xml_becomes_pages_with_a_note_each_time_the_same():
    pytest.importorskip("verovio")
    pages = notation._engraved(MUSICXML, 2100, 2970, 40)
    assert len(pages) == 1
    kinds = [n.attrib.get("class") for n in ET.fromstring(pages[0]).iter()]
    assert kinds.count("note") == 1
    assert pages == notation._engraved(MUSICXML, 2100, 2970, 40)


def test_a_score_becomes_sheet_music():
    pytest.importorskip("verovio")
    pytest.importorskip("music21")
    pages = sheet_music_svg(SCORE)
    assert sum(n.attrib.get("class") == "note" for page in pages for n in ET.fromstring(page).iter()) == 7


def test_what_is_not_music_xml_is_refused():
    pytest.importorskip("verovio")
    with pytest.raises(FormatError, match="quantize"):
        notation._engraved("<nothing/>", 2100, 2970, 40)


def test_without_verovio_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "verovio", None)
    with pytest.raises(MissingExtraError, match=r"boya\[scores\]"):
        notation._engraved(MUSICXML, 2100, 2970, 40)


def test_what_cannot_be_engraved_is_refused():
    with pytest.raises(InputError, match="at least one note"):
        sheet_music_svg(Score())
    with pytest.raises(InputError, match="scale 10-200"):
        sheet_music_svg(SCORE, scale=1)
