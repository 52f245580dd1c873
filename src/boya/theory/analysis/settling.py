"""Short excursions are heard in the key around them.

Two or three chords in another key between the same key on both sides are no modulation but secondary chords, where the key around
them has a name for each of them (`V7 i` of A minor inside C major is `V7/vi vi`). Source: W. Piston, "Harmony", 1941, ch. 14.
"""

from itertools import groupby

import numpy as np

from boya.theory.analysis.decoding import Path
from boya.theory.analysis.vocabulary import Vocabulary, vocabulary

__all__ = ["settled"]

MOST_CHORDS = 2
Run = tuple[tuple[int, str], list[int]]


def settled(path: Path) -> Path:
    """Return the path with its short excursions named in the key around them."""
    words = vocabulary()
    tonic, state = path.tonic.copy(), path.state.copy()
    runs = _runs(path, words)
    for before, (_, frames), after in zip(runs, runs[1:], runs[2:], strict=False):
        if before[0] == after[0] and int(path.begins[frames].sum()) <= MOST_CHORDS:
            named = [_in_key(int(path.tonic[t]), int(path.state[t]), before[0], words) for t in frames]
            if all(found is not None for found in named):
                tonic[frames] = before[0][0]
                state[frames] = [found for found in named if found is not None]
    return Path(tonic, state, path.begins)


def _runs(path: Path, words: Vocabulary) -> list[Run]:
    """Frames in one key, with their tonic and mode."""
    modes = [words.rows[row].mode for row in words.state_row[path.state].tolist()]
    keys = list(zip(path.tonic.tolist(), modes, strict=True))
    return [(key, [t for t, _ in run]) for key, run in groupby(enumerate(keys), key=lambda pair: pair[1])]


def _in_key(tonic: int, state: int, key: tuple[int, str], words: Vocabulary) -> int | None:
    """The state of a chord in another key, or None if it has no name there."""
    row = words.rows[words.state_row[state]]
    found = words.find(key[1], tonic + row.offset - key[0], row.quality)
    if found is None:
        return None
    first = int(np.searchsorted(words.state_row, found))
    return first + int(words.state_inversion[state])
