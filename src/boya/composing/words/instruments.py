"""Instruments that a request names: which program plays each, and what it can be.

Conventions: a name is an id of the graph, or a name in either language; an instrument that General MIDI lacks is played by its
stand-in, as the graph says.
"""

from boya.composing.words.lexicon import look_up
from boya.errors import RequestError
from boya.theory.graph import graph
from boya.theory.instruments import find_instrument, instrument
from boya.theory.tables import folded

__all__ = ["CHORDAL", "can_be_bass", "id_of", "is_percussion", "program_of"]

CHORDAL = 3  # notes at once from which an instrument can accompany


def program_of(name: str) -> int:
    """Return the program that plays an instrument of the graph, or one named in a list.

    >>> program_of("instrument:erhu"), program_of("flute")
    (110, 73)
    """
    if not name.startswith("instrument:"):
        found = look_up(folded(name))
        if found is None or found[0] != "instrument":
            return find_instrument(name).program
        name = found[1]
    programs = [value for value in graph().values(name, "program") if isinstance(value, int)]
    if not programs:
        raise RequestError(f"an instrument must have a program that can play it; {graph().label(name)} has none")
    return programs[0]


def can_be_bass(name: str) -> bool:
    """Return whether "tuba bass" means a tuba that is the bass: it plays single lines, and low.

    >>> can_be_bass("instrument:tuba"), can_be_bass("instrument:acoustic-grand-piano")
    (True, False)
    """
    player = instrument(program_of(name))
    return player.polyphony < CHORDAL and "bass" in player.roles


def id_of(name: str) -> str:
    """Return the id of an instrument; the name itself for a role.

    >>> id_of("flute"), id_of("drums")
    ('instrument:flute', 'drums')
    """
    found = look_up(folded(name))
    return found[1] if found is not None and found[0] == "instrument" else name


def is_percussion(name: str) -> bool:
    """Return whether an instrument belongs to the drums: it has no pitch that a role could use.

    >>> is_percussion("instrument:tanggu"), is_percussion("instrument:timpani")
    (True, False)
    """
    return name.startswith("instrument:") and not instrument(program_of(name)).roles
