"""Write the chords of a piece: a progression for each label of the form, and a cadence at the end.

Conventions: chords are lead-sheet text, one per half bar. Sections with one label share their progression (a shorter one takes
its beginning). The last section closes: its last bar is the tonic, and the chord before it is another one. Source of the
progressions: `boya.theory.progressions`.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from boya.composing.form import PHRASE_BARS, Sections
from boya.errors import InputError, RequestError
from boya.theory.chords import chord_name, parse_chord
from boya.theory.keys import has_sharps
from boya.theory.progressions import Progression, progressions_for, section_kind
from boya.theory.roman import is_roman, parse_roman

__all__ = ["bars_of_chords", "closed", "harmonise", "in_key", "parse_bars"]

HALVES = 2
_BEFORE_TONIC = {"major": "V7", "minor": "V7", "lydian": "V", "phrygian": "bII", "locrian": "bII"}
_LIKE = {"dorian": "minor", "phrygian": "minor", "lydian": "major", "mixolydian": "major"}
_HOME = {"major": "I", "minor": "i", "locrian": "io"}
_ANSWER_ODDS = 0.4

Chords = tuple[str, ...]
Known = Callable[[str, str, str], Sequence[tuple[Progression, float]]]


def parse_bars(text: str) -> tuple[tuple[str, ...], ...]:
    """Read the chords of each bar: chord symbols or Roman numerals.

    Parameters
    ----------
    text
        "Am F C G" (one chord a bar), "Am | F | C G" (bars divided by |, one or two chords each), "vi IV I V"; `%` repeats a bar

    Returns
    -------
    tuple of tuple of str
        one or two symbols for each bar, as written

    Raises
    ------
    RequestError
        if a symbol is unknown, a bar is empty or has more than two chords, or there are more than 512 bars.

    Examples
    --------
    >>> parse_bars("Am F C G"), parse_bars("| ii7 V7 | I |")
    ((('Am',), ('F',), ('C',), ('G',)), (('ii7', 'V7'), ('I',)))
    """
    cleaned = text.replace(",", " ").strip().strip("|").strip()
    bars = [bar.split() for bar in cleaned.split("|")] if "|" in text else [[word] for word in cleaned.split()]
    if not 1 <= len(bars) <= 512:
        raise RequestError(f"chords must fill 1-512 bars, as Am F C G or ii7 V7 | I; got {len(bars)} bars")
    written: list[tuple[str, ...]] = []
    for words in bars:
        bar = list(written[-1]) if words == ["%"] and written else words
        if not 1 <= len(bar) <= HALVES:
            raise RequestError(f"a bar must hold one or two chords; got {' '.join(bar)[:60]!r}; divide bars by |")
        for symbol in bar:
            _read(symbol, 0, "major")
        written.append(tuple(bar))
    return tuple(written)


def in_key(symbols: Sequence[str], tonic: int, mode: str) -> Chords:
    """Return the two chords of a bar as lead-sheet text; Roman numerals are read in the key, chord symbols stay.

    >>> in_key(("ii7", "V7"), 7, "major"), in_key(("Bb",), 0, "major")
    (('Am7', 'D7'), ('Bb', 'Bb'))
    """
    named = [
        chord_name(*parse_roman(symbol, tonic, mode), sharps=has_sharps(tonic, mode)) if is_roman(symbol) else symbol
        for symbol in symbols
    ]
    return named[0], named[-1]


def bars_of_chords(halves: Sequence[str]) -> str:
    """Return chords per half bar as text, bars divided by |, that `parse_bars` reads back.

    >>> bars_of_chords(("Am", "Am", "F", "G"))
    'Am | F G |'
    """
    bars = [halves[i : i + HALVES] for i in range(0, len(halves), HALVES)]
    return " | ".join(first if first == last else f"{first} {last}" for first, last in bars) + " |"


def harmonise(
    style: str, tonic: int, mode: str, sections: Sections, rng: np.random.Generator, known: Known = progressions_for
) -> tuple[Chords, ...]:
    """Draw the chords of every section.

    Parameters
    ----------
    style
        name of a style family
    tonic, mode
        the key
    sections
        (label, bars) in order
    known
        where progressions come from, as `boya.theory.progressions.progressions_for`

    Returns
    -------
    tuple
        for each section its chords, one per half bar `[len=2 * bars]`

    Examples
    --------
    >>> a, b = harmonise("tango", 9, "minor", (("A", 4), ("A", 4)), np.random.default_rng(1))
    >>> a[:4] == b[:4], b[-2:]
    (True, ('Am', 'Am'))
    """
    longest: dict[str, int] = {}
    for label, bars in sections:
        longest[label] = max(bars, longest.get(label, 0))
    drawn: dict[str, list[tuple[str, ...]]] = {}
    used: list[Progression] = []
    for label, bars in longest.items():
        every = known(style, mode, section_kind(label))
        pair = _draw_pair([row for row in every if row[0] not in used] or every, bars, rng)
        drawn[label] = [bar for p in pair for bar in p.bars] * bars
        used += pair
    written = [tuple(chord for bar in drawn[label][:bars] for chord in in_key(bar, tonic, mode)) for label, bars in sections]
    written[-1] = closed(written[-1], tonic, mode)
    return tuple(written)


def closed(halves: Chords, tonic: int, mode: str) -> Chords:
    """Return the chords with a cadence: the last bar is the tonic, the chord before it is not.

    >>> closed(("C", "C", "Am", "Am", "C", "C", "G", "G"), 0, "major")
    ('C', 'C', 'Am', 'Am', 'G7', 'G7', 'C', 'C')
    """
    home = next((chord for strict in (True, False) for chord in halves if _is_tonic(chord, tonic, mode, strict)), None)
    if home is None:
        home = in_key((_HOME[_LIKE.get(mode, mode)],), tonic, mode)[0]
    before = list(halves[:-HALVES])
    if before and parse_chord(before[-1])[0] in (tonic, None):
        dominant = in_key((_BEFORE_TONIC.get(mode, "bVII"),), tonic, mode)[0]
        before[-1] = dominant
        if parse_chord(before[-HALVES])[0] in (tonic, None):
            before[-HALVES] = dominant
    return (*before, home, home)


def _draw_pair(choice: Sequence[tuple[Progression, float]], bars: int, rng: np.random.Generator) -> list[Progression]:
    """The progressions that take turns in a section: one, or in longer sections sometimes two of a phrase each."""
    weights = np.array([weight * _fitness(len(p.bars), bars) for p, weight in choice])
    first = _draw(choice, weights, rng)
    if bars < 2 * PHRASE_BARS or len(first.bars) != PHRASE_BARS or rng.random() >= _ANSWER_ODDS:
        return [first]
    return [first, _draw(choice, weights * [len(p.bars) == PHRASE_BARS for p, _ in choice], rng)]


def _draw(choice: Sequence[tuple[Progression, float]], weights: NDArray[np.float64], rng: np.random.Generator) -> Progression:
    """One progression by weight."""
    return choice[int(rng.choice(len(choice), p=weights / weights.sum()))][0]


def _fitness(length: int, bars: int) -> float:
    """How well a progression of `length` bars fills a section: whole times best, cut short worst; long ones are preferred."""
    if bars % length == 0:
        return 3.0 if length > PHRASE_BARS else 1.0
    return 0.1 if length < bars else 0.02


def _read(symbol: str, tonic: int, mode: str) -> tuple[int | None, str, int | None]:
    """A chord symbol or Roman numeral, with our error."""
    try:
        return parse_roman(symbol, tonic, mode) if is_roman(symbol) else parse_chord(symbol)
    except InputError as error:
        raise RequestError(f"chords must be symbols as Am7, Bb/D, or Roman numerals as ii7, bVII; got {symbol[:40]!r}") from error


def _is_tonic(chord: str, tonic: int, mode: str, strict: bool) -> bool:
    """Whether a chord may close a piece: the tonic in root position; strictly, with the mode's third and no minor seventh."""
    root, quality, bass = parse_chord(chord)
    restful = {"minor": ("min", "min6"), "locrian": ("dim",)}.get(_LIKE.get(mode, mode), ("maj", "maj7", "maj6"))
    return root == tonic and bass is None and (quality in restful or not strict)
