"""Marking of four-part writing and of counterpoint: what was given must stay, chords must be complete, rules must hold.

Conventions: an item earns the share of its chords (or of the cantus) that is right, less a tenth for each hard fault that
`boya.theory.voices.faults` finds; soft faults are told and cost nothing. The network that hears foreign notes is not asked: here
the chord of every note is known.
"""

from collections.abc import Sequence

from boya.errors import InputError
from boya.score import Key, Metre, Score, Timeline, Track, note_array
from boya.teaching.exercises.cantus import Task, counterpoint_faults
from boya.teaching.exercises.item import Item, Part, Player
from boya.teaching.exercises.mark_notes import named, remark_at
from boya.teaching.exercises.remarks import Marked, Remark, place_of
from boya.teaching.exercises.steps import Step, read_step
from boya.teaching.names import note_words
from boya.teaching.spelling import Note
from boya.teaching.wording import Words, listed, say
from boya.theory.voices import Fault, chosen_rules, faults

__all__ = ["PENALTY", "mark_counterpoint", "mark_voices", "voice_rules"]

PENALTY = 0.1


def voice_rules(severity: str) -> list[str]:
    """Return the names of the rules of four-part writing that an answer is held to.

    >>> "parallel-fifths" in voice_rules("hard")
    True
    """
    return [rule.name for rule in chosen_rules(severity) if rule.name != "foreign-note"]


def mark_voices(item: Item, written: tuple[Part, ...], players: Sequence[Player]) -> Marked:
    """Mark a progression in four voices."""
    onsets = [int(tick) for tick in item.demands["onsets"]]
    remarks = _kept(item, written, players)
    wrong: set[int] = set()
    for onset, label in zip(onsets, item.demands["steps"], strict=True):
        found = _chord_remarks(item, onset, read_step(label), [_at(part, onset) for part in written])
        wrong |= {onset} if found else set()
        remarks += found
    share = 1 - len(wrong) / len(onsets) - (sum(remark.what == "given" for remark in remarks) / len(onsets))
    try:
        broken = faults(_score_of(item, written), "all", item.key)
    except InputError:
        broken = ()  # fewer than two voices were written; the chords say so
    kept = set(voice_rules("all"))
    return _with_faults(item, share, remarks, [fault for fault in broken if fault.rule in kept])


def mark_counterpoint(item: Item, written: tuple[Part, ...], players: Sequence[Player]) -> Marked:
    """Mark a counterpoint against its cantus firmus: without a note in every bar it earns the share of the bars that have one."""
    remarks = _kept(item, written[1:], players[1:], item.given[1:])
    bars = {onset // item.bar_ticks for onset, ticks, _ in written[0]} | {
        (onset + ticks - 1) // item.bar_ticks for onset, ticks, _ in written[0]
    }
    empty = [bar for bar in range(item.n_bars) if bar not in bars]
    for bar in empty:
        values = {"player": players[0].name, "answer": players[0].name}
        remarks.append(remark_at(item, bar * item.bar_ticks, "absent", **values))
    share = 1 - (len(empty) + sum(remark.what == "given" for remark in remarks)) / item.n_bars
    cantus = tuple(pitch for _, _, pitch in item.given[1])
    task = Task(cantus, int(item.demands["species"]), bool(item.demands["is_above"]), item.key)
    found = counterpoint_faults(task, written[0]) if written[0] else ()
    return _with_faults(item, share, remarks, list(found))


def _with_faults(item: Item, share: float, remarks: list[Remark], found: Sequence[Fault]) -> Marked:
    """Points after all faults, with remarks on each."""
    n_hard = sum(fault.severity == "hard" for fault in found)
    told = [_fault_remark(item, fault) for fault in found]
    points = max(share - PENALTY * n_hard, 0.0)
    return Marked(points, tuple(sorted((*remarks, *told), key=lambda remark: (remark.bar, remark.what == "advice"))))


def _fault_remark(item: Item, fault: Fault) -> Remark:
    """A broken rule in the bars of the sheet."""
    what = "fault" if fault.severity == "hard" else "advice"
    bar = item.bar + fault.bar
    told = Words(fault.explanation, fault.explanation_zh)
    place = say("terms", "bar", number=bar + 1)
    return Remark(
        item.number, bar, what, say("exercises", f"mark.{what}", number=item.number, bar=place, beat=fault.beat, fault=told)
    )


def _kept(item: Item, written: Sequence[Part], players: Sequence[Player], given: Sequence[Part] | None = None) -> list[Remark]:
    """Remarks on given notes that are gone."""
    remarks = []
    for part, stood, player in zip(written, item.given if given is None else given, players, strict=True):
        there = {(onset, pitch) for onset, _, pitch in part}
        for onset, _, pitch in stood:
            if (onset, pitch) not in there:
                remarks.append(remark_at(item, onset, "given", player=player.name, answer=named(item, pitch)))
    return remarks


def _chord_remarks(item: Item, onset: int, step: Step, pitches: Sequence[int | None]) -> list[Remark]:
    """Remarks on a chord: notes that are not of it, notes that it needs, its bass."""
    notes = step.notes(_tonic(item), item.key[1])
    classes = {note.pitch_class: note for note in notes}
    sounding = [pitch for pitch in pitches if pitch is not None]
    if len(sounding) < len(pitches):
        return [remark_at(item, onset, "incomplete", label=step.label, answer=say("exercises", "mark.voice"))]
    remarks = []
    foreign = [pitch for pitch in sounding if pitch % 12 not in classes]
    if foreign:
        names = listed([note_words(note, has_octave=False) for note in notes])
        given = listed([named(item, pitch) for pitch in foreign])
        remarks.append(remark_at(item, onset, "chord", label=step.label, answer=names, given=given))
    needed = [note for n, note in enumerate(notes) if n != 2 and note.pitch_class not in {p % 12 for p in sounding}]
    if needed and not foreign:
        answer = listed([note_words(note, has_octave=False) for note in needed])
        remarks.append(remark_at(item, onset, "incomplete", label=step.label, answer=answer))
    bass = notes[step.inversion]
    if min(sounding) % 12 != bass.pitch_class and min(sounding) not in foreign:
        values = {"answer": note_words(bass, has_octave=False), "given": named(item, min(sounding))}
        remarks.append(remark_at(item, onset, "bass", label=step.label, **values))
    return remarks


def _tonic(item: Item) -> Note:
    """The tonic of an item, spelled as its demands say."""
    return Note(int(item.demands["tonic"]), 4)


def _at(part: Part, tick: int) -> int | None:
    """The pitch that sounds in a part."""
    return next((pitch for onset, ticks, pitch in part if onset <= tick < onset + ticks), None)


def _score_of(item: Item, parts: Sequence[Part]) -> Score:
    """The parts of one item as a score of its own."""
    tracks = tuple(Track(note_array([(*tone, 80) for tone in part]), program=52) for part in parts if part)
    if not tracks:
        raise InputError(f"{place_of(item).en}: nothing was written")
    return Score(tracks, Timeline.of(metres=[Metre(0, *item.metre)], keys=[Key(0, *item.key)]))
