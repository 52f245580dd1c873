"""What sounds at each moment, of all 88 pitches at once: the network of the `basic-pitch` package, run on ONNX Runtime alone.

The package asks for TensorFlow, which the network does not need; so it is installed without what it asks for (`pip install
--no-deps basic-pitch`) and never imported: its file is found and run by `boya.models.runtime`.

Conventions: audio is mono at `RATE`; frames are `HOP` samples apart; columns are the pitches 21-108. Likelihoods are uint8, 255
is certain: three hours of music take 160 MB. Source: R. Bittner et al., "A lightweight instrument-agnostic model for polyphonic
note transcription and multipitch estimation", ICASSP 2022.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boya.errors import MissingExtraError
from boya.listening.audio.framing import Audio
from boya.models.runtime import Graph

__all__ = ["HOP_SECOND", "LOWEST", "RATE", "Likelihoods", "has_network", "likelihoods"]

RATE, HOP, LOWEST = 22050, 256, 21
HOP_SECOND = HOP / RATE
SIZE, FRAMES = 43844, 172  # samples the network hears at once, and frames it answers with
EDGE = 12  # frames at both ends of an answer that are left to its neighbours
TOGETHER = 4  # answers asked for at once
INSTALL = "pip install --no-deps basic-pitch"
FILE = "saved_models/icassp_2022/nmp.onnx"
NOTES, ONSETS = "StatefulPartitionedCall:1", "StatefulPartitionedCall:2"


@dataclass(frozen=True, eq=False)
class Likelihoods:
    """How likely each pitch sounds, and begins, at each frame: uint8. `[shape=(frames, 88)]`"""

    notes: NDArray[np.uint8]
    onsets: NDArray[np.uint8]


def has_network() -> bool:
    """Return whether the package with the network is installed."""
    return _file() is not None


def likelihoods(blocks: Iterable[Audio]) -> Likelihoods:
    """Hear a recording.

    Raises
    ------
    MissingExtraError
        if the package with the network is not installed.
    ModelError
        if its network is not the one that is expected.
    """
    graph = _graph()
    parts = [_answers(graph, windows) for windows in _windows(blocks)]
    n_frames = sum(len(notes) for notes, _ in parts)
    both = [np.concatenate([np.zeros((0, 88), np.uint8), *column]) for column in zip(*parts, strict=True)]
    return Likelihoods(both[0][:n_frames], both[1][:n_frames]) if parts else Likelihoods(*np.zeros((2, 0, 88), np.uint8))


def _windows(blocks: Iterable[Audio]) -> Iterator[Audio]:
    """What the network hears, a few at once; silence lies around the recording. `[shape=(windows, SIZE)]`"""
    step = (FRAMES - 2 * EDGE) * HOP
    buffer = np.zeros(EDGE * HOP, dtype=np.float32)
    for block in blocks:
        buffer = np.concatenate([buffer, block])
        while len(buffer) >= SIZE + (TOGETHER - 1) * step:
            yield np.lib.stride_tricks.sliding_window_view(buffer, SIZE)[: TOGETHER * step : step]
            buffer = buffer[TOGETHER * step :]
    while len(buffer) > EDGE * HOP:
        yield np.pad(buffer[:SIZE], (0, max(SIZE - len(buffer), 0)))[None]
        buffer = buffer[step:]


def _answers(graph: Graph, windows: Audio) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Notes and onsets of the middle of each window, one after another."""
    found = dict(zip(graph.outputs, graph(**{graph.inputs[0]: windows[:, :, None]}), strict=True))
    notes, onsets = (found[name][:, EDGE : FRAMES - EDGE].reshape(-1, 88) for name in (NOTES, ONSETS))
    return np.rint(255 * notes).astype(np.uint8), np.rint(255 * onsets).astype(np.uint8)


@cache
def _graph() -> Graph:
    """The network, loaded once."""
    path = _file()
    if path is None:
        raise MissingExtraError("to hear several notes at once", command=INSTALL)
    return Graph(path)


def _file() -> Path | None:
    """The network's file, where the package is installed; without importing it."""
    found = find_spec("basic_pitch")
    path = Path(found.origin).parent / FILE if found and found.origin else None
    return path if path and path.is_file() else None
