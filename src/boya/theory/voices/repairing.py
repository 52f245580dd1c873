"""The smallest repair of a fault: the fewest notes moved, by the least, so that the fault is gone and no new one comes.

Conventions: only notes that lie inside the bar of the fault are moved, so other bars stay note for note. Notes move to pitches
of the key or of the bar. One note is tried first, then two; those that take part in the fault before others; each time the
smallest move first, in inner voices before outer ones. The first way that holds is taken.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from boya.errors import InputError
from boya.score import Score, note_ends
from boya.theory.scales import scale_pitch_classes
from boya.theory.voices.checking import faults, setting_of
from boya.theory.voices.faults import Fault
from boya.theory.voices.rules import HEARD, chosen_rules, species_of
from boya.theory.voices.setting import Setting

__all__ = ["Repair", "find_repair", "moved", "repair", "repair_all"]

FARTHEST, FARTHEST_OF_TWO = 14, 5
MOST_TRIES = 600
DISSONANCE = ("unprepared-dissonance", "unresolved-dissonance")
Note = tuple[int, int]
Wish = str | Iterable[str]


@dataclass(frozen=True)
class Repair:
    """A repair: the notes that move (track and row in it), their old and new pitch, and the score with them."""

    moves: tuple[tuple[Note, int, int], ...]
    score: Score


def repair(
    score: Score,
    fault: Fault,
    rules: Wish = "usual",
    key: str | tuple[int, str] | None = None,
    cantus: int | None = None,
) -> Score:
    """Return the score with a fault repaired by the smallest change; other bars stay as they are.

    Parameters
    ----------
    fault
        one that `faults` found in this score
    rules, key, cantus
        as `faults` was given them; none of the rules may be broken anew

    Raises
    ------
    InputError
        if moving one or two notes of the bar does not help.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> tracks = [Track(note_array([(0, 480, p, 80), (480, 480, p + 2, 80)])) for p in (67, 60)]
    >>> score = Score(tuple(tracks))
    >>> fault, = faults(score, "voices", "C")
    >>> [track.notes["pitch"].tolist() for track in repair(score, fault, "voices", "C").tracks]
    [[67, 69], [59, 62]]
    """
    found = find_repair(score, fault, rules, key, cantus)
    if found is None:
        raise InputError(
            f"a repair moves one or two notes of bar {fault.bar + 1}; none takes away {fault.rule} there without a new fault"
        )
    return found.score


def find_repair(
    score: Score,
    fault: Fault,
    rules: Wish = "usual",
    key: str | tuple[int, str] | None = None,
    cantus: int | None = None,
) -> Repair | None:
    """Return the smallest repair of a fault, None if there is none; see `repair`."""
    names = [rule.name for rule in chosen_rules(rules)]
    species = species_of(rules)
    setting = setting_of(score, key, species, cantus)
    whole = [*names, *([] if species else DISSONANCE), *([f"species {species}"] if species else [])]
    quick = [name for name in whole if name != HEARD]
    home, given = (setting.tonic, setting.mode), setting.cantus if species or cantus is not None else None
    start, stop = _window(setting, fault.bar)
    near = score.slice(start, stop)
    known = {_mark(f, start) for f in faults(near, quick, home, given)}
    everywhere: set[tuple[object, ...]] | None = None
    for tries, moves in enumerate(_ways(setting, fault, given)):
        if tries >= MOST_TRIES:
            break
        changed = moved(score, moves)
        if _holds(faults(changed.slice(start, stop), quick, home, given), known, fault, start):
            everywhere = everywhere or {_mark(f) for f in faults(score, whole, home, given)}
            if _holds(faults(changed, whole, home, given), everywhere, fault):
                return Repair(moves, changed)
    return None


def repair_all(
    score: Score,
    rules: Wish = "usual",
    key: str | tuple[int, str] | None = None,
    cantus: int | None = None,
    listen: Callable[[int, int], None] | None = None,
) -> tuple[Score, tuple[tuple[Fault, Repair | None], ...]]:
    """Repair one fault after another; return the score, and each fault with its repair, None where it stays.

    `listen` is called with how many faults are done and how many there are, as far as that is known.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> tracks = [Track(note_array([(0, 480, p, 80), (480, 480, p + 2, 80)])) for p in (67, 60)]
    >>> mended, told = repair_all(Score(tuple(tracks)), "voices", "C")
    >>> len(told), faults(mended, "voices", "C")
    (1, ())
    """
    setting = setting_of(score, key)
    home = setting.tonic, setting.mode
    told: list[tuple[Fault, Repair | None]] = []
    seen: set[tuple[object, ...]] = set()
    while True:
        left = [fault for fault in faults(score, rules, home, cantus) if _mark(fault) not in seen]
        if not left:
            return score, tuple(told)
        fault = left[0]
        seen.add(_mark(fault))
        if listen is not None:
            listen(len(told) + 1, len(told) + len(left))
        found = find_repair(score, fault, rules, home, cantus)
        told.append((fault, found))
        score = score if found is None else found.score


def moved(score: Score, moves: Iterable[tuple[Note, int, int]]) -> Score:
    """Return the score with notes, given by track and row with their old pitch, at new pitches."""
    tracks = list(score.tracks)
    for (track, row), _, pitch in moves:
        notes = tracks[track].notes.copy()
        notes["pitch"][row] = pitch
        tracks[track] = replace(tracks[track], notes=notes)
    return score.with_tracks(tracks)


def _ways(setting: Setting, fault: Fault, cantus: int | None) -> Iterator[tuple[tuple[Note, int, int], ...]]:
    """Yield ways to move notes of the bar, the smallest first: notes of the fault before others, inner voices before outer."""
    notes = _movable(setting, fault, cantus)
    pitches = _pitches(setting, fault)
    singles = [
        (abs(step), not own, outer, (note, was, was + step))
        for note, was, own, outer in notes
        for step in range(-FARTHEST, FARTHEST + 1)
        if step and (was + step) % 12 in pitches and 0 <= was + step <= 127
    ]
    singles.sort(key=lambda way: (*way[:3], way[3][2]))
    yield from ((way[3],) for way in singles if not way[1])
    yield from ((way[3],) for way in singles if way[1])
    small = [way for way in singles if way[0] <= FARTHEST_OF_TWO]
    pairs = [(a, b) for a, b in combinations(small, 2) if a[3][0] != b[3][0] and not (a[1] and b[1])]
    pairs.sort(key=lambda pair: (pair[0][0] + pair[1][0], pair[0][1] + pair[1][1]))
    yield from ((a[3], b[3]) for a, b in pairs)


def _movable(setting: Setting, fault: Fault, cantus: int | None) -> list[tuple[Note, int, bool, bool]]:
    """Notes that lie in the bar of the fault: place, pitch, whether they take part in it, whether their voice is an outer one."""
    bounds = setting.voices.score.bar_bounds
    start, stop = int(bounds[fault.bar]), int(bounds[fault.bar + 1])
    found = []
    for voice, line in enumerate(setting.voices.lines):
        track = setting.voices.score.tracks[line.track].notes
        for row in line.rows.tolist() if voice != cantus else ():
            onset, end = int(track["onset"][row]), int(note_ends(track[row : row + 1])[0])
            near = onset < fault.tick + 1920 and end > fault.tick - 960
            if onset >= start and end <= stop and near:
                own = (line.track, row) in fault.notes
                found.append(((line.track, row), int(track["pitch"][row]), own, voice in (0, setting.voices.n_voices - 1)))
    return found


def _pitches(setting: Setting, fault: Fault) -> set[int]:
    """Pitch classes of the key and of the bar."""
    bounds = setting.voices.ticks[:-1]
    bars = setting.voices.score.bar_bounds
    inside = (bounds >= bars[fault.bar]) & (bounds < bars[fault.bar + 1])
    heard = setting.pitch[inside]
    return {*scale_pitch_classes(setting.tonic, setting.mode), *(heard[heard >= 0] % 12).tolist()}


def _window(setting: Setting, bar: int) -> tuple[int, int]:
    """The bar with two before and two behind; the whole score where a voice is silent in there, as only sound makes a voice."""
    score = setting.voices.score
    bounds = score.bar_bounds
    start, stop = int(bounds[max(bar - 2, 0)]), int(bounds[min(bar + 3, len(bounds) - 1)])
    inside = (setting.voices.ticks[:-1] >= start) & (setting.voices.ticks[:-1] < stop)
    everyone = (setting.pitch[inside] >= 0).any(axis=0).all()
    return (start, stop) if everyone else (0, int(bounds[-1]))


def _mark(fault: Fault, shift: int = 0) -> tuple[object, ...]:
    """What makes a fault the same before and after a repair."""
    return fault.rule, fault.tick + shift, fault.voices


def _holds(found: tuple[Fault, ...], known: set[tuple[object, ...]], fault: Fault, shift: int = 0) -> bool:
    """Whether the fault is gone and all others were there before."""
    marks = {_mark(other, shift) for other in found}
    return _mark(fault) not in marks and marks <= known
