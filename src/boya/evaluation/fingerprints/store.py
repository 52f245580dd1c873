"""The file of fingerprints, and the one that ships with the weights."""

import io
import json
import struct
import zipfile
import zlib
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import CorpusError
from boya.evaluation.fingerprints.lookup import Fingerprints

__all__ = ["ARRAYS", "open_fingerprints", "shipped"]

ARRAYS = {
    "moves": "u1",
    "gaps": "<u2",
    "wide": "i1",
    "first_pitch": "u1",
    "line_piece": "u2",
    "bar_notes": "u2",
    "line_bars": "u2",
    "common8": "<u8",
    "common4": "<u4",
}
DAMAGE = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    EOFError,
    RuntimeError,
    OverflowError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def open_fingerprints(path: str | Path) -> Fingerprints:
    """Read a file of fingerprints.

    Raises
    ------
    CorpusError
        if it is missing or damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(Path(path).read_bytes())) as packed:
            arrays = {name: _array(packed, name).astype(kind, casting="equiv", copy=False) for name, kind in ARRAYS.items()}
            return Fingerprints(arrays, json.loads(_array(packed, "about").tobytes()))
    except DAMAGE as error:
        raise CorpusError(f"{path} must be a whole file of fingerprints; {error}. Install Boya again, or build it") from error


def _array(packed: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """One array; its checksum is compared before it is looked into."""
    return np.asarray(np.load(io.BytesIO(packed.read(f"{name}.npy")), allow_pickle=False))


@cache
def shipped() -> Fingerprints:
    """Return the fingerprints of what the shipped weights were trained on; read once.

    >>> len(shipped().pieces) > 1000
    True
    """
    with as_file(files("boya.evaluation") / "data" / "fingerprints.npz") as path:
        return open_fingerprints(path)
