"""Weights of a neural instrument and their card: read, checked against what the network needs, kept.

A network is two files in `sound/data`: `<name>.npz` with the arrays, 16-bit floats named as in torch, and `<name>.json`, the
card: settings, teachers, and the pitches it learnt.
"""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import FileError
from boya.sound.neural.controls import N_CONTROLS

__all__ = ["FAMILIES", "Network", "read_network", "shipped_network"]

Floats = NDArray[np.float32]
Shapes = dict[str, tuple[int, ...]]
MOST = 4096  # of any size in a card


@dataclass(frozen=True, eq=False)
class Network:
    """A network to play with.

    Attributes
    ----------
    card
        What it is, and what it was trained on.
    arrays
        Its weights by name, as 32-bit floats.
    """

    card: Mapping[str, Any]
    arrays: Mapping[str, Floats]

    @property
    def teachers(self) -> list[str]:
        """The instruments it plays, in the order of their number."""
        names: list[str] = self.card["data"]["teachers"]
        return names

    def pitches(self, instrument: str) -> tuple[int, int]:
        """Return the lowest and the highest pitch that an instrument learnt."""
        learnt: list[int] = self.card["data"]["pitches"][instrument]
        return min(learnt), max(learnt)

    @property
    def settings(self) -> Mapping[str, int]:
        """Sizes of the network."""
        sizes: Mapping[str, int] = self.card["settings"]
        return sizes


def _layers(name: str, inputs: int, width: int, number: int) -> Shapes:
    """Return the shapes of linear layers with norms."""
    shapes: Shapes = {}
    for place in range(number):
        shapes[f"{name}.{3 * place}.weight"] = (width, inputs if place == 0 else width)
        for part in (f"{3 * place}.bias", f"{3 * place + 1}.weight", f"{3 * place + 1}.bias"):
            shapes[f"{name}.{part}"] = (width,)
    return shapes


def _performer(s: Mapping[str, int]) -> Shapes:
    """Return the shapes of the performer."""
    width = s["performer"]
    return _layers("performer.body", s["controls"], width, 2) | {"performer.out.weight": (1, width), "performer.out.bias": (1,)}


def _ddsp(s: Mapping[str, int]) -> Shapes:
    """Return the shapes of a harmonic-plus-noise decoder."""
    n = s["harmonics"] + s["bands"]
    out: Shapes = {"out.weight": (n, s["hidden"]), "out.bias": (n,)}
    return _performer(s) | _layers("body", s["controls"] + 1, s["hidden"], s["layers"]) | out


def _wavenet(s: Mapping[str, int]) -> Shapes:
    """Return the shapes of a WaveNet."""
    c, k = s["channels"], s["skips"]
    shapes = _performer(s) | _layers("conditioner", s["controls"] + 1, s["control"], 2)
    shapes |= {"front.weight": (c, 1 + 2 * s["harmonics"], 1), "front.bias": (c,)}
    for place in range(s["layers"]):
        shapes |= {f"gates.{place}.weight": (2 * c, c, 2), f"gates.{place}.bias": (2 * c,)}
        shapes |= {f"told.{place}.weight": (2 * c, s["control"])}
        shapes |= {f"mixes.{place}.weight": (c + k, c, 1), f"mixes.{place}.bias": (c + k,)}
    shapes |= {"head.weight": (s["head"], k, 1), "head.bias": (s["head"],)}
    return shapes | {"out.weight": (2, s["head"], 1), "out.bias": (2,)}


FAMILIES = {"ddsp": _ddsp, "wavenet": _wavenet}


@lru_cache(maxsize=4)
def shipped_network(name: str) -> Network:
    """Return a network of the package.

    Raises
    ------
    FileError
        if it is missing or damaged.

    Examples
    --------
    >>> shipped_network("ddsp").teachers[0]
    'violin'
    """
    return read_network(files("boya.sound").joinpath("data"), name)


def read_network(folder: Path | Traversable, name: str) -> Network:
    """Read a network and its card.

    Raises
    ------
    FileError
        if a file is missing or damaged, or the weights are not those that the card speaks of.
    """
    try:
        card = json.loads(folder.joinpath(f"{name}.json").read_text(encoding="utf-8"))
        with folder.joinpath(f"{name}.npz").open("rb") as file, np.load(file, allow_pickle=False) as kept:
            arrays = {key: np.ascontiguousarray(kept[key], dtype=np.float32) for key in kept.files}
    except FileNotFoundError as error:
        raise FileError(f"a neural instrument needs {name}.npz and {name}.json in {folder}; install Boya again") from error
    except (OSError, ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise FileError(f"{name}.npz and {name}.json in {folder} must be whole; {error}. Install Boya again") from error
    fault = _fault(card, arrays)
    if fault:
        raise FileError(f"{name}.npz in {folder} must hold what its card says; {fault}. See: boya.training.export_run")
    return Network(card, arrays)


def _fault(card: Any, arrays: Mapping[str, Floats]) -> str:
    """Return what is wrong with a card or its arrays, or nothing."""
    try:
        fault = _card_fault(card)
        shapes = {} if fault else FAMILIES[card["family"]](card["settings"])
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        return f"the card lacks something: {error}"
    for name, shape in shapes.items():
        if name not in arrays or arrays[name].shape != shape:
            return f"{name} must be {shape}; got {arrays[name].shape if name in arrays else 'nothing'}"
        if not np.isfinite(arrays[name]).all():
            return f"{name} must be finite"
    return fault


def _card_fault(card: Any) -> str:
    """Return what is wrong with a card, or nothing; what is missing is a KeyError."""
    sizes, teachers = card["settings"], card["data"]["teachers"]
    if card["family"] not in FAMILIES:
        return f"its family must be one of {', '.join(FAMILIES)}; got {card['family']!r}"
    if not all(isinstance(size, int) and 0 < size <= MOST for size in sizes.values()):
        return f"its sizes must be whole numbers from 1 to {MOST}"
    if sizes["controls"] != N_CONTROLS + len(teachers):
        return f"its controls must be {N_CONTROLS} and one for each teacher; got {sizes['controls']}"
    if not 0.1 <= card["longest"] <= 60 or not 8000 <= card["sample_rate"] <= 192000:
        return "its tones must be of 0.1 to 60 s at 8000 to 192000 Hz"
    for name in teachers:
        _ = min(card["data"]["pitches"][name]), card["held"][name]
        if card["family"] == "wavenet":
            _ = float(card["phases"][name][0][1])
    return ""
