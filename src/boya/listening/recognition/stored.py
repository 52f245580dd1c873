"""What recognition learnt, in one file of arrays: `data/ears.npz`.

Conventions: names are `<ear>.<array>`; weights are kept in 16 bits. Ears of classes are `Softmax`, written by
`scripts/train_recogniser.py`; those of roots are `Rooted`, written by `scripts/train_harmony.py`.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from boya.errors import ModelError
from boya.files.atomic import write_atomic
from boya.listening.recognition.rooted import Rooted
from boya.listening.recognition.softmax import Softmax

__all__ = ["Ears", "load_ears", "save_ears", "shipped_ears"]

Ear = Softmax | Rooted
Kind = TypeVar("Kind", Softmax, Rooted)
KINDS: dict[str, type[Softmax] | type[Rooted]] = {"softmax": Softmax, "rooted": Rooted}


@dataclass(frozen=True)
class Ears:
    """Ears by their names, such as `style.described`, `chords`; `temperature` is what the odds of the listener are divided by."""

    named: Mapping[str, Ear]
    temperature: float = 1.0

    def of_classes(self, name: str) -> Softmax:
        """Return an ear of classes.

        Raises
        ------
        ModelError
            if there is none of that name.
        """
        return self._of(name, Softmax)

    def of_roots(self, name: str) -> Rooted:
        """Return an ear of roots.

        Raises
        ------
        ModelError
            if there is none of that name.
        """
        return self._of(name, Rooted)

    def _of(self, name: str, kind: type[Kind]) -> Kind:
        """An ear of a kind."""
        ear = self.named.get(name)
        if not isinstance(ear, kind):
            raise ModelError(f"the ears must know {name}; install Boya again, or teach them again (see scripts)")
        return ear


@cache
def shipped_ears() -> Ears:
    """Return the ears that ship, loaded once."""
    with as_file(files("boya.listening.recognition") / "data" / "ears.npz") as path:
        return load_ears(path)


def load_ears(path: Path) -> Ears:
    """Read what `save_ears` wrote.

    Raises
    ------
    ModelError
        if the file is missing or damaged.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes())) as found:
            about = json.loads(bytes(found["about"]))
            ears = {name: _ear(name, said, found) for name, said in about["ears"].items()}
            return Ears(ears, float(about["temperature"]))
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelError(f"{path.name} must be the ears of Boya; {error}. Install Boya again, or teach them again") from error


def save_ears(ears: Ears, path: Path) -> None:
    """Write ears; the same ears give the same bytes."""
    about: dict[str, Any] = {"temperature": ears.temperature, "ears": {}}
    arrays: dict[str, NDArray[Any]] = {}
    for name, ear in ears.named.items():
        values = {field.name: getattr(ear, field.name) for field in fields(ear)}
        kind = "softmax" if isinstance(ear, Softmax) else "rooted"
        about["ears"][name] = {"kind": kind} | {key: v for key, v in values.items() if not isinstance(v, np.ndarray)}
        arrays |= {f"{name}.{key}": v.astype(np.float16) for key, v in values.items() if isinstance(v, np.ndarray)}
    told = np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), dtype=np.uint8)
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, about=told, **arrays)
    write_atomic(path, packed.getvalue())


def _ear(name: str, said: Mapping[str, Any], arrays: Mapping[str, Any]) -> Ear:
    """One ear, its arrays in the precision it is run with."""
    kind = KINDS[said["kind"]]
    precision = np.float64 if kind is Softmax else np.float32
    told: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in said.items() if key != "kind"}
    own = {field.name: arrays[f"{name}.{field.name}"].astype(precision) for field in fields(kind) if field.name not in told}
    return kind(**told, **own)
