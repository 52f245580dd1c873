"""Rows that describe the bars and segments of a piece, and the tokens that are made from them.

Conventions: a field that names something holds its place among the tokens of its kind in the vocabulary, -1 where there is none;
starts count tokens; lengths count steps.
"""

from dataclasses import dataclass

import numpy as np

from boya.representation.stream.vocabulary import METRES, STEPS_PER_QUARTER, VOCABULARY

__all__ = ["BAR_DTYPE", "FIRST", "METRE_STEPS", "SEGMENT_DTYPE", "Part", "attributes", "chord_tokens"]

FIRST = {kind: VOCABULARY.first(kind) for kind, _ in VOCABULARY.kinds}
METRE_STEPS = tuple(4 * STEPS_PER_QUARTER * n // d for n, d in METRES)

# Where the bar, its music (chords, then segments) and its first segment begin; its metre, steps, tempo, key and section; the
# chord in force before it. One more row says where the last bar ends.
BAR_DTYPE = np.dtype(
    [
        *((name, "<i4") for name in ("start", "music", "segment")),
        *((name, "u1") for name in ("metre", "length", "tempo")),
        *((name, "i1") for name in ("tonic", "mode", "section", "root", "quality", "over")),
    ]
)
# Where the segment begins, its slot, the first segment of the piece that says the same in a bar as long, and sums over its notes:
# how many, at how many onsets, pitch as it sounds, velocity.
SEGMENT_DTYPE = np.dtype(
    [("start", "<i4"), ("slot", "u1"), ("content", "<i4"), *((name, "<i4") for name in ("notes", "onsets", "pitch", "velocity"))]
)


@dataclass(frozen=True)
class Part:
    """What the head of a window says of a track."""

    program: int = 0
    is_drum: bool = False
    role: str = ""


def attributes(row: dict[str, int], before: dict[str, int]) -> list[int]:
    """Tokens of what a bar has that the bar before had not; `row` and `before` hold fields of BAR_DTYPE."""
    tokens = [FIRST["metre"] + row["metre"]] if row["metre"] != before.get("metre") else []
    tokens += [FIRST["length"] + row["length"] - 1] if row["length"] != METRE_STEPS[row["metre"]] else []
    tokens += [FIRST["tempo"] + row["tempo"]] if row["tempo"] != before.get("tempo") else []
    if (row["tonic"], row["mode"]) != (before["tonic"], before["mode"]):
        tokens += [FIRST["tonic"] + row["tonic"], FIRST["mode"] + row["mode"]]
    tokens += [FIRST["section"] + 1 + row["section"]] if row["section"] != before.get("section", -1) else []
    return tokens


def chord_tokens(position: int, root: int, quality: int, over: int) -> list[int]:
    """Tokens of a chord that begins at a step of a bar; a root of -1 is "no chord"."""
    if root < 0:
        return [FIRST["chord"] + position, FIRST["none"]]
    tokens = [FIRST["chord"] + position, FIRST["root"] + root, FIRST["quality"] + quality]
    return tokens if over < 0 else [*tokens, FIRST["over"] + over]
