"""Spelling: which note name a pitch has in a key, and in a chord of that key.

Conventions: names are English with `#` and `b` (`F#`, `Bb`, `C##`); the octave of `spell_pitch` is that of the letter, with C4
= 60 (`B#3` sounds as C4). A chromatic note is spelled as the nearest one to the key on the line of fifths, from the flat second
to the raised fourth; a chord tone is spelled from its root in thirds, and the root of a diminished chord as a leading note.
Source: D. Temperley, "The Cognition of Basic Musical Structures", 2001, ch. 5 (line of fifths); W. Piston, "Harmony", 1941.
"""

from boya.errors import InputError
from boya.theory.chords import quality_degrees
from boya.theory.keys import key_name

__all__ = ["spell", "spell_pitch"]

LETTERS = "FCGDAEB"
IN_SCALE = "CDEFGAB"
NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
CENTRE = {"C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5, "F": -1}
LOWEST, HIGHEST = -5, 6  # fifths from the tonic: the flat second, the raised fourth
MINOR_RAISED = {4: 4, 9: 3, 11: 5}  # semitones above a minor tonic -> fifths: raised third, sixth and seventh


def spell(pitch_class: int, tonic: int, mode: str = "major", chord: tuple[int, str] | None = None) -> str:
    """Return the name of a pitch class in a key.

    Parameters
    ----------
    pitch_class, tonic
        0-11, 0 = C
    mode
        one of `boya.score.MODES`
    chord
        root and Harte quality of the chord it sounds in, if that is known

    Raises
    ------
    InputError
        if a pitch class is not 0-11.

    Examples
    --------
    >>> spell(6, 0), spell(10, 0), spell(11, 0, "minor"), spell(1, 2, chord=(9, "maj"))
    ('F#', 'Bb', 'B', 'C#')
    >>> spell(1, 0), spell(1, 0, chord=(9, "7")), spell(1, 0, chord=(1, "dim7"))
    ('Db', 'C#', 'C#')
    """
    if not (0 <= pitch_class <= 11 and 0 <= tonic <= 11):
        raise InputError(f"pitch class and tonic must be 0-11; got {pitch_class}, {tonic}")
    if chord is not None:
        fifths = _root_fifths(chord[0], tonic, mode, chord[1])
        for degree in quality_degrees(chord[1]):
            name = _above(_name(fifths), degree)
            if _pitch_class(name) == pitch_class:
                return name
    return _name(_key_fifths(pitch_class, tonic, mode))


def spell_pitch(pitch: int, tonic: int, mode: str = "major", chord: tuple[int, str] | None = None) -> str:
    """Return the name of a MIDI pitch with its octave.

    >>> spell_pitch(60, 0), spell_pitch(60, 1), spell_pitch(59, 6), spell_pitch(70, 10)
    ('C4', 'C4', 'Cb4', 'Bb4')
    """
    name = spell(pitch % 12, tonic, mode, chord)
    marks = name.count("#") - name.count("b")
    return f"{name}{(pitch - marks) // 12 - 1}"


def _tonic_fifths(tonic: int, mode: str) -> int:
    """Place of the tonic on the line of fifths, C = 0, by the name that keys of this mode go by."""
    name = key_name(tonic, mode).split()[0]
    return CENTRE[name[0]] + 7 * (name.count("#") - name.count("b"))


def _key_fifths(pitch_class: int, tonic: int, mode: str) -> int:
    """Place of a pitch class on the line of fifths, as it is spelled in a key."""
    offset = (pitch_class - tonic) % 12
    steps = (offset * 7) % 12
    if mode == "minor" and offset in MINOR_RAISED:
        steps = MINOR_RAISED[offset]
    elif steps > HIGHEST:
        steps -= 12
    return _tonic_fifths(tonic, mode) + steps


def _root_fifths(root: int, tonic: int, mode: str, quality: str) -> int:
    """Place of a root: that of a diminished chord leads up to the next degree, so it is not a flat second, third or sixth."""
    fifths = _key_fifths(root, tonic, mode)
    is_leading = quality.startswith(("dim", "hdim"))
    is_flat = fifths - _tonic_fifths(tonic, mode) <= (-3 if mode == "major" else LOWEST)
    return fifths + 12 if is_leading and is_flat else fifths


def _name(fifths: int) -> str:
    """Name of a place on the line of fifths."""
    marks, letter = divmod(fifths + 1, 7)
    return LETTERS[letter] + ("#" * marks if marks > 0 else "b" * -marks)


def _above(root: str, degree: str) -> str:
    """Name of a degree of the major scale of a root, such as b7."""
    number = int(degree.lstrip("b#"))
    letter = IN_SCALE[(IN_SCALE.index(root[0]) + number - 1) % 7]
    semitones = (0, 2, 4, 5, 7, 9, 11)[(number - 1) % 7] + degree.count("#") - degree.count("b")
    marks = (_pitch_class(root) + semitones - NATURAL[letter] + 6) % 12 - 6
    return letter + ("#" * marks if marks > 0 else "b" * -marks)


def _pitch_class(name: str) -> int:
    """Pitch class of a name."""
    return (NATURAL[name[0]] + name.count("#") - name.count("b")) % 12
