"""A piece cut into bars and segments, and the windows that a model reads of it.

Conventions: a *segment* is what one track begins in one bar, a *slot* the place of a track in the score. `tokens` hold all bars
one after another as in a window of the whole piece, without its head; `bars` and `segments` say where each begins, and what is
in force there, so that any window is cut with a few slices. A *hole* is a segment that stands at the end of the window, after
`fill`, instead of in its bar: a model that writes it has seen what comes before and after.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.errors import StreamError
from boya.representation.stream.rows import BAR_DTYPE, FIRST, Part, attributes, chord_tokens
from boya.representation.stream.vocabulary import CONTROLS, MOST_BARS, VOCABULARY, slug
from boya.score import MODES

__all__ = ["Encoded"]


@dataclass(frozen=True, eq=False)
class Encoded:
    """A piece as a bar stream.

    Attributes
    ----------
    home
        tonic of the first key, 0-11; the tokens are moved so that it is C
    mode
        mode of the first key
    style, substyle
        names, empty where unknown
    parts
        the tracks, by slot
    tokens
        all bars; int16 `[shape=(n_tokens,)]`
    bars
        BAR_DTYPE `[shape=(n_bars + 1,)]`, starts counted from `tokens[0]`
    segments
        SEGMENT_DTYPE `[shape=(n_segments,)]`, in the order of the tokens
    """

    home: int
    mode: str
    style: str
    substyle: str
    parts: tuple[Part, ...]
    tokens: NDArray[np.int16]
    bars: NDArray[np.void]
    segments: NDArray[np.void]

    @property
    def n_bars(self) -> int:
        """Number of bars."""
        return len(self.bars) - 1

    def whole(self) -> NDArray[np.int16]:
        """Return the piece in one window, however long; bar numbers are counted modulo 64."""
        return self._window(self._head(0, None, self.home, True), 0, self.n_bars, 0)

    def fit(self, first: int, n_tokens: int, *, holed: int = 0) -> int:
        """Return the last bar + 1 of the longest window from bar `first` that has at most `n_tokens` tokens, and 64 bars.

        Parameters
        ----------
        first
            its first bar; a single bar is returned even if it is too long.
        n_tokens
            length that the window may have, with all controls.
        holed
            how many segments of each bar will be holes.
        """
        last = min(first + MOST_BARS, self.n_bars)
        head = 5 + len(self.parts) * (3 + len(CONTROLS)) + 16  # 16: what the first bar restates, `fill` and `end`
        ends = self.bars["start"][first + 1 : last + 1] - self.bars["start"][first] + 4 * holed * np.arange(1, last - first + 1)
        return first + max(int(np.searchsorted(ends, n_tokens - head, side="right")), 1)

    def window(
        self,
        first: int,
        last: int,
        *,
        holes: NDArray[np.bool_] | None = None,
        controls: NDArray[np.int8] | None = None,
        number: int = 0,
        home: int | None = None,
        is_styled: bool = True,
    ) -> NDArray[np.int16]:
        """Return bars [first, last) as a model reads them.

        Parameters
        ----------
        first, last
            bars of the piece; at most 64.
        holes
            which segments come last, after `fill` `[shape=(last - first, n_slots)]`
        controls
            class of each control of each track, -1 to leave it out `[shape=(n_slots, 4)]`; see `controls_of`
        number
            number of the first bar, 0-63
        home
            tonic to write in the head in place of the piece's own
        is_styled
            whether the head names style and substyle

        Returns
        -------
        int16 `[shape=(n,)]`

        Raises
        ------
        StreamError
            if bars, holes or controls are not those of the piece.
        """
        if not 0 <= first < last <= self.n_bars or last - first > MOST_BARS:
            raise StreamError(f"a window needs 1-{MOST_BARS} of the bars 0-{self.n_bars}; got {first}-{last}")
        self._check(holes, controls, last - first)
        head = self._head(first, controls, self.home if home is None else home % 12, is_styled)
        return self._window(head, first, last, number, holes)

    def _check(self, holes: NDArray[np.bool_] | None, controls: NDArray[np.int8] | None, n_bars: int) -> None:
        """Raise unless holes and controls are those of this piece."""
        n_slots, counts = len(self.parts), list(CONTROLS.values())
        if holes is not None and (holes.shape != (n_bars, n_slots) or holes.dtype != np.bool_):
            raise StreamError(f"holes of a window must be boolean {(n_bars, n_slots)}; got {holes.dtype} {holes.shape}")
        if controls is not None and (controls.shape != (n_slots, len(counts)) or (controls >= counts).any()):
            raise StreamError(f"controls of a window must be {n_slots} rows of classes below {counts}; got {controls.tolist()}")

    def _window(
        self, head: list[int], first: int, last: int, number: int, holes: NDArray[np.bool_] | None = None
    ) -> NDArray[np.int16]:
        """Bars behind a head."""
        head = head + self._first_bar(first, number)
        origin = int(self.bars["music"][first])
        body = self.tokens[origin : self.bars["start"][last]].copy()
        numbers = np.arange(number + 1, number + last - first) % MOST_BARS
        body[self.bars["start"][first + 1 : last] - origin] = FIRST["bar"] + numbers
        if holes is None or not holes.any():
            return _joined(head, body, [FIRST["end"]] if last == self.n_bars else [])
        bar, slot = np.nonzero(holes)
        starts, stops = (edge - origin for edge in self._edges(first + bar, slot))
        names = np.stack([FIRST["bar"] + (bar + number) % MOST_BARS, FIRST["slot"] + slot], axis=1).tolist()
        kept: list[Sequence[int] | NDArray[np.int16]] = [head]
        fills: list[Sequence[int] | NDArray[np.int16]] = [[FIRST["fill"]]]
        at = 0
        for name, start, stop in zip(names, starts.tolist(), stops.tolist(), strict=True):
            kept += [body[at:start], [name[1], FIRST["hole"]]]
            fills += [name, body[start + 1 : stop]]
            at = stop
        return _joined(*kept, body[at:], *fills, [FIRST["end"]])

    def _head(self, first: int, controls: NDArray[np.int8] | None, home: int, is_styled: bool) -> list[int]:
        """Tokens before the first bar."""
        style, substyle = (f"style:{slug(self.style)}", f"substyle:{slug(self.substyle)}") if is_styled else ("", "")
        head = [FIRST["part"] if first else FIRST["piece"], FIRST["home"] + home]
        head.append(VOCABULARY.id(style if VOCABULARY.has(style) else "style:none"))
        head += [VOCABULARY.id(substyle)] if VOCABULARY.has(substyle) else []
        head.append(VOCABULARY.id(f"mode:{self.mode}"))
        wished = [[-1] * len(CONTROLS)] * len(self.parts) if controls is None else controls.tolist()
        for slot, part in enumerate(self.parts):
            head.append(FIRST["slot"] + slot)
            head.append(FIRST["drums"] if part.is_drum else FIRST["program"] + part.program)
            head.append(VOCABULARY.id(f"role:{part.role or 'none'}"))
            head += [FIRST[kind] + value for kind, value in zip(CONTROLS, wished[slot], strict=True) if value >= 0]
        return head

    def _first_bar(self, first: int, number: int) -> list[int]:
        """The first bar's number, all that is in force in it, and the chord it begins with."""
        row = dict(zip(BAR_DTYPE.names or (), self.bars[first].item(), strict=True))
        tokens = [FIRST["bar"] + number % MOST_BARS]
        tokens += [FIRST["last"]] if first == self.n_bars - 1 else []
        tokens += attributes(row, {"tonic": 0, "mode": MODES.index(self.mode)})
        music = self.tokens[row["music"] : row["music"] + 1]
        if row["root"] >= 0 and not (len(music) and music[0] == FIRST["chord"]):
            tokens += chord_tokens(0, row["root"], row["quality"], row["over"])
        return tokens

    def _edges(self, bar: NDArray[np.int64], slot: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """First token of segments, and the one after the last; where a segment is silent, twice the place where it would be."""
        first, last = self.bars["segment"][bar[0]], self.bars["segment"][bar[-1] + 1]
        rows = self.segments[first:last]
        bar_of_row = np.searchsorted(self.bars["segment"], np.arange(first, last), side="right") - 1
        keys, wanted = bar_of_row * 16 + rows["slot"], bar * 16 + slot
        place = np.searchsorted(keys, wanted)
        limit = self.bars["start"][bar + 1].astype(np.int64)
        edges = np.append(rows["start"], [np.iinfo(np.int32).max] * 2).astype(np.int64)
        starts = np.minimum(edges[place], limit)
        found = np.append(keys, -1)[place] == wanted
        return starts, np.where(found, np.minimum(edges[place + 1], limit), starts)


def _joined(*pieces: Sequence[int] | NDArray[np.int16]) -> NDArray[np.int16]:
    """Lists and arrays of tokens, one after another."""
    return np.concatenate([np.asarray(piece, dtype=np.int16) for piece in pieces])
