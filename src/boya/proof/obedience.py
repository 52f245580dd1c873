"""Does the composer do what it was asked? Hard wishes, which must hold always, and soft ones, which it should follow.

Hard wishes are looked up in the finished score by rules of this module's own, apart from the masks that were to enforce them.
Where the composer ships, half of what is asked for from nothing is asked in words, of `boya.composing.compose`. A request that is
refused with a reason is neither: it is counted, and another is drawn. Soft wishes are the classes of density, register, polyphony
and dynamics (`boya.representation.stream.controls`) that some other track of the same role has in `valid`, asked for all tracks
of 8 bars under the outline and chords of a piece of `valid`, and measured in what was written.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from boya.composing import compose
from boya.composing.filling import Sheet, fill
from boya.errors import RequestError
from boya.evaluation.scoreboard import Row
from boya.models.composer import Composer
from boya.models.runtime import available
from boya.proof.drafts import heard
from boya.proof.requests import METRES, Asked, from_nothing, in_words, rewriting
from boya.proof.setup import Setup
from boya.representation.stream import Encoded, controls_of, encode
from boya.representation.stream.vocabulary import CONTROLS, TICKS_PER_STEP
from boya.score import ROLES, TICKS_PER_QUARTER, NoteArray, Score, note_array
from boya.theory.chords import chord_pitch_classes
from boya.theory.scales import scale_pitch_classes

__all__ = ["KINDS", "hard", "kept_wishes", "soft"]

KINDS = ("bars", "metre", "tempo", "instruments", "key", "chords", "range", "locked notes")
HARD_BAR, SOFT_BAR = 100.0, 90.0
SOFT_BARS, MOST_TRACKS = 8, 5
WITH_BAR = ("density", "register", "polyphony")


def hard(setup: Setup, composer: Composer, name: str, scores: Sequence[tuple[Score, str]]) -> Iterator[Row]:
    """Ask for random things and look whether they were done.

    Parameters
    ----------
    scores
        real pieces with their styles, some bars of which are written again
    """
    rng, n = setup.rng(), setup.pick(500, 12)
    words_share = 0.5 if name in available() else 0.0
    held: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    n_refused = 0
    while asked["all"] < n and n_refused < n:
        score, style = scores[int(rng.integers(len(scores)))]
        is_new = rng.random() < 0.5
        request = from_nothing(rng) if is_new else rewriting(score, style, rng)
        is_said = is_new and request.selection.all() and rng.random() < words_share
        try:
            written = _composed(request, rng) if is_said else _filled(request, composer, rng)
        except RequestError:
            n_refused += 1
            continue
        found = {kind: is_kept for kind, is_kept in kept_wishes(request, written).items() if kind in request.kinds}
        asked.update([*found, "all"])
        held.update([kind for kind, is_kept in found.items() if is_kept] + ["all"] * all(found.values()))
    for kind in ("all", *KINDS):
        if asked[kind]:
            what = "random requests obeyed" + f", {kind}" * (kind != "all")
            yield setup.row(what, name, 100 * held[kind] / asked[kind], "%", at_least=HARD_BAR)
    yield setup.row("random requests", name, float(asked["all"]), "requests")
    yield setup.row("random requests refused with a reason", name, float(n_refused), "requests")


def _filled(request: Asked, composer: Composer, rng: np.random.Generator) -> Score:
    """Have a sheet filled."""
    return fill(request.sheet, request.selection, rng, candidates=1, composer=composer).scores[0]


def _composed(request: Asked, rng: np.random.Generator) -> Score:
    """Have a piece composed as it is wished for in words; its tracks in the order of their roles."""
    score = compose(candidates=1, seed=int(rng.integers(2**31)), **in_words(request)).score
    return score.with_tracks(sorted(score.tracks, key=lambda track: ROLES.index(track.role)))


def kept_wishes(request: Asked, score: Score) -> dict[str, bool]:
    """Return for each of KINDS whether it holds in a score."""
    sheet, before = request.sheet, request.sheet.score
    bounds = _bounds(sheet)
    new, old, given = [], [], []
    if len(score.tracks) != len(before.tracks):
        return dict.fromkeys(KINDS, False)
    for track, original, row in zip(score.tracks, before.tracks, request.selection, strict=True):
        is_new = row[_bars(track.notes, bounds)]
        new.append(track.notes[is_new])
        old.append(track.notes[~is_new])
        given.append(original.notes[~row[_bars(original.notes, bounds)]])
    pitched = [notes for notes, track in zip(new, score.tracks, strict=True) if not track.is_drum]
    return {
        "bars": score.n_bars == sheet.n_bars or (score.n_bars < sheet.n_bars and not request.selection[:, -1].any()),
        "metre": score.timeline.metres == before.timeline.metres,
        "tempo": score.timeline.tempos == before.timeline.tempos,
        "instruments": [(t.program, t.is_drum) for t in score.tracks] == [(t.program, t.is_drum) for t in before.tracks]
        and all(len(notes) for notes, row in zip(new, request.selection, strict=True) if row.any()),
        "key": score.timeline.keys == before.timeline.keys and all(_in_key(sheet, notes) for notes in pitched),
        "chords": _harmony(score, bounds) == _harmony(before, bounds)
        and all(_in_chords(sheet, notes, bounds) for notes in pitched),
        "range": all(_in_range(sheet, number, notes) for number, notes in enumerate(new)),
        "locked notes": all(np.array_equal(_sorted(one), _sorted(other)) for one, other in zip(old, given, strict=True)),
    }


@dataclass(frozen=True, eq=False)
class Wished:
    """A blank sheet whose tracks are asked to be of some classes `[shape=(n_tracks, 4)]`."""

    sheet: Sheet
    classes: NDArray[np.int8]


def soft(setup: Setup, composer: Composer, name: str, pieces: Sequence[Encoded]) -> Iterator[Row]:
    """Ask for classes and measure them."""
    rng = setup.rng()
    bank = [_classes(piece) for piece in pieces]
    fitting = [piece for piece in pieces if len(piece.parts) <= MOST_TRACKS and piece.n_bars >= SOFT_BARS]
    held, asked = np.zeros(len(CONTROLS)), np.zeros(len(CONTROLS))
    for place in rng.permutation(len(fitting))[: setup.pick(60, 3)].tolist():
        wished = _wish(fitting[place], bank, rng)
        selection = np.ones_like(wished.sheet.blank_selection())
        try:
            encoded = encode(fill(wished.sheet, selection, rng, composer=composer).scores[0])
        except RequestError as error:
            setup.note(f"composer: soft wishes of a piece are left out: {error}")
            continue
        found = controls_of(encoded, 0, encoded.n_bars)
        is_asked = wished.classes >= 0
        asked += is_asked.sum(axis=0)
        held += (is_asked & (found == wished.classes)).sum(axis=0)
    for control, count, right in zip(CONTROLS, asked.tolist(), held.tolist(), strict=True):
        if count:
            bar = SOFT_BAR if control in WITH_BAR else None
            yield setup.row(f"soft controls followed, {control}", name, 100 * right / count, "%", at_least=bar)
    yield setup.row("soft controls asked for", name, float(asked.sum()), "classes")


def _wish(piece: Encoded, bank: list[dict[str, list[NDArray[np.int8]]]], rng: np.random.Generator) -> Wished:
    """The first bars of a piece without its notes, and for each track the classes of one of its role in another piece."""
    score = heard(piece, SOFT_BARS)
    others = bank[rng.integers(len(bank))]
    classes = np.full((len(piece.parts), len(CONTROLS)), -1, dtype=np.int8)
    for slot, part in enumerate(piece.parts):
        known = others.get(part.role) or [row for of_one in bank for row in of_one.get(part.role, [])]
        if known:
            classes[slot] = known[rng.integers(len(known))]
    blank = score.with_tracks(replace(track, notes=note_array()) for track in score.tracks)
    return Wished(Sheet(blank, SOFT_BARS, piece.style, piece.substyle, controls=classes), classes)


def _classes(piece: Encoded) -> dict[str, list[NDArray[np.int8]]]:
    """The classes of the tracks of a piece over its first bars, by role; silent ones left out."""
    found: dict[str, list[NDArray[np.int8]]] = {}
    for part, row in zip(piece.parts, controls_of(piece, 0, min(SOFT_BARS, piece.n_bars)), strict=True):
        if row[0] >= 0:
            found.setdefault(part.role, []).append(row)
    return found


def _bounds(sheet: Sheet) -> NDArray[np.int64]:
    """First tick of each bar of a sheet, and the tick after the last."""
    timeline, metre = sheet.score.timeline, sheet.score.timeline.metres[-1]
    starts = timeline.bar_starts(metre.tick + (sheet.n_bars + 1) * metre.ticks_per_bar)
    return starts[: sheet.n_bars + 1]


def _bars(notes: NoteArray, bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """The bar of each note, its onset rounded to a step."""
    onset = (notes["onset"].astype(np.int64) + TICKS_PER_STEP // 2) // TICKS_PER_STEP * TICKS_PER_STEP
    return np.clip(np.searchsorted(bounds, onset, side="right") - 1, 0, len(bounds) - 2)


def _sorted(notes: NoteArray) -> NoteArray:
    """Notes in one order."""
    return np.sort(notes, order=("onset", "pitch", "duration", "velocity"))


def _harmony(score: Score, bounds: NDArray[np.int64]) -> list[set[int]]:
    """Pitch classes of the chord in force at each quarter."""
    return [_chord_notes(score, tick) for tick in range(0, int(bounds[-1]), TICKS_PER_QUARTER)]


def _chord_notes(score: Score, tick: int) -> set[int]:
    """Pitch classes of the chord in force."""
    for chord in score.chords:
        if chord.onset <= tick < chord.end and chord.root is not None:
            return {*chord_pitch_classes(chord.root, chord.quality), chord.root if chord.bass is None else chord.bass}
    return set()


def _in_key(sheet: Sheet, notes: NoteArray) -> bool:
    """Whether notes are of the key or the chord in force."""
    score = sheet.score
    for onset, pitch in notes[["onset", "pitch"]].tolist():
        key = score.timeline.key_at(onset)
        if pitch % 12 not in {*scale_pitch_classes(key.tonic, key.mode), *_chord_notes(score, onset)}:
            return False
    return True


def _in_chords(sheet: Sheet, notes: NoteArray, bounds: NDArray[np.int64]) -> bool:
    """Whether notes are of the chord in force, if there is one: all of them, or those on strong beats."""
    score = sheet.score
    for bar, (onset, pitch) in zip(_bars(notes, bounds).tolist(), notes[["onset", "pitch"]].tolist(), strict=True):
        metre = score.timeline.metre_at(int(bounds[bar]))
        beats = METRES.get((metre.numerator, metre.denominator), (0,))
        is_strong = (onset - int(bounds[bar])) / TICKS_PER_QUARTER in beats
        if (is_strong or sheet.limits.chord_tones == "all") and pitch % 12 not in (_chord_notes(score, onset) or {pitch % 12}):
            return False
    return True


def _in_range(sheet: Sheet, number: int, notes: NoteArray) -> bool:
    """Whether notes are within the range of their track."""
    limits = sheet.limits.of(number)
    low, high = limits.lowest or 0, 127 if limits.highest is None else limits.highest
    return bool(((notes["pitch"] >= low) & (notes["pitch"] <= high)).all())
