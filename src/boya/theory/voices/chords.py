"""Rules of the chord that all voices make: tendencies, doubling, missing notes, dissonances, false relations.

Every function takes a `Setting` and returns the spots at which its rule is broken. A chord counts where it sounds on a beat;
what lies between beats are passing notes. Dissonance is heard between a voice and the sounding others: seconds, sevenths,
tritones, and the fourth above the bass.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from boya.theory.voices.melodies import moves
from boya.theory.voices.setting import Setting
from boya.theory.voices.spots import Spot
from boya.theory.voices.voices import SILENT

__all__ = ["RULES"]

Ints = NDArray[np.int64]
DISSONANT = frozenset({1, 2, 6, 10, 11})


def _chord_moments(setting: Setting) -> Ints:
    """Moments on a beat at which a chord sounds."""
    return np.flatnonzero(setting.voices.on_beat & (setting.chords[:, 0] >= 0))


def _singers(setting: Setting, moment: int, pitch_class: int) -> list[int]:
    """Voices that sing a pitch class at a moment."""
    pitches = setting.pitch[moment]
    return np.flatnonzero((pitches != SILENT) & (pitches % 12 == pitch_class)).tolist()


def _changes(setting: Setting) -> Iterator[tuple[int, int]]:
    """Yield the last moment of a chord and the first of the next, wherever the harmony changes from one beat to another."""
    roots = setting.chords[:, 0]
    for moment in np.flatnonzero(setting.voices.on_beat).tolist():
        if moment and min(roots[moment], roots[moment - 1]) >= 0 and roots[moment] != roots[moment - 1]:
            yield moment - 1, moment


def leading_tone_resolution(setting: Setting) -> list[Spot]:
    """An outer voice does not take the leading tone of a dominant to the tonic when the tonic chord follows."""
    outer = (0, setting.voices.n_voices - 1)
    return [spot for spot, _ in _unled(setting) if spot.voices[0] in outer]


def inner_leading_tone(setting: Setting) -> list[Spot]:
    """An inner voice takes the leading tone neither to the tonic nor a third down."""
    outer = (0, setting.voices.n_voices - 1)
    return [spot for spot, step in _unled(setting) if spot.voices[0] not in outer and step not in (-3, -4)]


def _unled(setting: Setting) -> Iterator[tuple[Spot, int]]:
    """Yield leading tones of a dominant before the tonic chord that do not rise, and how they move."""
    leading = (setting.tonic - 1) % 12
    for before, after in _changes(setting):
        if setting.is_dominant[before] and setting.is_tonic[after]:
            for voice in _singers(setting, before, leading):
                step = int(setting.pitch[after, voice] - setting.pitch[before, voice])
                if setting.pitch[after, voice] != SILENT and step != 1:
                    yield Spot(after, (voice,), before), step


def seventh_resolution(setting: Setting) -> list[Spot]:
    """A seventh that sounds on the beat neither falls by step nor stays when the chord changes."""
    spots, chords = [], setting.chords
    for before, after in _changes(setting):
        if chords[before, 3] < 0 or not setting.voices.on_beat[before]:
            continue
        for voice in _singers(setting, before, int(chords[before, 3])):
            step = int(setting.pitch[after, voice] - setting.pitch[before, voice])
            if setting.pitch[after, voice] != SILENT and step not in (0, -1, -2):
                spots.append(Spot(after, (voice,), before))
    return spots


def doubled_leading_tone(setting: Setting) -> list[Spot]:
    """Two voices on the leading tone of a dominant."""
    leading = (setting.tonic - 1) % 12
    found = [(m, _singers(setting, m, leading)) for m in _chord_moments(setting).tolist() if setting.is_dominant[m]]
    return [Spot(moment, tuple(voices), moment) for moment, voices in found if len(voices) > 1]


def doubled_seventh(setting: Setting) -> list[Spot]:
    """Two voices on the seventh of a chord."""
    sevenths = setting.chords[:, 3]
    found = [(m, _singers(setting, m, int(sevenths[m]))) for m in _chord_moments(setting).tolist() if sevenths[m] >= 0]
    return [Spot(moment, tuple(voices), moment) for moment, voices in found if len(voices) > 1]


def missing_third(setting: Setting) -> list[Spot]:
    """A chord of four voices without a third."""
    everyone = (setting.pitch != SILENT).all(axis=1) & (setting.voices.n_voices > 3)
    voices = tuple(range(setting.voices.n_voices))
    found = [m for m in _chord_moments(setting).tolist() if everyone[m] and setting.chords[m, 1] < 0]
    return [Spot(moment, voices, moment) for moment in found]


def doubling(setting: Setting) -> list[Spot]:
    """A triad in four voices with two thirds (a diminished one with anything but two thirds)."""
    spots = []
    for moment in _chord_moments(setting).tolist():
        root, third, fifth, seventh = setting.chords[moment].tolist()
        if seventh >= 0 or third < 0 or (setting.pitch[moment] == SILENT).any():
            continue
        is_diminished = (fifth - root) % 12 == 6
        voices = _singers(setting, moment, third)
        if fifth >= 0 and (len(voices) > 1) != is_diminished:
            spots.append(Spot(moment, tuple(voices), moment))
    return spots


def six_four(setting: Setting) -> list[Spot]:
    """The bass of a six-four chord is reached or left by leap."""
    bass, spots = setting.voices.n_voices - 1, []
    into = {b: q - p for v, _, b, p, q in moves(setting) if v == bass}
    out_of = {a: q - p for v, a, _, p, q in moves(setting) if v == bass}
    for moment in _chord_moments(setting).tolist():
        fifth, seventh = setting.chords[moment, 2:].tolist()
        is_six_four = seventh < 0 <= fifth and setting.pitch[moment, bass] % 12 == fifth and setting.voices.begins[moment, bass]
        if is_six_four and max(abs(into.get(moment, 0)), abs(out_of.get(moment, 0))) > 2:
            spots.append(Spot(moment, (bass,), moment))
    return spots


def false_relation(setting: Setting) -> list[Spot]:
    """A note in one voice, its chromatic alteration in the next chord in another, while neither voice moves by that semitone."""
    spots = []
    for before, after in _changes(setting):
        here, there = setting.pitch[before].tolist(), setting.pitch[after].tolist()
        for a, first in enumerate(here):
            for b, second in enumerate(there):
                if a == b or SILENT in (first, second, there[a], here[b]) or (second - first) % 12 not in (1, 11):
                    continue
                altered = abs(setting.fifths(first, first + (second - first + 6) % 12 - 6)) == 7
                if altered and abs(there[a] - first) > 2 and abs(second - here[b]) > 2:
                    spots.append(Spot(after, (min(a, b), max(a, b)), before))
    return list(dict.fromkeys(spots))


def unprepared_dissonance(setting: Setting) -> list[Spot]:
    """A voice leaps into a dissonance that is no note of a seventh chord."""
    into = {(v, b): q - p for v, _, b, p, q in moves(setting)}
    return [s for s in _dissonances(setting) if abs(into.get((s.voices[0], s.moment), 0)) > 2]


def unresolved_dissonance(setting: Setting) -> list[Spot]:
    """A voice leaps out of a dissonance that is no note of a seventh chord."""
    out_of = {(v, a): q - p for v, a, _, p, q in moves(setting)}
    return [s for s in _dissonances(setting) if abs(out_of.get((s.voices[0], s.moment), 0)) > 2]


def _dissonances(setting: Setting) -> Iterator[Spot]:
    """Yield the notes that begin in a dissonance where no chord of the table sounds."""
    for moment in np.flatnonzero(setting.chords[:, 0] < 0).tolist():
        row = setting.pitch[moment]
        sounding = row[row != SILENT].tolist()
        for voice in np.flatnonzero(setting.voices.begins[moment]).tolist():
            pitch = int(row[voice])
            fourth = pitch != min(sounding) and (pitch - min(sounding)) % 12 == 5
            if fourth or any((pitch - other) % 12 in DISSONANT for other in sounding):
                yield Spot(moment, (voice,), moment)


RULES: dict[str, Callable[[Setting], list[Spot]]] = {
    "leading-tone-resolution": leading_tone_resolution,
    "inner-leading-tone": inner_leading_tone,
    "seventh-resolution": seventh_resolution,
    "doubled-leading-tone": doubled_leading_tone,
    "doubled-seventh": doubled_seventh,
    "missing-third": missing_third,
    "doubling": doubling,
    "six-four": six_four,
    "false-relation": false_relation,
    "unprepared-dissonance": unprepared_dissonance,
    "unresolved-dissonance": unresolved_dissonance,
}
