"""The same recording: which of many a few seconds are from, and from which second on, through noise and narrow bands.

`Recordings` keeps landmarks of recordings in one file, beside an index of pieces where there is one; `fingerprint_of` makes what
is added, `clip_of` what is asked for. Another recording of the same music is another recording: `boya.listening.search` finds it.
"""

from boya.listening.recordings.fingerprint import Clip, Fingerprint, checksum_of, clip_of, fingerprint_of
from boya.listening.recordings.recordings import Recordings, SameRecording, has_recordings, open_recordings

__all__ = [
    "Clip",
    "Fingerprint",
    "Recordings",
    "SameRecording",
    "checksum_of",
    "clip_of",
    "fingerprint_of",
    "has_recordings",
    "open_recordings",
]
