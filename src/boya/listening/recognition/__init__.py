"""What is this music? Style, composer, instruments, key, metre, tempo, chords, melody, and whether a machine wrote it.

`recognise` tells all of it, each with how sure it is; `vector_of` gives a piece's vector, from a small encoder that ships.
"""

from boya.listening.recognition.classes import Guess
from boya.listening.recognition.harmony import HeardChord
from boya.listening.recognition.recognise import Recognition, recognise
from boya.listening.recognition.vectors import vector_of

__all__ = ["Guess", "HeardChord", "Recognition", "recognise", "vector_of"]
