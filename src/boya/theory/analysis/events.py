"""What an analysis says: frozen events, each with its place in the score.

Conventions: `onset` and `end` are ticks, the end exclusive; `bar` and `beat` say where the onset lies, both counted from 0, the
beat in units of the metre's denominator and with a fraction (`bar=3, beat=1.5` is what musicians call bar 4, beat 2 and a
half). Pitch classes are 0-11 with 0 = C. A mode is "major" or "minor". Events of a kind are in order of time.
"""

from dataclasses import dataclass

from boya.theory.keys import key_name

__all__ = [
    "CADENCES",
    "FUNCTIONS",
    "TONES",
    "Analysis",
    "Cadence",
    "Harmony",
    "KeySpan",
    "Modulation",
    "NonChordTone",
    "Phrase",
    "Place",
]

FUNCTIONS = ("tonic", "predominant", "dominant", "")
CADENCES = ("perfect authentic", "imperfect authentic", "half", "phrygian half", "deceptive", "plagal")
TONES = ("passing", "neighbour", "suspension", "anticipation", "appoggiatura", "escape", "pedal", "other")


@dataclass(frozen=True, order=True)
class Place:
    """Where something lies: `[onset, end)` in ticks, and bar and beat of the onset, counted from 0."""

    onset: int
    end: int
    bar: int
    beat: float


@dataclass(frozen=True, order=True)
class KeySpan(Place):
    """A stretch of music in one key: pitch class of the tonic, and "major" or "minor"."""

    tonic: int
    mode: str

    @property
    def name(self) -> str:
        """Name of the key, such as `A minor`."""
        return key_name(self.tonic, self.mode)


@dataclass(frozen=True, order=True)
class Harmony(Place):
    """A chord in its key.

    Attributes
    ----------
    root, quality, bass
        pitch classes and Harte quality, as it sounds; `root` is None where no chord sounds, and then the words are empty
    tonic, mode
        the key it stands in
    numeral
        Roman numeral with figures: `V6/5`, `viio7/V`, `bII6`, `Ger6/5`
    degree
        what stands before the figures and the slash: `V`, `viio`, `bII`, `Ger`
    of
        the degree that a secondary chord leads to, such as `V`; else empty
    inversion
        0-3
    function
        "tonic", "predominant", "dominant" or "" (a passing or foreign chord)
    kind
        "diatonic", "secondary", "borrowed", "neapolitan", "augmented sixth" or "" (none of these)
    """

    root: int | None
    quality: str
    bass: int | None
    tonic: int
    mode: str
    numeral: str
    degree: str
    of: str = ""
    inversion: int = 0
    function: str = ""
    kind: str = "diatonic"


@dataclass(frozen=True, order=True)
class Cadence(Place):
    """The close of a phrase: `onset` is where its last chord begins.

    `kind` is one of CADENCES; `numerals` are its two chords in its key (`("V7", "I")`), which is `tonic` and `mode`.
    """

    kind: str
    numerals: tuple[str, str]
    tonic: int
    mode: str


@dataclass(frozen=True, order=True)
class NonChordTone(Place):
    """A note outside the chord it sounds in: `kind` is one of TONES; it is row `note` of `score.tracks[track].notes`."""

    kind: str
    track: int
    note: int
    pitch: int


@dataclass(frozen=True, order=True)
class Modulation(Place):
    """A change of key at `onset` (`end` is where the new key ends).

    `pivot` holds the numerals of the chord at the seam in the old and in the new key where it is at home in both, else it is
    empty: then the change is direct.
    """

    tonic_before: int
    mode_before: str
    tonic: int
    mode: str
    pivot: tuple[str, str] | tuple[()] = ()

    @property
    def name(self) -> str:
        """Names of the keys, such as `C major to A minor`."""
        return f"{key_name(self.tonic_before, self.mode_before)} to {key_name(self.tonic, self.mode)}"


@dataclass(frozen=True, order=True)
class Phrase(Place):
    """A phrase, and the kind of cadence that closes it (empty where none is found)."""

    cadence: str = ""


@dataclass(frozen=True)
class Analysis:
    """All that is found in a score; `keys`, `chords` and `phrases` lie without gaps from tick 0 to the end of the last bar."""

    keys: tuple[KeySpan, ...] = ()
    chords: tuple[Harmony, ...] = ()
    cadences: tuple[Cadence, ...] = ()
    non_chord_tones: tuple[NonChordTone, ...] = ()
    modulations: tuple[Modulation, ...] = ()
    phrases: tuple[Phrase, ...] = ()

    def chord_at(self, tick: int) -> Harmony | None:
        """Return the chord in force at a tick."""
        return next((c for c in self.chords if c.onset <= tick < c.end), None)

    def key_at(self, tick: int) -> KeySpan | None:
        """Return the key in force at a tick."""
        return next((k for k in self.keys if k.onset <= tick < k.end), None)
