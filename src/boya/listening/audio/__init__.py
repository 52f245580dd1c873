"""Sound as music: a recording of one voice or of several is written down as notes, or is a question for the search of tunes.

`transcribe` returns a score; `audio_queries` returns what `boya.listening.search` looks for. One voice is heard by a tracker of
pitch, several by the network of the `basic-pitch` package where it is installed.
"""

from boya.listening.audio.asking import audio_queries
from boya.listening.audio.network import has_network
from boya.listening.audio.reading import HEARD_SUFFIXES
from boya.listening.audio.transcribing import HOWS, transcribe

__all__ = ["HEARD_SUFFIXES", "HOWS", "audio_queries", "has_network", "transcribe"]
