"""A piece cut into bars and segments, and the windows that a model reads of it.

Conventions: a *segment* is what one track begins in one bar, a *slot* the place of a track in the score. `tokens` hold all bars
one after another, every segment spelled out, without the head of a window; `bars` and `segments` say where each begins, and what
is in force there, so that any window is cut with a few slices. What a segment has in common with an earlier one is found when the
window is cut (`boya.representation.stream.echoes`). A *hole* is a segment that stands at the end of the window, after `fill`,
instead of in its bar: a model that writes it has seen what comes before and after.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.errors import StreamError
from boya.representation.stream.echoes import SILENT, echoes
from boya.representation.stream.rows import BAR_DTYPE, FIRST, Part, attributes, chord_tokens
from boya.representation.stream.vocabulary import CONTROLS, MAX_SLOTS, MOST_BARS, VOCABULARY, slug
from boya.score import MODES

__all__ = ["Encoded"]

SHORT = 2  # tokens of a segment that is a hole or an echo


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
        return self._window(self._head(0, None, True), [(0, self.n_bars)], 0)

    def fit(self, first: int, n_tokens: int) -> int:
        """Return the last bar + 1 of the longest window from bar `first` that has at most `n_tokens` tokens, and 64 bars.

        Parameters
        ----------
        first
            its first bar; a single bar is returned even if it is too long.
        n_tokens
            length that the window may have, with all controls.
        """
        last = min(first + MOST_BARS, self.n_bars)
        head = 5 + len(self.parts) * (3 + len(CONTROLS)) + 16  # 16: what the first bar restates, `fill` and `end`
        costs = np.diff(self.bars["start"][first : last + 1]) - self.echoed(first, last)
        return first + max(int(np.searchsorted(np.cumsum(costs), n_tokens - head, side="right")), 1)

    def echoed(self, first: int, last: int) -> NDArray[np.int64]:
        """Return how many tokens the echoes of bars [first, last) save, by bar, where all of them are read. `[shape=(bars,)]`"""
        bar, rows, sizes = self._rows(first, last)
        lags = echoes(self.contents(first, last), np.arange(last - first))
        return np.bincount(bar, np.where(lags[bar, rows["slot"]] > 0, sizes - SHORT, 0), last - first).astype(np.int64)

    def contents(self, first: int, last: int) -> NDArray[np.int32]:
        """Return a number for what each segment of bars [first, last) says, equal where that is. `[shape=(bars, slots)]`"""
        bar, rows, _ = self._rows(first, last)
        content = np.full((last - first, len(self.parts)), SILENT, dtype=np.int32)
        content[bar, rows["slot"]] = rows["content"]
        return content

    def window(
        self,
        first: int,
        last: int,
        *,
        holes: NDArray[np.bool_] | None = None,
        controls: NDArray[np.int8] | None = None,
        recalled: tuple[int, int] | None = None,
        number: int = 0,
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
        recalled
            earlier bars, at most 64 before `last`, that are read before a `gap`; for windows without holes
        number
            number of the first bar of all, 0-63
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
        begin, stop = recalled or (first, last)
        if not 0 <= begin < stop <= last <= self.n_bars or not first < last or last - begin > MOST_BARS:
            raise StreamError(f"a window needs 1-{MOST_BARS} of the bars 0-{self.n_bars}; got {begin}-{last}")
        if recalled and (stop >= first or holes is not None):
            raise StreamError(
                f"recalled bars must lie before bar {first} with a gap, in a window without holes; got {begin}-{stop}"
            )
        self._check(holes, controls, last - first)
        head = self._head(begin, controls, is_styled)
        return self._window(head, [*([recalled] if recalled else []), (first, last)], number, holes)

    def _check(self, holes: NDArray[np.bool_] | None, controls: NDArray[np.int8] | None, n_bars: int) -> None:
        """Raise unless holes and controls are those of this piece."""
        n_slots, counts = len(self.parts), list(CONTROLS.values())
        if holes is not None and (holes.shape != (n_bars, n_slots) or holes.dtype != np.bool_):
            raise StreamError(f"holes of a window must be boolean {(n_bars, n_slots)}; got {holes.dtype} {holes.shape}")
        if controls is not None and (controls.shape != (n_slots, len(counts)) or (controls >= counts).any()):
            raise StreamError(f"controls of a window must be {n_slots} rows of classes below {counts}; got {controls.tolist()}")

    def _window(
        self, head: list[int], runs: list[tuple[int, int]], number: int, holes: NDArray[np.bool_] | None = None
    ) -> NDArray[np.int16]:
        """Runs of bars behind a head, with a gap between them."""
        numbers = np.concatenate([np.arange(first, last) for first, last in runs])
        lags = echoes(np.concatenate([self.contents(first, last) for first, last in runs]), numbers, holes)
        joined: list[Sequence[int] | NDArray[np.int16]] = [head]
        at = 0
        for first, last in runs:
            joined += [[FIRST["gap"]]] if at else []
            joined.append(self._first_bar(first, number + first - runs[0][0]))
            joined.append(self._body(first, last, number + first - runs[0][0], lags[at : at + last - first], holes))
            at += last - first
        if holes is not None and holes.any():
            return _joined(*joined, [FIRST["fill"]], *self._fills(runs[0][0], number, lags, holes), [FIRST["end"]])
        return _joined(*joined, [FIRST["end"]] if runs[-1][1] == self.n_bars else [])

    def _rows(self, first: int, last: int) -> tuple[NDArray[np.int64], NDArray[np.void], NDArray[np.int64]]:
        """Of the segments in bars [first, last): the bar, counted from `first`, the row, and how many tokens."""
        bounds = self.bars["segment"][first : last + 1]
        rows = self.segments[bounds[0] : bounds[-1]]
        bar = np.repeat(np.arange(last - first), np.diff(bounds))
        stops = np.append(rows["start"][1:], np.iinfo(np.int32).max).astype(np.int64)
        return bar, rows, np.minimum(stops, self.bars["start"][first + 1 + bar]) - rows["start"]

    def _body(
        self, first: int, last: int, number: int, lags: NDArray[np.int64], holes: NDArray[np.bool_] | None
    ) -> NDArray[np.int16]:
        """The bars behind the name of the first, echoes and holes in the place of what they stand for."""
        origin = int(self.bars["music"][first])
        body = self.tokens[origin : self.bars["start"][last]].copy()
        body[self.bars["start"][first + 1 : last] - origin] = (
            FIRST["bar"] + np.arange(number + 1, number + last - first) % MOST_BARS
        )
        bar, rows, sizes = self._rows(first, last)
        starts, slot = rows["start"].astype(np.int64) - origin, rows["slot"]
        lag = lags[bar, slot]
        is_short, second = lag > 0, FIRST["same"] - 1 + lag
        if holes is not None:
            is_short, second = is_short | holes[bar, slot], np.where(holes[bar, slot], FIRST["hole"], second)
        body[starts[is_short] + 1] = second[is_short]
        edges = np.zeros(len(body) + 1, dtype=np.int64)
        np.add.at(edges, starts[is_short] + SHORT, 1)
        np.add.at(edges, (starts + sizes)[is_short], -1)
        is_left = np.cumsum(edges[:-1]) == 0
        kept = body[is_left]
        if holes is None:
            return np.asarray(kept)
        silent_bar, silent_slot = np.nonzero(holes & (self.contents(first, last) == SILENT))
        place = np.searchsorted(bar * MAX_SLOTS + slot, silent_bar * MAX_SLOTS + silent_slot)
        limit = self.bars["start"][first + 1 + silent_bar].astype(np.int64) - origin
        at = np.minimum(np.append(starts, len(body))[place], limit)
        words = np.stack([FIRST["slot"] + silent_slot, np.full_like(silent_slot, FIRST["hole"])], axis=1)
        return np.insert(kept, np.repeat(np.append(0, np.cumsum(is_left))[at], SHORT), words.ravel())

    def _fills(
        self, first: int, number: int, lags: NDArray[np.int64], holes: NDArray[np.bool_]
    ) -> Iterator[Sequence[int] | NDArray[np.int16]]:
        """What stands in each hole: its bar, its slot, and its notes or an echo."""
        bar, rows, sizes = self._rows(first, first + len(holes))
        spans = {
            (b, s): (a, a + n)
            for b, s, a, n in zip(bar.tolist(), rows["slot"].tolist(), rows["start"].tolist(), sizes.tolist(), strict=True)
        }
        for b, s in np.argwhere(holes).tolist():
            yield [FIRST["bar"] + (b + number) % MOST_BARS, FIRST["slot"] + s]
            if lags[b, s]:
                yield [FIRST["same"] - 1 + int(lags[b, s])]
            elif (b, s) in spans:
                start, stop = spans[b, s]
                yield self.tokens[start + 1 : stop]

    def _head(self, first: int, controls: NDArray[np.int8] | None, is_styled: bool) -> list[int]:
        """Tokens before the first bar."""
        style, substyle = (f"style:{slug(self.style)}", f"substyle:{slug(self.substyle)}") if is_styled else ("", "")
        head = [FIRST["part"] if first else FIRST["piece"], FIRST["home"] + self.home]
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


def _joined(*pieces: Sequence[int] | NDArray[np.int16]) -> NDArray[np.int16]:
    """Lists and arrays of tokens, one after another."""
    return np.concatenate([np.asarray(piece, dtype=np.int16) for piece in pieces])
