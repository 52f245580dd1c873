"""Marking of written notes: each must stand where the key has it, with its pitch and its length.

Conventions: a score is read on a grid of 1/24 quarter, so that the rounding of files does not count; its tracks are the players
of the sheet by name, or in order where names are gone. A spelling is that of the key signature, since scores hold pitches.
"""

from collections.abc import Sequence
from itertools import pairwise

from boya.score import Score
from boya.score.notes import TICKS_PER_QUARTER
from boya.teaching.exercises.item import Item, Part, Player, Sheet, Tone
from boya.teaching.exercises.remarks import Marked, Remark, bar_and_beat
from boya.teaching.names import note_words
from boya.teaching.spelling import note_of
from boya.teaching.wording import Words, counted, say

__all__ = ["mark_notes", "named", "parts_of", "remark_at"]

_GRID = 20
_FIFTHS = {"major": 0, "dorian": 2, "phrygian": 4, "lydian": -1, "mixolydian": 1, "minor": 3, "locrian": 5}


def parts_of(score: Score, sheet: Sheet) -> list[tuple[Part, ...]]:
    """Return the notes of each item, a part for each player, in ticks from its start."""
    tracks = [track for track in score.tracks if not track.is_drum]
    names = [track.name.casefold() for track in tracks]
    rows: list[list[Tone]] = []
    for place, player in enumerate(sheet.players):
        wanted = {player.name.en.casefold(), player.name.zh.casefold()}
        found = [track for track, name in zip(tracks, names, strict=True) if name in wanted]
        if not found and not any(_is_a_player(name, sheet) for name in names):
            found = tracks[place : place + 1]
        rows.append([_on_grid(row) for track in found for row in track.notes.tolist()])
    spans = pairwise(sheet.onsets())
    return [
        tuple(tuple(sorted((at - a, ticks, pitch) for at, ticks, pitch in row if a <= at < b)) for row in rows) for a, b in spans
    ]


def mark_notes(item: Item, written: tuple[Part, ...], players: Sequence[Player]) -> Marked:
    """Mark written notes; what was given earns nothing but must stay."""
    n_right, n_all, remarks = 0, 0, list[Remark]()
    for part, wanted, given, player in zip(written, item.solution, item.given, players, strict=True):
        there, right = _by_onset(part), _by_onset(wanted)
        for onset in sorted({*there, *right}):
            found = _compared(item, onset, there.get(onset, ()), right.get(onset, ()), player)
            remarks += found
            is_new = bool(set(right.get(onset, ())) - set(given))
            n_all += is_new or bool(found)
            n_right += is_new and not found
    return Marked(n_right / max(n_all, 1), tuple(sorted(remarks, key=lambda remark: remark.bar)))


def named(item: Item, pitch: int) -> Words:
    """Return the name of a pitch as notation spells it in the item's key."""
    tonic, mode = item.key
    sharps = next(s for s in (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6) if (s + _FIFTHS[mode]) * 7 % 12 == tonic)
    return note_words(note_of(pitch, sharps))


def remark_at(item: Item, tick: int, what: str, **values: object) -> Remark:
    """Return a remark on a tick from the start of the item."""
    bar, words, beat = bar_and_beat(item, tick)
    text = say("exercises", f"mark.{what}", number=item.number, bar=words, beat=beat, why=item.why, **values)
    return Remark(item.number, bar, what, text)


def _compared(item: Item, onset: int, there: tuple[Tone, ...], right: tuple[Tone, ...], player: Player) -> list[Remark]:
    """Remarks on what begins at one moment in one part."""
    lost = [tone for tone in right if tone not in there]
    added = [tone for tone in there if tone not in right]
    remarks = []
    for tone in list(lost):
        other = next((other for other in added if other[2] == tone[2]), None)
        if other is not None:
            lengths = {"given": _lasting(other), "right": _lasting(tone)}
            remarks.append(remark_at(item, onset, "length", player=player.name, answer=named(item, tone[2]), **lengths))
            lost.remove(tone)
            added.remove(other)
    for tone, other in zip(lost, added, strict=False):
        values = {"given": named(item, other[2]), "answer": named(item, tone[2])}
        remarks.append(remark_at(item, onset, "pitch", player=player.name, **values))
    absent = [named(item, pitch) for _, _, pitch in lost[len(added) :]]
    extra = [named(item, pitch) for _, _, pitch in added[len(lost) :]]
    remarks += [remark_at(item, onset, "absent", player=player.name, answer=name) for name in absent]
    return remarks + [remark_at(item, onset, "extra", player=player.name, given=name) for name in extra]


def _lasting(tone: Tone) -> Words:
    """Length of a tone in quarters."""
    return counted("quarter", round(tone[1] / TICKS_PER_QUARTER, 3))


def _by_onset(part: Part) -> dict[int, tuple[Tone, ...]]:
    """Tones by the tick at which they begin."""
    found: dict[int, tuple[Tone, ...]] = {}
    for tone in part:
        found[tone[0]] = (*found.get(tone[0], ()), tone)
    return found


def _is_a_player(name: str, sheet: Sheet) -> bool:
    """Whether a track has the name of some player."""
    return any(name in (player.name.en.casefold(), player.name.zh.casefold()) for player in sheet.players)


def _on_grid(row: tuple[int, int, int, int]) -> Tone:
    """A note with its onset and end on the grid."""
    onset, duration, pitch, _ = row
    start, end = (round(tick / _GRID) * _GRID for tick in (onset, onset + duration))
    return start, max(end - start, _GRID), pitch
