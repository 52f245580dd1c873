"""MusicXML (`.musicxml`, `.xml`): read through music21 behind a guard, written by ourselves.

Read: pitch, onset, duration, part names, General MIDI programs, tempo, metre, key, chord symbols, rehearsal marks; repeats are
played out. Written: MusicXML 4.0, part-wise, from the grid of 1/12 quarter. Roles are not kept, and velocities only roughly.

Writing needs no music21: `xml_writer` does it with the standard library.
Source: "MusicXML 4.0", W3C, 2021.
"""

from typing import Any

from boya.errors import FormatError
from boya.files.limits import Limits
from boya.files.sniff import looks_like
from boya.files.streams import music21, no_foreign_errors, score_of, track_of
from boya.files.xml_guard import checked_tree
from boya.files.xml_parts import PartInfo, part_infos, prepare
from boya.files.xml_writer import document
from boya.score import Score, Track

__all__ = ["decode", "encode"]

_NOT_XML = ("MIDI", "a zip archive", "an empty zip archive", "JSON", "HTML", "PDF", "ABC", "text")


def decode(data: bytes, limits: Limits) -> Score:
    """Read a MusicXML document.

    Raises
    ------
    FormatError
        if it is none, or holds what no score needs.
    LimitError
        if it is too large.
    MissingExtraError
        if music21 is not installed.
    """
    seen = looks_like(data)
    if seen in _NOT_XML:
        hint = " Compressed MusicXML ends in .mxl." if "zip" in seen else ""
        raise FormatError(f"a MusicXML file is an XML text; this looks like {seen}. Check the suffix.{hint}")
    tree = checked_tree(data, limits)
    importer = music21("musicxml.xmlToM21").MusicXMLImporter()
    with no_foreign_errors("MusicXML"):
        infos = part_infos(tree)
        importer.xmlRootToScore(prepare(tree, infos), importer.stream)
        owners = {id(part): name.split("-Staff", maxsplit=1)[0] for name, part in importer.m21PartObjectsById.items()}
        return score_of(importer.stream, limits, lambda part, _: _track(part, infos.get(owners.get(id(part), ""), PartInfo())))


def encode(score: Score) -> bytes:
    """Write a MusicXML document from the score on the grid of 1/12 quarter.

    Raises
    ------
    InputError
        if a chord has an unknown quality.

    Examples
    --------
    >>> encode(Score())[:38]
    b"<?xml version='1.0' encoding='UTF-8'?>"
    """
    return document(score)


def _track(part: Any, info: PartInfo) -> Track:
    """A part with what the part list says about it; staves of one part are tracks of one name."""
    return track_of(part, info.program or 0, info.is_drum, info.name)
