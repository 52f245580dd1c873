"""More like this, and what a listener may like, with reasons; what is forgotten leaves no trace.

`content_of` describes a score; `sketch_of` is what an index keeps of it until somebody asks, and the `describer` describes that.
`Library` are the pieces of an index, `Memory` is what a listener did; `similar` and `recommend` suggest.
"""

from boya.listening.recommendation.describing import content_of, describer, sketch_of
from boya.listening.recommendation.library import Library
from boya.listening.recommendation.memory import Event, Memory
from boya.listening.recommendation.suggesting import Suggestion, recommend, similar, taste_of
from boya.listening.recommendation.taste import WORTH, Taste

__all__ = [
    "WORTH",
    "Event",
    "Library",
    "Memory",
    "Suggestion",
    "Taste",
    "content_of",
    "describer",
    "recommend",
    "similar",
    "sketch_of",
    "taste_of",
]
