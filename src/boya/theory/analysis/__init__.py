"""Roman-numeral analysis of a score: keys, chords and their functions, cadences, non-chord tones, modulations, phrases.

`analyse(score)` returns an `Analysis`, a frozen value with tuples of frozen events in order of time:

- `keys`: `KeySpan(onset, end, bar, beat, tonic, mode)`, with `.name`;
- `chords`: `Harmony(onset, end, bar, beat, root, quality, bass, tonic, mode, numeral, degree, of, inversion, function, kind)`;
- `cadences`: `Cadence(onset, end, bar, beat, kind, numerals, tonic, mode)`;
- `non_chord_tones`: `NonChordTone(onset, end, bar, beat, kind, track, note, pitch)`;
- `modulations`: `Modulation(onset, end, bar, beat, tonic_before, mode_before, tonic, mode, pivot)`;
- `phrases`: `Phrase(onset, end, bar, beat, cadence)`.

Conventions are those of `boya.theory.analysis.events`: ticks, bars and beats counted from 0. Chord symbols that a score carries
are not read: what is told is what the notes say. Keys and numerals are found together as the likeliest path of a hidden Markov
chain (`decoding`), its odds taken from textbooks and from unlabelled chorales heard with them (`data/analysis_odds.toml`);
excursions of one or two chords are then named as secondary chords (`settling`).

Share of the time that is right on the even-numbered annotated pieces of music21, none of whose analyses was counted: 10 Bach
chorales, key .803, root .951, key and full numeral .683 (the notes of two of them are among the chorales heard); 22 Monteverdi
madrigals .589, .847, .437 (their analysts change between relative keys where these odds do not). Of the beats of 20 pieces of
pop909 `train` .896 have the right root (`boya.theory.chord_naming`, made for such music, .951). A chorale takes 0.04 s, a pop
song of three minutes 0.3 s. Command: `boya evaluate --area theory --slow`.
"""

import numpy as np

from boya.score import Score
from boya.theory.analysis.decoding import decode
from boya.theory.analysis.events import (
    CADENCES,
    FUNCTIONS,
    TONES,
    Analysis,
    Cadence,
    Harmony,
    KeySpan,
    Modulation,
    NonChordTone,
    Phrase,
    Place,
)
from boya.theory.analysis.frames import frames_of, notes_of
from boya.theory.analysis.harmonies import Clock, harmonies, key_spans, modulations
from boya.theory.analysis.homes import home_odds
from boya.theory.analysis.odds import odds
from boya.theory.analysis.phrases import cadences, phrase_ends, phrases
from boya.theory.analysis.settling import settled
from boya.theory.analysis.tones import non_chord_tones

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
    "analyse",
]

PLAIN = 0.2


def analyse(score: Score) -> Analysis:
    """Return the analysis of a score.

    Parameters
    ----------
    score
        any music; drums are not heard

    Returns
    -------
    Analysis
        empty where nothing pitched sounds

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> chords = [(48, 64, 67, 72), (53, 65, 69, 72), (43, 62, 67, 71), (48, 64, 67, 72)]
    >>> music = Score((Track(note_array([(i * 960, 960, p, 80) for i, chord in enumerate(chords) for p in chord])),))
    >>> found = analyse(music)
    >>> [chord.numeral for chord in found.chords], found.keys[0].name, found.cadences[-1].kind
    (['I', 'IV', 'V', 'I'], 'C major', 'perfect authentic')
    """
    notes = notes_of(score)
    if not len(notes.pitch):
        return Analysis()
    clock, table = Clock(score), odds()
    plainness = PLAIN * np.clip(table.inside - table.outside, -3, 3)
    frames = frames_of(score, notes, plainness)
    chords = harmonies(settled(decode(frames, table, home_odds(score, table))), frames, clock)
    keys = key_spans(chords, clock)
    ends = phrase_ends(score, notes, chords)
    closes = cadences(chords, ends, notes, clock)
    return Analysis(
        keys, chords, closes, non_chord_tones(chords, notes, clock), modulations(keys, chords), phrases(ends, closes, clock)
    )
