"""MusicXML bytes to an element tree that is safe to hand on.

Refused: definitions of entities, other documents than a score, nesting deeper than 64, more elements or notes than the limits
allow, numbers no score needs. Nothing outside the bytes is ever opened. Elements that say how a page looks are dropped: what
is left is what sounds, and what a lead sheet names.

Source: W3C Music Notation Community Group, "MusicXML 4.0", 2021; "Billion laughs" and its kin: C. Wysopal et al., CAPEC-197.
"""

import re
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from boya.errors import FormatError, LimitError
from boya.files.limits import Limits
from boya.files.sniff import looks_like

__all__ = ["checked_tree"]

_MAX_DEPTH = 64
_ELEMENTS_PER_NOTE = 60
_MAX_TIMES = 8
_NUMBERS = {
    "divisions": (1e-3, 1e6),
    "duration": (0, 1e7),
    "beats": (1, 255),
    "beat-type": (1, 64),
    "fifths": (-7, 7),
    "alter": (-4, 4),
    "root-alter": (-4, 4),
    "bass-alter": (-4, 4),
    "degree-alter": (-4, 4),
    "degree-value": (0, 99),
    "octave": (-1, 10),
    "display-octave": (-1, 10),
    "offset": (-1e7, 1e7),
    "actual-notes": (1, 1000),
    "normal-notes": (1, 1000),
    "chromatic": (-48, 48),
    "diatonic": (-48, 48),
    "octave-change": (-4, 4),
    "staves": (1, 64),
    "staff": (1, 64),
    "inversion": (0, 16),
}
_NOTE_PARTS = "grace chord pitch unpitched rest duration tie instrument voice type dot accidental time-modification staff cue"
_KEPT = {
    "score-partwise": "work movement-number movement-title identification part-list part",
    "score-timewise": "work movement-number movement-title identification part-list measure",
    "identification": "creator rights",
    "measure": "attributes note backup forward direction barline harmony sound part",
    "part": "measure attributes note backup forward direction barline harmony sound",
    "attributes": "divisions key time staves clef transpose",
    "note": _NOTE_PARTS,
    "direction": "direction-type offset sound staff",
    "direction-type": "metronome rehearsal segno coda words",
    "barline": "bar-style repeat ending segno coda",
    "harmony": "root bass kind degree offset staff inversion",
    "score-part": "part-name score-instrument midi-instrument",
}
_KEPT_CHILDREN = {parent: frozenset(names.split()) for parent, names in _KEPT.items()}


def checked_tree(data: bytes, limits: Limits) -> ElementTree.Element:
    """Return the root of a MusicXML document without its looks.

    Raises
    ------
    FormatError
        if it is no MusicXML, or plays tricks.
    LimitError
        if it is too large.

    Examples
    --------
    >>> checked_tree(b"<score-partwise><part-list/></score-partwise>", Limits()).tag
    'score-partwise'
    """
    if len(data) > limits.unpacked_bytes:
        raise LimitError(f"a MusicXML document may have {limits.unpacked_bytes} bytes; it has {len(data)}")
    guard = _Guard(limits)
    try:
        guard.parser.Parse(data, True)
        root = ElementTree.fromstring(data)
    except (expat.ExpatError, ElementTree.ParseError, ValueError, LookupError) as error:
        raise FormatError(f"a MusicXML file must be well-formed XML; this looks like {looks_like(data)}: {error}") from error
    _prune(root)
    return root


class _Guard:
    """Counts and refuses while expat reads."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.depth = self.n_elements = self.n_notes = 0
        self.text: list[str] = []
        parser: Any = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.EntityDeclHandler = self.refuse_entity
        parser.ExternalEntityRefHandler = self.refuse_entity
        self.parser = parser

    def refuse_entity(self, *_: object) -> int:
        """No entity is ever defined in a score."""
        raise FormatError("a MusicXML file may not define or load entities; this one does. It may be an attack: do not open it.")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Count an element and look at its attributes."""
        self.text = []
        if self.depth == 0 and name not in ("score-partwise", "score-timewise"):
            raise FormatError(f"a MusicXML file holds a score-partwise or score-timewise; this one holds {name[:40]!r}")
        self.depth += 1
        self.n_elements += 1
        self.n_notes += name in ("note", "measure", "harmony", "direction", "attributes")
        if self.depth > _MAX_DEPTH:
            raise FormatError(f"a MusicXML file is nested at most {_MAX_DEPTH} deep; this one is deeper")
        if self.n_notes > self.limits.text_notes or self.n_elements > self.limits.text_notes * _ELEMENTS_PER_NOTE:
            raise LimitError(f"a MusicXML file may have {self.limits.text_notes} notes, measures and signs; this one has more")
        if name == "repeat":
            _check_number("times", attributes.get("times", "2"), 0, _MAX_TIMES)
        if name == "ending" and not re.fullmatch(r"[ ,.\d]{0,24}", attributes.get("number", "")):
            raise FormatError(f"an ending is numbered like 1, 2; found {attributes['number'][:40]!r}")

    def characters(self, text: str) -> None:
        """Keep the text of the element, as far as a number goes."""
        if len(self.text) < 4:
            self.text.append(text[:64])

    def end(self, name: str) -> None:
        """Check an element that holds a number."""
        self.depth -= 1
        bounds = _NUMBERS.get(name)
        text = "".join(self.text).strip()
        if bounds and text and not (name == "beats" and "+" in text):
            _check_number(name, text, *bounds)
        self.text = []


def _check_number(name: str, text: str, low: float, high: float) -> None:
    """Raise unless the text is a number in its range."""
    if not re.fullmatch(r"[-+]?\d{1,9}(\.\d{0,9})?", text.strip()) or not low <= float(text) <= high:
        raise FormatError(f"<{name}> must be a number {low:g} to {high:g}; found {text[:40]!r}")


def _prune(root: ElementTree.Element) -> None:
    """Drop what is only looked at."""
    for element in list(root.iter()):
        kept = _KEPT_CHILDREN.get(element.tag)
        if kept is not None:
            for child in [child for child in element if child.tag not in kept]:
                element.remove(child)
