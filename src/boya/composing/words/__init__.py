"""A request in plain English or Chinese becomes wishes: what was said is kept, the rest is drawn from what the graph knows.

`read_words` reads a text; `request_of` makes a `boya.composing.request.Request` of it, `fill` also says what was filled in and
why.
"""

from boya.composing.words.filling import Filled, fill, request_of
from boya.composing.words.grammar import read_words
from boya.composing.words.told import LANGUAGES, Heard, Span, Told

__all__ = ["LANGUAGES", "Filled", "Heard", "Span", "Told", "fill", "read_words", "request_of"]
