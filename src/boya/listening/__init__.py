"""Listening: what a machine can tell about music that it is given.

Subpackages: `search` finds a half-remembered tune anywhere in many pieces; `audio` hears recordings: it writes them down, or
makes a question for the search of them; `recordings` knows the same recording again; `recognition` says what a score is, and
gives the vector of a piece.
"""
