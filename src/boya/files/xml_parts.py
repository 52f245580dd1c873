"""The parts of a MusicXML tree: who plays, on what, at which pitch.

music21 takes instruments from names and keeps one drum per part, so this module reads the part list itself and rewrites the tree
before music21 sees it: drums become the pitch of their General MIDI key, transposing instruments their sounding pitch, and a
time-wise score a part-wise one.

Source: "MusicXML 4.0", elements midi-instrument, unpitched, transpose.
"""

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement

__all__ = ["PartInfo", "part_infos", "prepare"]

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SPELLED = (
    ("C", 0),
    ("C", 1),
    ("D", 0),
    ("E", -1),
    ("E", 0),
    ("F", 0),
    ("F", 1),
    ("G", 0),
    ("A", -1),
    ("A", 0),
    ("B", -1),
    ("B", 0),
)
_DRUM_PLACES = {"D4": 44, "F4": 36, "A4": 45, "C5": 38, "E5": 48, "F5": 51, "G5": 42, "A5": 49}
"""General MIDI key of a place on the drum staff; after N. Weinberg, "Guide to Standardized Drumset Notation", 1998."""


@dataclass
class PartInfo:
    """A line of the part list."""

    name: str = ""
    program: int | None = None
    is_drum: bool = False
    keys: dict[str, int] = field(default_factory=dict)


def part_infos(root: Element) -> dict[str, PartInfo]:
    """Return the part list by part id."""
    return {part.get("id", ""): _info(part) for part in root.iterfind("part-list/score-part")}


def _info(part: Element) -> PartInfo:
    """Name, General MIDI program and drum keys of a part."""
    info = PartInfo(" ".join(_text(part, "part-name").split()))
    for instrument in part.iterfind("midi-instrument"):
        program, channel = _whole(instrument, "midi-program"), _whole(instrument, "midi-channel")
        key = _whole(instrument, "midi-unpitched")
        if info.program is None and program is not None and 1 <= program <= 128:
            info.program = program - 1
        info.is_drum = info.is_drum or channel == 10
        if key is not None and 1 <= key <= 128:
            info.keys[instrument.get("id", "")] = key - 1
    return info


def prepare(root: Element, infos: dict[str, PartInfo]) -> Element:
    """Return the tree part by part, every pitch as it sounds; the tree given is used up."""
    if root.tag == "score-timewise":
        root = _partwise(root)
    for part in root.iterfind("part"):
        info = infos.setdefault(part.get("id", ""), PartInfo())
        shift = 0
        for measure in part.iterfind("measure"):
            shift = _sound(measure, info, shift)
        info.is_drum = info.is_drum or (bool(info.keys) and info.program is None)
    for score_part in root.iterfind("part-list/score-part"):
        for child in list(score_part):
            if child.tag != "part-name":
                score_part.remove(child)
    return root


def _partwise(root: Element) -> Element:
    """Turn measures of parts into parts of measures."""
    turned = Element("score-partwise")
    turned.extend(child for child in root if child.tag != "measure")
    parts: dict[str, Element] = {}
    for measure in root.iterfind("measure"):
        for part in measure.iterfind("part"):
            name = part.get("id", "")
            if name not in parts:
                parts[name] = SubElement(turned, "part", {"id": name})
            SubElement(parts[name], "measure", dict(measure.attrib)).extend(list(part))
    return turned


def _sound(measure: Element, info: PartInfo, shift: int) -> int:
    """Rewrite a measure to sounding pitch; return the transposition in force after it."""
    for element in measure:
        if element.tag == "attributes":
            for transpose in element.findall("transpose"):
                shift = (_whole(transpose, "chromatic") or 0) + 12 * (_whole(transpose, "octave-change") or 0)
                element.remove(transpose)
            for fifths in element.iterfind("key/fifths"):
                fifths.text = str(_moved_fifths(int(float(fifths.text or 0)), shift))
        elif element.tag == "note":
            _sound_note(element, info, shift)
    return shift


def _moved_fifths(fifths: int, shift: int) -> int:
    """The key signature that sounds; unchanged where nothing is transposed."""
    return fifths if shift % 12 == 0 else (fifths + 7 * shift + 5) % 12 - 5


def _sound_note(note: Element, info: PartInfo, shift: int) -> None:
    """Give a note its sounding pitch."""
    unpitched, pitch = note.find("unpitched"), note.find("pitch")
    if unpitched is not None:
        place = f"{_text(unpitched, 'display-step')}{_text(unpitched, 'display-octave')}"
        instrument = note.find("instrument")
        key = info.keys.get(instrument.get("id", "") if instrument is not None else "")
        only = next(iter(info.keys.values()), None) if len(info.keys) == 1 else None
        info.is_drum = True
        _write_pitch(note, unpitched, next((k for k in (key, only) if k is not None), _DRUM_PLACES.get(place, 38)))
    elif pitch is not None and shift:
        step, octave = _STEPS.get(_text(pitch, "step"), 0), int(float(_text(pitch, "octave") or 4))
        _write_pitch(note, pitch, 12 * (octave + 1) + step + round(float(_text(pitch, "alter") or 0)) + shift)


def _write_pitch(note: Element, old: Element, key: int) -> None:
    """Replace a pitch in place."""
    step, alter = _SPELLED[key % 12]
    new = Element("pitch")
    for tag, value in (("step", step), ("alter", str(alter)), ("octave", str(key // 12 - 1))):
        SubElement(new, tag).text = value
    note[list(note).index(old)] = new


def _text(element: Element, tag: str) -> str:
    """Text of a child, or nothing."""
    return (element.findtext(tag) or "").strip()


def _whole(element: Element, tag: str) -> int | None:
    """Whole number of a child, or None."""
    text = _text(element, tag)
    return int(text) if text.lstrip("-").isdecimal() and len(text) < 6 else None
