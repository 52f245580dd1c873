"""Notes as they are written: a letter, its accidental, and an octave.

Conventions: `fifth` counts fifths from C, so F is -1, G 1, F# 6, Bb -2; the octave is that of the letter, C4 = 60 and Cb4 = 59.
A score keeps pitches only, and its notation spells them by the key signature: from three fifths flatwards of the signature's
major tonic to eight sharpwards (`boya.files.notation.spelled`). What lies in that range is `writable`.
"""

import re
from dataclasses import dataclass

from boya.errors import InputError
from boya.files.notation import spelled
from boya.theory.chords import quality_degrees
from boya.theory.scales import Scale

__all__ = ["Note", "chord_notes", "note_of", "parse_note", "scale_notes", "writable"]

_LETTERS = "CDEFGAB"
_FIFTHS = "FCGDAEB"
_NATURAL = (0, 2, 4, 5, 7, 9, 11)
_NOTE = re.compile(r"(?P<zh>重?[降升])?(?P<letter>[A-Ga-g])(?P<mark>##|#|x|bb|b|♯|♭)?(?P<octave>-?\d)?$")
_MARKS = {"降": "b", "升": "#", "重降": "bb", "重升": "##"}


@dataclass(frozen=True, order=True)
class Note:
    """A spelled note.

    >>> Note(6, 4).name, Note(6, 4).pitch, Note(-2, 3).up(6, 10).name
    ('F#4', 66, 'Ab4')
    """

    fifth: int
    octave: int

    @property
    def letter(self) -> str:
        """C to B."""
        return _FIFTHS[(self.fifth + 1) % 7]

    @property
    def alter(self) -> int:
        """Sharps; flats are negative."""
        return (self.fifth + 1) // 7

    @property
    def pitch_class(self) -> int:
        """0-11."""
        return self.fifth * 7 % 12

    @property
    def pitch(self) -> int:
        """MIDI pitch."""
        return 12 * (self.octave + 1) + _NATURAL[_LETTERS.index(self.letter)] + self.alter

    @property
    def class_name(self) -> str:
        """The name without its octave."""
        return self.letter + ("#" * self.alter if self.alter > 0 else "b" * -self.alter)

    @property
    def name(self) -> str:
        """Such as F#4."""
        return f"{self.class_name}{self.octave}"

    @property
    def place(self) -> int:
        """Lines and spaces above C0."""
        return 7 * self.octave + _LETTERS.index(self.letter)

    def up(self, steps: int, semitones: int) -> "Note":
        """Return the note `steps` letters and `semitones` semitones higher, or lower where they are negative."""
        octave, index = divmod(self.place + steps, 7)
        alter = self.pitch + semitones - 12 * (octave + 1) - _NATURAL[index]
        return Note(_FIFTHS.index(_LETTERS[index]) - 1 + 7 * alter, octave)


def parse_note(text: str) -> Note:
    """Read a note; without an octave it is in octave 4.

    >>> parse_note("Bb3").pitch, parse_note("升F").class_name
    (58, 'F#')
    """
    match = _NOTE.match(text.strip())
    if match is None:
        raise InputError(f"a note looks like C, F#4 or Bb3; got {text!r:.40}")
    mark = (match["mark"] or _MARKS.get(match["zh"] or "", "")).replace("x", "##").replace("♯", "#").replace("♭", "b")
    fifth = _FIFTHS.index(match["letter"].upper()) - 1 + 7 * (mark.count("#") - mark.count("b"))
    return Note(fifth, int(match["octave"] or 4))


def note_of(pitch: int, sharps: int) -> Note:
    """Return the note that notation writes for a pitch in a key signature.

    >>> note_of(61, 0).name, note_of(61, -3).name
    ('C#4', 'Db4')
    """
    letter, alter, octave = spelled(pitch, sharps)
    return Note(_FIFTHS.index(letter) - 1 + 7 * alter, octave)


def writable(note: Note, sharps: int) -> bool:
    """Return whether notation spells the pitch as this note in a key signature.

    >>> writable(parse_note("G#4"), 0), writable(parse_note("Ab4"), 0)
    (True, False)
    """
    return sharps - 3 <= note.fifth <= sharps + 8


def chord_notes(root: Note, quality: str) -> tuple[Note, ...]:
    """Return the notes of a chord in close position above its root.

    >>> [note.class_name for note in chord_notes(parse_note("D4"), "hdim7")]
    ['D', 'F', 'Ab', 'C']
    """
    notes = []
    for degree in quality_degrees(quality):
        steps = int(degree.lstrip("b#")) - 1
        octaves, index = divmod(steps, 7)
        notes.append(root.up(steps, 12 * octaves + _NATURAL[index] + degree.count("#") - degree.count("b")))
    return tuple(notes)


def scale_notes(tonic: Note, scale: Scale) -> tuple[Note, ...]:
    """Return a scale from its tonic to the octave; one of five to seven notes, each on a letter of its own.

    >>> from boya.theory.scales import find_scale
    >>> [note.class_name for note in scale_notes(parse_note("G4"), find_scale("yu"))]
    ['G', 'Bb', 'C', 'D', 'F', 'G']
    """
    steps = range(7) if len(scale.semitones) == 7 else [_step(semitone) for semitone in scale.semitones]
    return (*(tonic.up(step, semitone) for step, semitone in zip(steps, scale.semitones, strict=True)), tonic.up(7, 12))


def _step(semitone: int) -> int:
    """Letters that an interval of a pentatonic or hexatonic scale usually spans."""
    return (0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)[semitone]
