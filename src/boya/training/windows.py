"""Windows of the bar stream to learn from: where they begin, what is left out, what comes last.

Conventions: a window is tokens as `boya.representation.stream` cuts them, int16 `[shape=(n,)]`. Its head is given, as is the
number of its first bar; all that follows is learnt. A hole pattern is bool `[shape=(bars, slots)]`.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from boya.errors import StreamError
from boya.models.networks.composer import UNCOUNTED
from boya.representation.stream import VOCABULARY, Encoded, controls_of, transposed
from boya.representation.stream.echoes import COMPARED, recall
from boya.representation.stream.vocabulary import CONTROLS, MOST_BARS, STEPS_PER_QUARTER
from boya.training.settings import WindowSettings

__all__ = ["draw_window", "plain_windows", "side_by_side"]

READ_SHARE = 0.1, 0.5  # of a window, for the bars before the one that looks back
RECALLED_SHARE = 0.08, 0.35  # of a window, for the bars that it looks back to
SHOWN_SHARE = 0.75  # of the windows that look back: where a writer is shown to look; the others, anywhere

Tokens = NDArray[np.int16]
Holes = NDArray[np.bool_]


def draw_window(piece: Encoded, length: int, settings: WindowSettings, rng: np.random.Generator) -> Tokens:
    """Cut a window at random.

    Parameters
    ----------
    piece
        where to cut it.
    length
        most tokens.
    settings
        how often what is left out.
    rng
        decides where the window begins, how its bars are counted, its key, controls, style and holes.

    Returns
    -------
    int16 `[shape=(n,)]`
    """
    piece = _moved(piece, rng)
    first = _first_bar(piece, length, rng)
    moved = int(rng.integers(MOST_BARS)) if rng.random() < settings.renumbered_share else 0
    is_styled = bool(rng.random() >= settings.styleless_share)
    is_told = rng.random((len(piece.parts), len(CONTROLS))) < _told_share(settings, rng)
    pattern = PATTERNS[rng.integers(len(PATTERNS))] if rng.random() < settings.holed_share else None
    recalled = _recalled(piece, first, length, rng) if not pattern and rng.random() < settings.recalled_share else None
    begin = recalled[0] if recalled else first
    last = min(piece.fit(first, length), begin + MOST_BARS)
    while True:
        holes = pattern(last - first, len(piece.parts), rng) if pattern else None
        controls = np.where(is_told, controls_of(piece, first, last), np.int8(-1))
        number = (moved + begin) % MOST_BARS
        window = piece.window(first, last, holes=holes, controls=controls, recalled=recalled, number=number, is_styled=is_styled)
        if len(window) <= length or last - first == 1:
            return window[:length]
        surplus = min((last - first) * (len(window) - length) // len(window) + 1, last - first - 1)
        if first and last == piece.n_bars and not recalled:  # the end of a piece is kept, as its beginning is
            first = begin = first + surplus
        else:
            last -= surplus


def plain_windows(piece: Encoded, length: int) -> Iterator[tuple[Tokens, float]]:
    """Yield windows of a whole piece, one after another and nothing left out, and how many quarters each lasts."""
    first = 0
    while first < piece.n_bars:
        last = piece.fit(first, length)
        window = piece.window(first, last, number=first % MOST_BARS)
        yield window[:length], float(piece.bars["length"][first:last].sum()) / STEPS_PER_QUARTER
        first = last


def side_by_side(windows: list[Tokens], context: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return windows as rows of a batch, and the token that follows each token or UNCOUNTED. [shape=(windows, context)] both

    >>> tokens, following = side_by_side([VOCABULARY.read("piece slot:0 bar:7 last end")], 6)
    >>> (tokens[0] == VOCABULARY.id("pad")).tolist(), (following[0] == UNCOUNTED).tolist()
    ([False, False, False, False, False, True], [True, True, False, False, True, True])
    """
    tokens = np.full((len(windows), context + 1), VOCABULARY.id("pad"), dtype=np.int64)
    following = np.full_like(tokens, UNCOUNTED)
    bars = VOCABULARY.span("bar")
    for row, window in enumerate(windows):
        begins = int(np.argmax((window >= bars.start) & (window < bars.stop))) + 1
        tokens[row, : len(window)] = window
        following[row, begins : len(window)] = window[begins:]
    return tokens[:, :-1], following[:, 1:]


def _moved(piece: Encoded, rng: np.random.Generator) -> Encoded:
    """The piece in any of the twelve keys, or as it is if a note would leave MIDI."""
    try:
        return transposed(piece, int(rng.integers(-6, 6)))
    except StreamError:
        return piece


def _first_bar(piece: Encoded, length: int, rng: np.random.Generator) -> int:
    """A first bar: any, but the piece's beginning for half a window's worth of others, and its last full window for all in it."""
    at = rng.uniform(-length / 2, len(piece.tokens))
    first = max(int(np.searchsorted(piece.bars["start"][:-1], at, side="right")) - 1, 0)
    while first and piece.fit(first - 1, length) == piece.n_bars:
        first -= 1
    return first


def _recalled(piece: Encoded, first: int, length: int, rng: np.random.Generator) -> tuple[int, int] | None:
    """Earlier bars for a window, mostly those that a writer would be shown; None where there is no bar to leave out."""
    bar = min(piece.fit(first, int(length * rng.uniform(*READ_SHARE))), piece.n_bars - 1)
    start = recall(piece.contents(0, bar), first)
    if start is None:
        return None
    if rng.random() >= SHOWN_SHARE:
        start = int(rng.integers(max(bar - MOST_BARS + COMPARED, 0), first - 1))
    return start, min(piece.fit(start, int(length * rng.uniform(*RECALLED_SHARE))), first - 1)


def _told_share(settings: WindowSettings, rng: np.random.Generator) -> float:
    """Share of the controls that a window tells: half in the mean, and in many windows none at all."""
    return float(rng.random()) if rng.random() < settings.controlled_share else 0.0


def _some(count: int, most: int, rng: np.random.Generator) -> slice:
    """Some places in a row of `count`: at least one, at most `most`."""
    n = int(rng.integers(1, max(min(count, most), 1) + 1))
    start = int(rng.integers(count - n + 1))
    return slice(start, start + n)


def _tracks(n_bars: int, n_slots: int, rng: np.random.Generator) -> Holes:
    """One track, or as often any number of them, all through."""
    n = 1 if rng.random() < 0.5 else int(rng.integers(1, max(n_slots, 2)))
    return np.tile(np.isin(np.arange(n_slots), rng.permutation(n_slots)[:n]), (n_bars, 1))


def _passage(n_bars: int, n_slots: int, rng: np.random.Generator) -> Holes:
    """Some bars of all tracks."""
    holes = np.zeros((n_bars, n_slots), dtype=bool)
    holes[_some(n_bars, (n_bars + 1) // 2, rng)] = True
    return holes


def _patches(n_bars: int, n_slots: int, rng: np.random.Generator) -> Holes:
    """Any bars of any tracks, up to half of them."""
    return np.asarray(rng.random((n_bars, n_slots)) < rng.uniform(0.0, 0.5))


def _line(n_bars: int, n_slots: int, rng: np.random.Generator) -> Holes:
    """Some bars of one track."""
    holes = np.zeros((n_bars, n_slots), dtype=bool)
    holes[_some(n_bars, n_bars, rng), rng.integers(n_slots)] = True
    return holes


PATTERNS = (_tracks, _passage, _patches, _line)
