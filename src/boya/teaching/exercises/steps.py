"""Chords as steps of a key: a Roman numeral and its inversion, with the figures of thorough bass.

Conventions: a numeral is read as by `boya.theory.figured` (`V7`, `viio7`, `V7/V`); the inversion is 0-3; the label replaces the
seventh by the figures of the bass: `V7` in first inversion is `V6/5`. Source: W. Piston, "Harmony", 1941, on figured bass.
"""

import re
from dataclasses import dataclass

from boya.errors import InputError
from boya.teaching.spelling import Note, chord_notes
from boya.theory.figured import parse_figured

__all__ = ["FIGURES", "Step", "read_step", "read_steps", "same_numeral"]

FIGURES = {3: ("5/3", "6", "6/4"), 4: ("7", "6/5", "4/3", "4/2"), 5: ("9", "", "", "")}
"""Figures of a chord of so many notes in each inversion."""
_SHOWN = {3: ("", "6", "6/4"), 4: ("7", "6/5", "4/3", "4/2")}
_NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii")
_NUMERAL = re.compile(r"(?P<mark>[b#]*)(?P<numeral>[IViv]+)(?P<sign>[oø+]?)(?P<figures>[\d/]*?)(?:/(?P<of>[b#]?[IViv]+))?$")


@dataclass(frozen=True)
class Step:
    """A chord of a progression.

    >>> Step("V7", 1).label, Step("V7/V", 1).label, Step("viio7").label, Step("ii", 1).label
    ('V6/5', 'V6/5/V', 'viio7', 'ii6')
    """

    numeral: str
    inversion: int = 0

    @property
    def label(self) -> str:
        """The numeral with the figures of its inversion."""
        head, slash, of = self.numeral.partition("/")
        size = 4 if head.endswith("7") else 3
        return head.removesuffix("7") + _SHOWN[size][self.inversion] + slash + of

    @property
    def figures(self) -> str:
        """The figures of the bass: all of them, such as 5/3."""
        return FIGURES[4 if self.numeral.partition("/")[0].endswith("7") else 3][self.inversion]

    def chord(self, tonic: int, mode: str) -> tuple[int, str, int]:
        """Return root, quality and bass as pitch classes.

        >>> Step("V7", 1).chord(0, "major")
        (7, '7', 11)
        """
        found = parse_figured(self.label, tonic, mode)
        return found.root, found.quality, found.bass

    def notes(self, tonic: Note, mode: str) -> tuple[Note, ...]:
        """Return the spelled notes above the root, root first.

        >>> [note.class_name for note in Step("V7/V").notes(Note(0, 4), "major")]
        ['D', 'F#', 'A', 'C']
        """
        root, quality, _ = self.chord(tonic.pitch_class, mode)
        match = _NUMERAL.match(self.numeral)
        if match is None:
            raise InputError(f"a numeral looks like V7 or viio7; got {self.numeral!r:.40}")
        letters = _NUMERALS.index(match["numeral"].lower())
        letters += _NUMERALS.index(match["of"].lstrip("b#").lower()) if match["of"] else 0
        octave = letters // 7 * 12
        return chord_notes(tonic.up(letters, octave + (root - tonic.pitch_class - octave) % 12), quality)


def read_step(label: str) -> Step:
    """Read a numeral with figures.

    >>> read_step("V6/5/V"), read_step("ii6"), read_step("V4/2")
    (Step(numeral='V7/V', inversion=1), Step(numeral='ii', inversion=1), Step(numeral='V7', inversion=3))
    """
    match = _NUMERAL.match(same_numeral(label))
    if match is None:
        raise InputError(f"a numeral looks like V7, ii6 or V6/5/V; got {label!r:.40}")
    size = 3 if match["figures"] in _SHOWN[3] else 4
    if match["figures"] not in _SHOWN[size]:
        raise InputError(f"figures must be one of {' '.join(FIGURES[3] + FIGURES[4])}; got {match['figures']!r}")
    head = match["mark"] + match["numeral"] + match["sign"] + "7" * (size == 4)
    return Step(head + (f"/{match['of']}" if match["of"] else ""), _SHOWN[size].index(match["figures"]))


def read_steps(text: str) -> tuple[Step, ...]:
    """Read a progression of numerals.

    >>> [step.label for step in read_steps("I V6/5 I")]
    ['I', 'V6/5', 'I']
    """
    return tuple(read_step(word) for word in text.split())


def same_numeral(text: str) -> str:
    """Return a numeral in the one spelling that is compared: V65 is V6/5, V2 is V4/2, vii° is viio, I5/3 is I.

    >>> [same_numeral(text) for text in ("V65", "V2", "vii°7", "I64", "V5/3", "V43/V")]
    ['V6/5', 'V4/2', 'viio7', 'I6/4', 'V', 'V4/3/V']
    """
    plain = text.strip().replace("°", "o").replace("♭", "b").replace("♯", "#").replace("(", "").replace(")", "")
    plain = re.sub(r"(?<![\d/])(6)(?:/?([45]))(?!\d)", r"\1/\2", plain)
    plain = re.sub(r"(?<![\d/])(4)(?:/?([32]))(?!\d)", r"\1/\2", plain)
    plain = re.sub(r"(?<![\d/])2(?!\d)", "4/2", plain)
    return re.sub(r"(?<![\d/])5/?3(?!\d)", "", plain)
