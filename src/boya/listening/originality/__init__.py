"""Is it original? What a score shares with the music that the shipped weights were trained on, beside what real music shares.

`report` compares; `write_fingerprints` and `build_fingerprints` make the file of another corpus. The lookup itself is in
`boya.evaluation.fingerprints`, where those who compose reach it.
"""

from boya.listening.originality.building import build_fingerprints, write_fingerprints
from boya.listening.originality.near import near_runs, worth_of
from boya.listening.originality.passages import Passages, passages_of
from boya.listening.originality.report import report
from boya.listening.originality.values import LineReport, Originality, Passage, Run, Stretch
from boya.listening.originality.windows import Windows, windows_of

__all__ = [
    "LineReport",
    "Originality",
    "Passage",
    "Passages",
    "Run",
    "Stretch",
    "Windows",
    "build_fingerprints",
    "near_runs",
    "passages_of",
    "report",
    "windows_of",
    "worth_of",
    "write_fingerprints",
]
