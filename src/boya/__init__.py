"""Boya composes; Ziqi listens.

    >>> import boya
    >>> boya.parse_key("A minor")
    (9, 'minor')

Every public name can be reached from here. A name is imported from its package when it is first used, so that `import boya` is
quick and a machine without an optional part can use all the others.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from boya.composing import Piece as Piece
    from boya.composing import accompany as accompany
    from boya.composing import add as add
    from boya.composing import arrange as arrange
    from boya.composing import change as change
    from boya.composing import chorale as chorale
    from boya.composing import compose as compose
    from boya.composing import continue_ as continue_
    from boya.composing import harmonise as harmonise
    from boya.composing import loops as loops
    from boya.composing import morph as morph
    from boya.composing import replay as replay
    from boya.composing import rewrite as rewrite
    from boya.composing import vary as vary
    from boya.composing.words import read_words as read_words
    from boya.engraving import piano_roll_svg as piano_roll_svg
    from boya.errors import BoyaError as BoyaError
    from boya.files import read as read
    from boya.files import write as write
    from boya.listening.audio import transcribe as transcribe
    from boya.listening.recognition import recognise as recognise
    from boya.score import Chord as Chord
    from boya.score import Score as Score
    from boya.score import Section as Section
    from boya.score import Timeline as Timeline
    from boya.score import Track as Track
    from boya.score import note_array as note_array
    from boya.sound import effect as effect
    from boya.sound import humanise as humanise
    from boya.sound import loudness as loudness
    from boya.sound import render as render
    from boya.sound import render_blocks as render_blocks
    from boya.sound import render_loop as render_loop
    from boya.sound import render_stems as render_stems
    from boya.sound import save_audio as save_audio
    from boya.sound import swing as swing
    from boya.sound import write_wav as write_wav
    from boya.teaching import exercise_sheet as exercise_sheet
    from boya.teaching import explain as explain
    from boya.theory.analysis import analyse as analyse
    from boya.theory.chords import parse_chord as parse_chord
    from boya.theory.graph import graph as graph
    from boya.theory.keys import find_key as find_key
    from boya.theory.keys import parse_key as parse_key
    from boya.theory.voices import faults as faults
    from boya.theory.voices import realise as realise
    from boya.theory.voices import repair as repair

_HOMES = {
    "BoyaError": "boya.errors",
    "Chord": "boya.score",
    "Piece": "boya.composing",
    "Score": "boya.score",
    "Section": "boya.score",
    "Timeline": "boya.score",
    "Track": "boya.score",
    "accompany": "boya.composing",
    "add": "boya.composing",
    "analyse": "boya.theory.analysis",
    "arrange": "boya.composing",
    "change": "boya.composing",
    "chorale": "boya.composing",
    "compose": "boya.composing",
    "continue_": "boya.composing",
    "effect": "boya.sound",
    "exercise_sheet": "boya.teaching",
    "explain": "boya.teaching",
    "faults": "boya.theory.voices",
    "find_key": "boya.theory.keys",
    "graph": "boya.theory.graph",
    "harmonise": "boya.composing",
    "humanise": "boya.sound",
    "loops": "boya.composing",
    "loudness": "boya.sound",
    "morph": "boya.composing",
    "note_array": "boya.score",
    "parse_chord": "boya.theory.chords",
    "parse_key": "boya.theory.keys",
    "piano_roll_svg": "boya.engraving",
    "read": "boya.files",
    "read_words": "boya.composing.words",
    "realise": "boya.theory.voices",
    "recognise": "boya.listening.recognition",
    "render": "boya.sound",
    "render_blocks": "boya.sound",
    "render_loop": "boya.sound",
    "render_stems": "boya.sound",
    "repair": "boya.theory.voices",
    "replay": "boya.composing",
    "rewrite": "boya.composing",
    "save_audio": "boya.sound",
    "swing": "boya.sound",
    "transcribe": "boya.listening.audio",
    "vary": "boya.composing",
    "write": "boya.files",
    "write_wav": "boya.sound",
}

__all__ = [*_HOMES]  # noqa: PLE0604  the names of the table, written once


def __getattr__(name: str) -> Any:
    """Import a public name from its package."""
    if name not in _HOMES:
        raise AttributeError(f"module 'boya' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names, imported or not."""
    return sorted({*globals(), *_HOMES})
