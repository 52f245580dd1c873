"""What the functions of the rules look at: voices in a key, with the chord of every moment.

Conventions: `root` is the pitch class of the chord's root, -1 where no chord of the table sounds; `third`, `fifth` and `seventh`
are pitch classes, -1 where there is none. A chord may lack its fifth; a bare fifth is a chord without a third. Pitches are
spelled by their place on the line of fifths from the tonic, which tells an augmented second from a minor third.
"""

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from boya.score import MINOR_MODES
from boya.theory.voices.voices import SILENT, Voices

__all__ = ["Setting", "chord_of", "interval_on_fifths"]

Ints = NDArray[np.int64]

# third, fifth, seventh above the root; the chords of the common practice, the plainer ones first
_KINDS = (
    (4, 7, -1), (3, 7, -1), (3, 6, -1), (4, 8, -1),
    (4, 7, 10), (3, 7, 10), (4, 7, 11), (3, 6, 10), (3, 6, 9), (3, 7, 11),
    (4, -1, -1), (3, -1, -1), (4, -1, 10), (3, -1, 10), (4, -1, 11), (-1, 7, -1),
)  # fmt: skip
_MINOR_FIFTHS = (0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5)
_MAJOR_FIFTHS = (0, 7, 2, -3, 4, -1, 6, 1, 8, 3, -2, 5)


@dataclass(frozen=True, eq=False)
class Setting:
    """Voices in a key; for counterpoint also the species and the voice with the cantus firmus.

    Attributes
    ----------
    tonic, mode
        of the key of the whole
    species
        1-5, or None in free writing
    cantus
        the voice with the given melody, 0 for the upper one
    """

    voices: Voices
    tonic: int
    mode: str
    species: int | None = None
    cantus: int = 1

    @property
    def pitch(self) -> Ints:
        """MIDI pitch of every voice, -1 where silent. `[shape=(n_moments, n_voices)]`"""
        return self.voices.pitch

    @cached_property
    def chords(self) -> Ints:
        """Root, third, fifth and seventh of each moment as pitch classes, -1 where there is none. `[shape=(n_moments, 4)]`"""
        return np.array([_chord_at(row, self.tonic) for row in self.pitch.tolist()], dtype=np.int64).reshape(-1, 4)

    @cached_property
    def is_dominant(self) -> NDArray[np.bool_]:
        """Whether a chord of the key with its leading tone sounds: V, V7, viio, viio7. `[shape=(n_moments,)]`"""
        root, third, fifth = self.chords[:, 0], self.chords[:, 1], self.chords[:, 2]
        leading, fifth_degree = (self.tonic - 1) % 12, (self.tonic + 7) % 12
        of_five = (root == fifth_degree) & (third == leading)
        of_seven = (root == leading) & (third == (leading + 3) % 12) & (fifth == (leading + 6) % 12)
        return np.asarray(of_five | of_seven)

    @cached_property
    def is_tonic(self) -> NDArray[np.bool_]:
        """Whether the tonic triad sounds. `[shape=(n_moments,)]`"""
        thirds = [(self.tonic + 3) % 12, (self.tonic + 4) % 12]
        return np.asarray((self.chords[:, 0] == self.tonic) & np.isin(self.chords[:, 1], thirds))

    @property
    def is_minor(self) -> bool:
        """Whether the third of the key is minor."""
        return self.mode in MINOR_MODES

    def fifths(self, before: int, after: int) -> int:
        """Steps on the line of fifths of a move between two pitches, as spelled in the key; above 5 it is augmented."""
        return interval_on_fifths(before, after, self.tonic, self.is_minor)

    def line(self, voice: int) -> tuple[Ints, Ints]:
        """Return the moments at which notes of a voice begin, and their pitches."""
        moments = np.flatnonzero(self.voices.begins[:, voice])
        return moments, self.pitch[moments, voice]


@cache
def interval_on_fifths(before: int, after: int, tonic: int, is_minor: bool) -> int:
    """Return how far a move goes on the line of fifths, turned so that 6 and more is augmented, -6 and less diminished.

    >>> interval_on_fifths(65, 68, 9, True), interval_on_fifths(71, 74, 9, True)
    (9, -3)
    >>> interval_on_fifths(65, 71, 0, False), interval_on_fifths(71, 65, 0, False), interval_on_fifths(71, 77, 0, False)
    (6, 6, -6)
    """
    names = _MINOR_FIFTHS if is_minor else _MAJOR_FIFTHS
    steps = names[(after - tonic) % 12] - names[(before - tonic) % 12]
    return steps if after >= before else -steps


@cache
def chord_of(mask: int, bass: int, tonic: int) -> tuple[int, int, int, int]:
    """Return root, third, fifth and seventh of a set of pitch classes (bit n for class n), -1 where there is none.

    Of several readings the plainest counts, then the one over its root, then the one with the leading tone as root.

    >>> chord_of(0b10010001, 0, 0), chord_of(0b100100100100, 5, 0)
    ((0, 4, 7, -1), (11, 2, 5, 8))
    """
    for third, fifth, seventh in _KINDS:
        steps = [step for step in (0, third, fifth, seventh) if step >= 0]
        roots = [r for r in range(12) if sum(1 << (r + step) % 12 for step in steps) == mask]
        if roots:
            root = min(roots, key=lambda r: ((r - tonic) % 12 != 11, r != bass)) if len(roots) > 1 else roots[0]
            return root, *((root + s) % 12 if s >= 0 else -1 for s in (third, fifth, seventh))  # type: ignore[return-value]
    return -1, -1, -1, -1


def _chord_at(pitches: list[int], tonic: int) -> tuple[int, int, int, int]:
    """The chord of a moment; none where fewer than three voices sound."""
    sounding = [pitch for pitch in pitches if pitch != SILENT]
    if len(sounding) < 3:
        return -1, -1, -1, -1
    return chord_of(sum(1 << pc for pc in {p % 12 for p in sounding}), min(sounding) % 12, tonic)
