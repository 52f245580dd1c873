"""From a path of states to chords and keys placed in the score."""

from itertools import groupby, pairwise

import numpy as np

from boya.score import Score
from boya.theory.analysis.decoding import Path
from boya.theory.analysis.events import Harmony, KeySpan, Modulation, Place
from boya.theory.analysis.frames import Frames
from boya.theory.analysis.vocabulary import vocabulary
from boya.theory.chords import chord_pitch_classes
from boya.theory.figured import figured_name

__all__ = ["Clock", "harmonies", "key_spans", "modulations"]

SILENT_FRAMES = 8


class Clock:
    """Tells bar and beat of ticks in a score."""

    def __init__(self, score: Score) -> None:
        self.bars = score.bar_bounds
        self.timeline = score.timeline

    def place(self, onset: int, end: int) -> Place:
        """Return a stretch of time as a place."""
        bar = int(np.searchsorted(self.bars, onset, side="right")) - 1
        start = int(self.bars[bar])
        return Place(onset, end, bar, round((onset - start) / self.timeline.metre_at(start).ticks_per_beat, 4))


def harmonies(path: Path, frames: Frames, clock: Clock) -> tuple[Harmony, ...]:
    """Return the chords of a path; a long silence is a chord of its own without a root."""
    silent = _long_silence(frames)
    groups: list[list[int]] = []
    for t in range(len(path.state)):
        if not groups or silent[t] != silent[t - 1] or (path.begins[t] and not silent[t] and not _same(path, t)):
            groups.append([t, t + 1])
        groups[-1][1] = t + 1
    return tuple(_harmony(path, frames, clock, first, last, bool(silent[first])) for first, last in groups)


def key_spans(chords: tuple[Harmony, ...], clock: Clock) -> tuple[KeySpan, ...]:
    """Return the keys that the chords stand in."""
    spans = []
    for (tonic, mode), run in groupby(chords, key=lambda c: (c.tonic, c.mode)):
        held = list(run)
        place = clock.place(held[0].onset, held[-1].end)
        spans.append(KeySpan(place.onset, place.end, place.bar, place.beat, tonic, mode))
    return tuple(spans)


def modulations(keys: tuple[KeySpan, ...], chords: tuple[Harmony, ...]) -> tuple[Modulation, ...]:
    """Return the changes of key, each with its pivot where the chord at the seam belongs to both keys."""
    found = []
    for before, after in pairwise(keys):
        pivot = _pivot(before, after, chords)
        seam = (after.onset, after.end, after.bar, after.beat)
        found.append(Modulation(*seam, before.tonic, before.mode, after.tonic, after.mode, pivot))
    return tuple(found)


def _same(path: Path, t: int) -> bool:
    """Whether the chord that begins is the one before it again."""
    return bool(path.tonic[t] == path.tonic[t - 1] and path.state[t] == path.state[t - 1])


def _long_silence(frames: Frames) -> list[bool]:
    """Whether each frame lies in a silence of two quarters times two or more, or the whole is silent."""
    quiet = (frames.share.sum(axis=1) == 0).tolist()
    found: list[bool] = []
    for value, run in groupby(quiet):
        n = len(list(run))
        found += [value and (n >= SILENT_FRAMES or n == len(quiet))] * n
    return found


def _harmony(path: Path, frames: Frames, clock: Clock, first: int, last: int, is_silent: bool) -> Harmony:
    """The chord of frames [first, last)."""
    words = vocabulary()
    place = clock.place(int(frames.bounds[first]), int(frames.bounds[last]))
    where = (place.onset, place.end, place.bar, place.beat)
    tonic, state = int(path.tonic[first]), int(path.state[first])
    row, inversion = words.rows[words.state_row[state]], int(words.state_inversion[state])
    if is_silent:
        return Harmony(*where, None, "", None, tonic, row.mode, "", "", kind="")
    root = (tonic + row.offset) % 12
    bass = chord_pitch_classes(root, row.quality)[inversion]
    text = row.figured(inversion)
    heard = (root, row.quality, bass)
    return Harmony(*where, *heard, tonic, row.mode, text, row.degree, row.of, inversion, row.function, row.kind)


def _pivot(before: KeySpan, after: KeySpan, chords: tuple[Harmony, ...]) -> tuple[str, str] | tuple[()]:
    """Numerals in both keys of the last chord of the old key or the first of the new one, if it is at home in both."""
    seam = [c for c in chords if after.onset in (c.onset, c.end)]
    words = vocabulary()
    for chord in seam:
        if chord.root is None:
            continue
        rows = [words.find(key.mode, chord.root - key.tonic, chord.quality) for key in (before, after)]
        if all(row is not None and words.rows[row].kind == "diatonic" for row in rows):
            names = [figured_name(chord.root, chord.quality, chord.bass, key.tonic, key.mode) for key in (before, after)]
            return names[0], names[1]
    return ()
