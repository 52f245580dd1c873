"""Find the progressions of the graph in annotated chords, in whatever key they stand.

Conventions: a change is `(degree, triad)`: semitones above the tonic of the key at that time, and one of `TRIADS`; sevenths and
added notes are left out, so V7 is V. Equal neighbours are one change, so a progression is found whether its chords last a beat or
two bars.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from boya.score import MINOR_MODES, Score
from boya.theory.chords import quality_degrees
from boya.theory.progressions import Progression, progressions
from boya.theory.roman import parse_roman

__all__ = ["FEWEST_CHANGES", "TRIADS", "changes", "progression_changes", "progressions_in"]

Change = tuple[int, str]
TRIADS = ("maj", "min", "dim", "aug", "sus")
FEWEST_CHANGES = 4  # three changes in a row, as I V I, are in every second piece, and say nothing


def changes(score: Score) -> tuple[Change, ...]:
    """Return the chord changes of a score, each seen from the key at its onset; where no chord sounds nothing is counted.

    Examples
    --------
    >>> from boya.score import Chord
    >>> chords = [Chord(i * 960, 960, root, quality) for i, (root, quality) in enumerate([(2, "min7"), (7, "7"), (0, "maj")])]
    >>> changes(Score(chords=tuple(chords)))
    ((2, 'min'), (7, 'maj'), (0, 'maj'))
    """
    timeline = score.timeline
    sounding = (chord for chord in score.chords if chord.root is not None)
    return _joined(((chord.root or 0) - timeline.key_at(chord.onset).tonic, _triad(chord.quality)) for chord in sounding)


def progression_changes(progression: Progression) -> tuple[Change, ...]:
    """Return the changes of one round of a progression.

    >>> royal_road = next(p for p in progressions() if p.name == "royal road")
    >>> progression_changes(royal_road)
    ((5, 'maj'), (7, 'maj'), (4, 'min'), (9, 'min'), (5, 'maj'), (7, 'maj'), (0, 'maj'))
    """
    numerals = (parse_roman(numeral, 0, progression.mode) for bar in progression.bars for numeral in bar)
    return _joined((root, _triad(quality)) for root, quality, _ in numerals)


def progressions_in(found: Sequence[Change], mode: str) -> tuple[str, ...]:
    """Return the names of the progressions of a mode's kind (major or minor third) that stand in these changes.

    Parameters
    ----------
    found
        from `changes`
    mode
        of the piece, one of `boya.score.MODES`

    Examples
    --------
    >>> axis = [(0, "maj"), (7, "maj"), (9, "min"), (5, "maj")]
    >>> progressions_in(axis, "major")
    ('axis',)
    >>> progressions_in(axis, "minor")
    ()
    """
    text = _spelled(found)
    return tuple(name for name, needle, minor in _needles() if minor == (mode in MINOR_MODES) and needle in text)


@cache
def _needles() -> tuple[tuple[str, str, bool], ...]:
    """Name, changes as text and whether the mode is minor, of each progression with enough changes."""
    known = ((p, progression_changes(p)) for p in progressions())
    return tuple((p.name, _spelled(steps), p.mode in MINOR_MODES) for p, steps in known if len(steps) >= FEWEST_CHANGES)


def _spelled(steps: Iterable[Change]) -> str:
    """Changes as one text, in which a progression is found by looking for its text: a letter for each chord."""
    return "".join(chr(0x100 + 12 * TRIADS.index(triad) + degree) for degree, triad in steps)


def _joined(steps: Iterable[Change]) -> tuple[Change, ...]:
    """Changes without equal neighbours, degrees 0-11."""
    found: list[Change] = []
    for degree, triad in steps:
        change = (degree % 12, triad)
        if not found or found[-1] != change:
            found.append(change)
    return tuple(found)


@cache
def _triad(quality: str) -> str:
    """The triad of a quality; open fifths count as major."""
    degrees = set(quality_degrees(quality)) if quality else set()
    if "b3" in degrees:
        return "dim" if "b5" in degrees and "5" not in degrees else "min"
    if "3" in degrees:
        return "aug" if "#5" in degrees and "5" not in degrees else "maj"
    return "sus" if degrees & {"4", "2"} else "maj"
