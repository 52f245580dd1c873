"""Four-part harmony that cannot break the rules: the cheapest of all legal settings, found exactly, with the reasons.

    realise("I IV V7 I", "C")           a progression for soprano, alto, tenor and bass
    harmonise_melody(score, "G minor")  chords and voices for a melody, which stays as it is in the soprano

Hard rules of `data/rules.toml` (but for what concerns a given melody alone) hold by construction; soft ones are costs. Chords
for a melody come from the grammar of chorales: what J. S. Bach puts on a beat, and what after what.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.score import MINOR_MODES, Chord, Key, Score, Timeline, Track, note_array
from boya.theory.chords import chord_name, parse_chord
from boya.theory.figured import parse_figured
from boya.theory.keys import find_key, has_sharps, key_name, parse_key
from boya.theory.roman import is_roman, parse_roman
from boya.theory.voices.beats import Beat, beats_of
from boya.theory.voices.grammar import grammar
from boya.theory.voices.moves import step_costs
from boya.theory.voices.reasons import Harmony
from boya.theory.voices.search import Ways, cheapest
from boya.theory.voices.voicings import Slot, Stage, chords_of, members, stage_of

__all__ = ["harmonise_melody", "realise"]

Floats = NDArray[np.float32]
QUARTER, CHOIR, LOUDNESS = 480, 52, 80
LOWER = ("Alto", "Tenor", "Bass")
PHRASE_END = 2.0  # cost of a chord that does not rest at the end of a phrase
RESTING = {"tonic": (0, 0), "dominant": (7, 7)}  # function -> root and bass that come to rest


def realise(
    chords: str | Sequence[str | Chord],
    key: str | tuple[int, str] = "C",
    *,
    quarters: float = 1,
    timeline: Timeline | None = None,
) -> Harmony:
    """Set a progression for four voices: the best of all legal settings.

    Parameters
    ----------
    chords
        Roman numerals with figures (I6, V6/5, V7/V) or chord symbols, in one text or a list, or chords in time; the bass is that
        of the symbol, else the root
    key
        such as "A minor", or tonic and mode
    quarters
        length of each chord that has no time of its own, in quarters
    timeline
        tempo and metre; 4/4 if left out

    Raises
    ------
    InputError
        if a chord or the key cannot be read, or no legal setting exists; the message names the chord.

    Examples
    --------
    >>> harmony = realise("I IV V7 I", "C")
    >>> [track.notes["pitch"].tolist() for track in harmony.score.tracks]
    [[67, 69, 67, 67], [64, 65, 65, 64], [60, 60, 59, 60], [48, 53, 55, 48]]
    >>> harmony.reasons[2].roman, harmony.reasons[2].function
    ('V7', 'dominant')
    """
    tonic, mode = _key(key)
    placed = [
        replace(c, bass=None if c.bass == c.root else c.bass) for c in _placed(chords, tonic, mode, round(quarters * QUARTER))
    ]
    slots = [Slot(tonic, mode, (c.root or 0, c.quality, c.root or 0 if c.bass is None else c.bass)) for c in placed]
    stages = tuple(stage_of(slot) for slot in slots)
    names = [chord_name(c.root, c.quality, c.bass, sharps=has_sharps(tonic, mode)) for c in placed]
    ways = _ways(slots, [stage.cost for stage in stages], names)
    way = ways.best()
    rows = np.array([stage.first[row] for stage, row in zip(stages, way, strict=True)])
    soprano = [(c.onset, c.duration, int(p), LOUDNESS) for c, p in zip(placed, rows[:, 0], strict=True)]
    line = Timeline() if timeline is None else timeline
    line = replace(line, keys=(Key(0, tonic, mode),), assumed=line.assumed - {"key"})
    top = Track(note_array(soprano), CHOIR, name="Soprano", role="melody")
    score = Score((top, *_lower(rows, [(c.onset, c.end) for c in placed])), line, tuple(placed))
    told = tuple(_roman_of(c, tonic, mode) for c in placed)
    return Harmony(score, ways.total, stages, tuple(c.onset for c in placed), ways, told)


def harmonise_melody(
    melody: Score,
    key: str | tuple[int, str] | None = None,
    *,
    track: int | None = None,
    phrase_ends: Sequence[int] | None = None,
    style: str = "chorale",
) -> Harmony:
    """Set a melody for four voices, a chord a beat; it stays as it is in the soprano.

    Parameters
    ----------
    melody
        a score; its tempo and metre are kept
    key
        such as "A minor", or tonic and mode; that of the score, or found from the melody
    track
        number of the track with the melody, from 0; the highest one if left out
    phrase_ends
        ticks at which phrases end; after long notes and before rests if left out
    style
        the grammar that is followed; there is one, chorale

    Raises
    ------
    InputError
        if there is no melody, it sounds several notes at once or lies outside C4-A5, or no legal setting exists; the message
        names the bar.

    Examples
    --------
    >>> tune = Track(note_array([(n * 480, 480, p, 80) for n, p in enumerate((67, 69, 67, 65, 64, 62, 62, 60))]))
    >>> harmony = harmonise_melody(Score((tune,)), "C")
    >>> harmony.score.tracks[0].notes["pitch"].tolist() == tune.notes["pitch"].tolist()
    True
    >>> [reason.roman for reason in harmony.reasons][-2:]
    ['V', 'I']
    """
    if style != "chorale":
        raise InputError(f"the style of four-part writing is chorale; got {style!r}")
    source = _melody_track(melody, track)
    tonic, mode = _key_of(melody, key)
    beats = beats_of(melody, source.notes, phrase_ends)
    stages, ways = _found(beats, tonic, mode)
    way = ways.best()
    rows = np.array([stage.first[row] for stage, row in zip(stages, way, strict=True)])
    chords = _symbols(stages, way, beats)
    line = replace(melody.timeline, keys=(Key(0, tonic, mode),), assumed=melody.timeline.assumed - {"key"})
    top = replace(source, name=source.name or "Soprano", role="melody")
    score = replace(melody, tracks=(top, *_lower(rows, [(beat.onset, beat.end) for beat in beats])), timeline=line, chords=chords)
    return Harmony(score, ways.total, stages, tuple(beat.onset for beat in beats), ways)


def _found(beats: Sequence[Beat], tonic: int, mode: str) -> tuple[tuple[Stage, ...], Ways]:
    """Stages and ways for a melody; where there is no way, any of its notes may be beside the chord."""
    for anything in (False, True):
        slots = [Slot(tonic, mode, None, beat.melody, anything or beat.may_clash, beat.ends_on_beat) for beat in beats]
        stages = tuple(stage_of(slot) for slot in slots)
        ways = cheapest(_grammar_costs(stages, beats), lambda n: step_costs(slots[n], slots[n + 1]))  # noqa: B023
        if ways.blocked is None:
            break
    _check(ways, [f"bar {beat.bar + 1}, beat {beat.number:g}" for beat in beats])
    return stages, ways


def _ways(slots: list[Slot], costs: Sequence[Floats], names: list[str]) -> Ways:
    """All ways through slots."""
    ways = cheapest(costs, lambda n: step_costs(slots[n], slots[n + 1]))
    _check(ways, names)
    return ways


def _check(ways: Ways, names: list[str]) -> None:
    """Complain where there is no way."""
    if ways.blocked is not None:
        at = ways.blocked
        before = f" after {names[at - 1]}" if at else ""
        raise InputError(
            f"four voices must obey the hard rules; there is no way to set {names[at]}{before}; change the music there"
        )


def _grammar_costs(stages: tuple[Stage, ...], beats: Sequence[Beat]) -> list[Floats]:
    """What voicings cost in their place: by themselves, notes that pass, beginning, ends of phrases, end."""
    costs = []
    for number, (stage, beat) in enumerate(zip(stages, beats, strict=True)):
        table = grammar(stage.slot.mode)
        extra = beat.passing_cost(members(chords_of(stage.slot.tonic, stage.slot.mode)))
        extra = extra + (table.opens if number == 0 else 0) + (2 * table.closes if number == len(beats) - 1 else 0)
        if beat.is_phrase_end:
            rests = [RESTING.get(e.function) == (e.root, e.bass) and e.quality in ("maj", "min") for e in table.entries]
            extra = extra + np.where(rests, 0, PHRASE_END)
        costs.append((stage.cost + extra[stage.chord]).astype(np.float32))
    return costs


def _symbols(stages: tuple[Stage, ...], way: list[int], beats: Sequence[Beat]) -> tuple[Chord, ...]:
    """The chords as symbols; equal neighbours are one."""
    made: list[Chord] = []
    for stage, row, beat in zip(stages, way, beats, strict=True):
        entry, tonic = grammar(stage.slot.mode).entries[stage.chord[row]], stage.slot.tonic
        bass = None if entry.bass == entry.root else (entry.bass + tonic) % 12
        chord = Chord(beat.onset, beat.end - beat.onset, (entry.root + tonic) % 12, entry.quality, bass)
        if made and made[-1].end == chord.onset and replace(chord, onset=made[-1].onset, duration=made[-1].duration) == made[-1]:
            made[-1] = replace(made[-1], duration=chord.end - made[-1].onset)
        else:
            made.append(chord)
    return tuple(made)


def _lower(rows: NDArray[np.int64], spans: list[tuple[int, int]]) -> list[Track]:
    """Alto, tenor and bass; a voice that stays while no voice of the three moves holds its note."""
    tracks = []
    holds = [False, *((rows[1:, 1:] == rows[:-1, 1:]).all(axis=1)).tolist()]
    for voice, name in enumerate(LOWER, 1):
        notes: list[tuple[int, int, int, int]] = []
        for (start, end), pitch, held in zip(spans, rows[:, voice].tolist(), holds, strict=True):
            if held and notes[-1][0] + notes[-1][1] == start:
                notes[-1] = (notes[-1][0], end - notes[-1][0], pitch, LOUDNESS)
            else:
                notes.append((start, end - start, pitch, LOUDNESS))
        tracks.append(Track(note_array(notes), CHOIR, name=name, role="bass" if voice == 3 else ""))
    return tracks


def _key(key: str | tuple[int, str]) -> tuple[int, str]:
    """Tonic and mode."""
    return parse_key(key) if isinstance(key, str) else key


def _key_of(score: Score, key: str | tuple[int, str] | None) -> tuple[int, str]:
    """Tonic and mode: as wished, as written, or as heard."""
    if key is not None:
        return _key(key)
    heard = find_key(score) if "key" in score.timeline.assumed else score.timeline.keys[0]
    return heard.tonic, heard.mode


def _placed(chords: str | Sequence[str | Chord], tonic: int, mode: str, ticks: int) -> list[Chord]:
    """Chords in time, one after another."""
    wanted = chords.replace("|", " ").split() if isinstance(chords, str) else list(chords)
    placed: list[Chord] = []
    for wish in wanted:
        start = placed[-1].end if placed else 0
        chord = Chord(start, ticks, *_read(wish, tonic, mode)) if isinstance(wish, str) else wish
        if chord.root is None:
            raise InputError(f"a progression for voices needs chords throughout; number {len(placed) + 1} is none")
        placed.append(chord)
    if not placed:
        raise InputError("a progression needs at least one chord, such as I; got none")
    return placed


def _read(text: str, tonic: int, mode: str) -> tuple[int | None, str, int | None]:
    """Root, quality and bass of a numeral with figures (I6, V4/2), one of lead sheets (Imaj7), or a chord symbol."""
    try:
        found = parse_figured(text, tonic, "minor" if mode in MINOR_MODES else "major")
    except InputError:
        return parse_roman(text, tonic, mode) if is_roman(text) else parse_chord(text)
    return found.root, found.quality, found.bass


def _roman_of(chord: Chord, tonic: int, mode: str) -> tuple[str, str]:
    """Numeral and function of a chord if the grammar knows it, else its symbol."""
    bass = chord.root if chord.bass is None else chord.bass
    for entry in grammar(mode).entries:
        found = (entry.root + tonic) % 12, entry.quality, (entry.bass + tonic) % 12
        if found == (chord.root, chord.quality, bass):
            return entry.roman, entry.function
    return chord_name(chord.root, chord.quality, chord.bass, sharps=has_sharps(tonic, mode)), "other"


def _melody_track(score: Score, number: int | None) -> Track:
    """The track with the melody."""
    pitched = [t for t in score.tracks if t.n_notes and not t.is_drum]
    if number is not None:
        if not 0 <= number < len(score.tracks) or score.tracks[number] not in pitched:
            raise InputError(f"track must be one of 0-{len(score.tracks) - 1} that has notes; got {number}")
        return score.tracks[number]
    if not pitched:
        raise InputError(f"a melody to harmonise needs notes; the score in {key_name(0)} has none")
    return max(pitched, key=lambda track: float(track.notes["pitch"].mean()))
