"""Random requests for the composer: everything that can be asked for at once, drawn so that it can be had.

Two kinds. *From nothing*: a blank sheet of 2-6 bars for 1-4 players in any metre, tempo, key and style, where every track has a
range of one to two octaves; it can also be said in words, as `boya.composing.compose` takes them. *Rewriting*: 4-8 bars of a real
piece, in which some bars of some tracks are written again. Both may ask for the notes of the key, and for notes of the given
chords everywhere or on strong beats.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.composing.filling import Limits, Sheet, TrackLimits
from boya.representation.stream.vocabulary import TICKS_PER_STEP
from boya.score import ROLES, Chord, Key, Metre, Score, Tempo, Timeline, Track
from boya.theory.instruments import instrument, instruments
from boya.theory.keys import key_name
from boya.theory.scales import scale_pitch_classes
from boya.theory.styles import style_names

__all__ = ["METRES", "Asked", "from_nothing", "in_words", "rewriting"]

METRES: dict[tuple[int, int], tuple[float, ...]] = {
    **{(4, 4): (0, 2), (2, 2): (0, 2), (6, 8): (0, 1.5), (12, 8): (0, 3)},
    **dict.fromkeys([(3, 4), (2, 4), (5, 4), (7, 8)], (0.0,)),
}
"""metres and where, in quarters, their strong beats are"""
STRENGTHS = ("free", "strong", "all")
MOST_TRACKS = 6


@dataclass(frozen=True, eq=False)
class Asked:
    """A request: the sheet and what of it is to be written `[shape=(n_tracks, n_bars)]`."""

    sheet: Sheet
    selection: NDArray[np.bool_]

    @property
    def kinds(self) -> tuple[str, ...]:
        """What is asked for, by the names that the rows have."""
        limits = self.sheet.limits
        kinds = ["bars", "metre", "tempo", "instruments"]
        kinds += ["key"] * (limits.scale is not None) + ["chords"] * (limits.chord_tones in ("strong", "all"))
        return (*kinds, *["range"] * bool(limits.tracks), *["locked notes"] * (not self.selection.all()))


def from_nothing(rng: np.random.Generator) -> Asked:
    """Draw a request for a new piece."""
    metre = Metre(0, *list(METRES)[rng.integers(len(METRES))])
    key = Key(0, int(rng.integers(12)), ("major", "minor")[rng.integers(2)])
    n_bars = int(rng.integers(2, 7))
    roles = np.sort(rng.choice(len(ROLES), rng.integers(1, 5), replace=False)).tolist()
    tracks = tuple(_player(ROLES[role], rng) for role in roles)
    timeline = Timeline.of([Tempo(0, float(rng.integers(50, 221)))], [metre], [key])
    chords = tuple(
        _chord(key, bar * metre.ticks_per_bar, metre.ticks_per_bar, int(rng.integers(7)), int(rng.integers(3, 5)))
        for bar in range(n_bars)
    )
    limits = Limits(tuple(_range(track, rng) for track in tracks), _scale(rng), str(rng.choice(STRENGTHS)))
    style = str(rng.choice(style_names()))
    sheet = Sheet(Score(tracks, timeline, chords), n_bars, style, limits=limits)
    return Asked(sheet, np.ones_like(sheet.blank_selection()))


def rewriting(score: Score, style: str, rng: np.random.Generator) -> Asked:
    """Draw a request to write some bars of some tracks of a real piece again."""
    n_bars = min(int(rng.integers(4, 9)), score.n_bars)
    first = int(rng.integers(score.n_bars - n_bars + 1))
    cut = score.slice_bars(first, first + n_bars)
    cut = _inside(cut.with_tracks([track for track in cut.tracks if track.n_notes][:MOST_TRACKS] or cut.tracks[:1]))
    n_bars = max(cut.n_bars, 1)
    selection = np.zeros((len(cut.tracks), n_bars), dtype=bool)
    begin, end = np.sort(rng.choice(n_bars + 1, 2, replace=False)).tolist()
    selection[rng.random(len(cut.tracks)) < 0.5, begin:end] = True
    selection[rng.integers(len(cut.tracks)), begin:end] = True
    ranges = tuple(TrackLimits() if track.is_drum else _range(track, rng) for track in cut.tracks) if rng.random() < 0.5 else ()
    strength = str(rng.choice(STRENGTHS)) if cut.chords else None
    return Asked(Sheet(cut, n_bars, style, limits=Limits(ranges, _scale(rng), strength)), selection)


def in_words(asked: Asked) -> dict[str, Any]:
    """Return a request from nothing as the wishes of `boya.composing.Request`."""
    score, limits = asked.sheet.score, asked.sheet.limits
    players = {track.role: instrument(track.program).name for track in score.tracks if not track.is_drum}
    ranges = [
        f"{track.role}: range={bounds.lowest}-{bounds.highest}"
        for track, bounds in zip(score.tracks, limits.tracks, strict=False)  # tracks without limits of their own are left out
        if not track.is_drum
    ]
    metre, key = score.timeline.metres[0], score.timeline.keys[0]
    return {
        "model": "composer",
        "style": asked.sheet.style,
        "key": key_name(key.tonic, key.mode),
        "bars": asked.sheet.n_bars,
        "qpm": score.timeline.tempos[0].qpm,
        "metre": f"{metre.numerator}/{metre.denominator}",
        "chords": " | ".join(_symbol(chord) for chord in score.chords),
        "band": {role: players.get(role, "yes" if role in {t.role for t in score.tracks} else "none") for role in ROLES},
        "limits": "; ".join(ranges),
        "chord_tones": {"free": "off"}.get(str(limits.chord_tones), limits.chord_tones),
    }


def _inside(score: Score) -> Score:
    """A score without notes that begin so near its end that they belong to the bar behind it."""
    end = int(score.bar_bounds[-1])

    def kept(track: Track) -> Track:
        return replace(track, notes=track.notes[track.notes["onset"] + TICKS_PER_STEP // 2 < end])

    return score.with_tracks(map(kept, score.tracks))


def _player(role: str, rng: np.random.Generator) -> Track:
    """A track of a role, on an instrument that plays it."""
    if role == "drums":
        return Track(is_drum=True, role="drums")
    fitting = [i.program for i in instruments() if role in i.roles and i.range[1] - i.range[0] >= 12]
    return Track(program=int(rng.choice(fitting)), role=role)


def _range(track: Track, rng: np.random.Generator) -> TrackLimits:
    """An octave to two of what the instrument has; every pitch class lies in it."""
    if track.is_drum:
        return TrackLimits()
    low, high = instrument(track.program).range
    width = min(int(rng.integers(12, 25)), high - low)
    lowest = int(rng.integers(low, high - width + 1))
    return TrackLimits(lowest, lowest + width)


def _scale(rng: np.random.Generator) -> str | None:
    """The notes of the key, or all."""
    return "key" if rng.random() < 0.5 else None


def _chord(key: Key, onset: int, duration: int, degree: int, size: int) -> Chord:
    """A triad or seventh chord on a degree of the key."""
    scale = scale_pitch_classes(key.tonic, key.mode)
    notes = [scale[(degree + 2 * third) % 7] for third in range(size)]
    return Chord(onset, duration, notes[0], _QUALITIES[tuple((note - notes[0]) % 12 for note in notes)])


def _symbol(chord: Chord) -> str:
    """A chord as people write it."""
    return key_name(chord.root or 0).split()[0] + _SYMBOLS[chord.quality]


_QUALITIES = {
    (0, 4, 7): "maj", (0, 3, 7): "min", (0, 3, 6): "dim", (0, 4, 7, 11): "maj7",
    (0, 4, 7, 10): "7", (0, 3, 7, 10): "min7", (0, 3, 6, 10): "hdim7",
}  # fmt: skip
_SYMBOLS = {"maj": "", "min": "m", "dim": "dim", "maj7": "maj7", "7": "7", "min7": "m7", "hdim7": "m7b5"}
