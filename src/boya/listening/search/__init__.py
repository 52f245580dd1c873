"""Find a tune in many pieces: in any key, at any tempo, with wrong, missing and extra notes.

`Index` keeps the pieces; `parse_query` and `queries_of` make a question from text or a score; `Index.search` answers with places
and reasons, `Index.find_text` by title, composer and other words.
"""

from boya.listening.search.entry import Entry, entry_of
from boya.listening.search.index import Index, open_index
from boya.listening.search.match import Edit, Match
from boya.listening.search.query import Query, parse_query, queries_of
from boya.listening.search.voices import STEPS_PER_QUARTER, Line, lines_of

__all__ = [
    "STEPS_PER_QUARTER",
    "Edit",
    "Entry",
    "Index",
    "Line",
    "Match",
    "Query",
    "entry_of",
    "lines_of",
    "open_index",
    "parse_query",
    "queries_of",
]
