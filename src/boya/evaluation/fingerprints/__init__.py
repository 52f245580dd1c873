"""What the shipped weights were trained on, as fingerprints, and the runs that a score shares with it, in any key and tempo.

Conventions: lines and moves as in `boya.evaluation.fingerprints.lines`. A *run* is a row of notes with the same intervals, and
the same ratios of distances of onsets from its second move on. A run's *telling* notes are those that it does not itself repeat:
4, and one for each of its different stretches of 4 moves. A bar of a bass that is played eight times is told once.

What is guaranteed: the moves of the whole corpus are kept, so runs are compared move by move, and lengths are exact. Found is
every run of 10 notes or more in which at least one stretch of 8 moves is not *common*: common stretches, found at more than 64
places of the corpus, are what many pieces are made of (repeated notes, scales, patterns), and no sign of copying.

The file holds the moves, the pitches and times of the notes that they lead to (`notes`), how many notes of a line begin in each
bar, and of each piece the title, composer, source and licence. It is made by `boya.listening.originality.building`.
"""

from boya.evaluation.fingerprints.copied import KINDS, Copied, copied, kind_of, limit_of, most_telling
from boya.evaluation.fingerprints.lines import STEP, Line, grams, lines_of, spread, text_of
from boya.evaluation.fingerprints.lookup import EXACT, MOST_PLACES, NEAR, SHORTEST, Fingerprints, Matches
from boya.evaluation.fingerprints.notes import Notes, packed_notes
from boya.evaluation.fingerprints.store import ARRAYS, open_fingerprints, shipped

__all__ = [
    "ARRAYS",
    "EXACT",
    "KINDS",
    "MOST_PLACES",
    "NEAR",
    "SHORTEST",
    "STEP",
    "Copied",
    "Fingerprints",
    "Line",
    "Matches",
    "Notes",
    "copied",
    "grams",
    "kind_of",
    "limit_of",
    "lines_of",
    "most_telling",
    "open_fingerprints",
    "packed_notes",
    "shipped",
    "spread",
    "text_of",
]
