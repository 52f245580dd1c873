"""How a score is read: by its chord symbols where it carries them, else by its notes.

Conventions: symbols count where they cover half of the music or more; their key is the one that the score writes, or, where it
is silent, the one that is heard. The church modes are told as the major or minor key of their third. Numerals are those of
`boya.theory.figured`.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

from boya.score import MINOR_MODES, Chord, Score
from boya.theory.analysis import Analysis, Harmony, KeySpan, analyse
from boya.theory.analysis.frames import notes_of
from boya.theory.analysis.harmonies import Clock, key_spans, modulations
from boya.theory.analysis.phrases import cadences, phrase_ends, phrases
from boya.theory.analysis.tones import non_chord_tones
from boya.theory.analysis.vocabulary import vocabulary
from boya.theory.figured import figured_name, parse_figured, plain_quality

__all__ = ["Reading", "read_harmony"]


@dataclass(frozen=True)
class Reading:
    """An analysis, whether it follows chord symbols, and the key that the notes alone would have."""

    analysis: Analysis
    has_symbols: bool
    heard: KeySpan | None


def read_harmony(score: Score) -> Reading:
    """Return the harmony of a score.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> track = Track(note_array([(0, 1920, 60, 80), (1920, 1920, 62, 80)]))
    >>> reading = read_harmony(Score((track,), chords=(Chord(0, 1920, 0), Chord(1920, 1920, 7, "7", 11))))
    >>> [chord.numeral for chord in reading.analysis.chords], reading.has_symbols
    (['I', 'V6/5'], True)
    """
    heard = analyse(score)
    first = max(heard.keys, key=lambda key: key.end - key.onset, default=None)
    covered = sum(chord.duration for chord in score.chords if chord.root is not None)
    if not heard.chords or 2 * covered < score.end:
        return Reading(heard, False, first)
    clock, notes = Clock(score), notes_of(score)
    chords = tuple(_harmony(chord, score, heard, clock) for chord in _merged(score))
    keys, ends = key_spans(chords, clock), phrase_ends(score, notes, chords)
    closes = cadences(chords, ends, notes, clock)
    tones = non_chord_tones(chords, notes, clock)
    analysis = Analysis(keys, chords, closes, tones, modulations(keys, chords), phrases(ends, closes, clock))
    return Reading(analysis, True, first)


def _merged(score: Score) -> tuple[Chord, ...]:
    """The symbols by time, equal neighbours as one, none longer than to the next."""
    found: list[Chord] = []
    end = score.bar_bounds[-1]
    for chord in sorted(score.chords, key=lambda chord: (chord.onset, chord.duration)):
        if chord.onset >= end or (found and chord.onset < found[-1].end and chord.onset == found[-1].onset):
            continue
        if found and _same(found[-1], chord):
            found[-1] = replace(found[-1], duration=chord.end - found[-1].onset)
        else:
            found.append(chord)
    cut = [replace(a, duration=min(a.duration, b.onset - a.onset)) for a, b in pairwise(found)]
    return (*cut, *found[-1:])


def _same(before: Chord, after: Chord) -> bool:
    """Whether a chord goes on."""
    alike = (before.root, before.quality, before.bass) == (after.root, after.quality, after.bass)
    return alike and before.end == after.onset


def _harmony(chord: Chord, score: Score, heard: Analysis, clock: Clock) -> Harmony:
    """A symbol in its key."""
    tonic, mode = _key(chord.onset, score, heard)
    place = clock.place(chord.onset, chord.end)
    where = (place.onset, place.end, place.bar, place.beat)
    if chord.root is None:
        return Harmony(*where, None, "", None, tonic, mode, "", "", kind="")
    bass = chord.root if chord.bass is None else chord.bass
    numeral = figured_name(chord.root, chord.quality, bass, tonic, mode)
    told = parse_figured(numeral, tonic, mode)
    words = vocabulary()
    row = words.find(mode, chord.root - tonic, plain_quality(chord.quality), told.of or None)
    function, kind = ("", "") if row is None else (words.rows[row].function, words.rows[row].kind)
    return Harmony(
        *where,
        root=chord.root,
        quality=chord.quality,
        bass=bass,
        tonic=tonic,
        mode=mode,
        numeral=numeral,
        degree=told.degree,
        of=told.of,
        inversion=told.inversion,
        function=function,
        kind=kind,
    )


def _key(tick: int, score: Score, heard: Analysis) -> tuple[int, str]:
    """The key in force: written, or heard."""
    if "key" not in score.timeline.assumed:
        key = score.timeline.key_at(tick)
        return key.tonic, "minor" if key.mode in MINOR_MODES else "major"
    span = heard.key_at(tick) or heard.keys[0]
    return span.tonic, span.mode
