"""Running exported networks: the one module that knows ONNX Runtime.

A model is a card `<name>.json` and a few graphs `<name>.<graph>.onnx` in one folder. One thread by default: on a busy machine two
spinning threads are slower than one.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import ModelError

__all__ = ["Bound", "Graph", "available", "graphs", "read_card", "require", "weights_folder"]


class Graph:
    """One exported network; call it with named arrays, get its outputs in order."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        self._name = path.name
        import onnxruntime  # noqa: PLC0415  (0.6 s: only when a network is run)

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the runtime's own exceptions share no base class
            raise ModelError(
                f"{path.name} is not a network ONNX Runtime can load; install Boya again or export it again"
            ) from error
        self.inputs = tuple(node.name for node in self._session.get_inputs())
        self.outputs = tuple(node.name for node in self._session.get_outputs())

    def __call__(self, **inputs: NDArray[Any]) -> list[NDArray[Any]]:
        """Run the network.

        Raises
        ------
        ModelError
            if the network asks for other arrays: it belongs to another card.
        """
        try:
            given = {name: np.ascontiguousarray(inputs[name]) for name in self.inputs}
            outputs: list[NDArray[Any]] = self._session.run(None, given)
        except Exception as error:  # the runtime's own exceptions share no base class
            raise ModelError(_misfit(self._name)) from error
        return outputs

    def bound(self, inputs: Mapping[str, NDArray[Any]], outputs: Mapping[str, NDArray[Any]]) -> "Bound":
        """Tie the network to arrays that stay where they are, for many runs without a copy.

        Raises
        ------
        ModelError
            if the network has no such input or output.
        """
        bound = Bound(self._session, self._name)
        bound.tie(inputs, outputs)
        return bound


class Bound:
    """A network tied to arrays: a call reads its inputs from them and writes its outputs into them.

    One array may be an input and an output, such as a memory that grows in place. Shapes are not checked before a call.
    """

    def __init__(self, session: Any, name: str) -> None:
        self._session, self._name = session, name
        self._binding = session.io_binding()
        self._arrays: dict[str, NDArray[Any]] = {}  # keeps alive what the binding only points to

    def tie(self, inputs: Mapping[str, NDArray[Any]], outputs: Mapping[str, NDArray[Any]]) -> None:
        """Tie further arrays, or others in place of those of the same name; they must be contiguous."""
        try:
            for name, array in inputs.items():
                self._binding.bind_input(name, "cpu", 0, array.dtype.type, array.shape, array.ctypes.data)
            for name, array in outputs.items():
                self._binding.bind_output(name, "cpu", 0, array.dtype.type, array.shape, array.ctypes.data)
        except Exception as error:  # the runtime's own exceptions share no base class
            raise ModelError(_misfit(self._name)) from error
        self._arrays.update(inputs)
        self._arrays.update(outputs)

    def __call__(self) -> None:
        """Run the network once.

        Raises
        ------
        ModelError
            if the arrays are not those the network asks for: it belongs to another card.
        """
        try:
            self._session.run_with_iobinding(self._binding)
        except Exception as error:  # the runtime's own exceptions share no base class
            raise ModelError(_misfit(self._name)) from error


def _misfit(name: str) -> str:
    """What is said of a network that was exported for another card."""
    return f"{name} does not fit its card; install Boya again or export the model again"


def weights_folder() -> Path:
    """Return the folder of the weights that ship with Boya."""
    return Path(str(resources.files("boya.models"))) / "weights"


def available(folder: Path | None = None) -> list[str]:
    """Return the names of the models in a folder, the shipped ones by default."""
    return sorted(path.stem for path in (folder or weights_folder()).glob("*.json"))


def read_card(name: str, folder: Path | None = None) -> dict[str, Any]:
    """Return a model's card: family, settings, data, licences, figures.

    Raises
    ------
    ModelError
        if there is no such model, or its card cannot be read.

    Examples
    --------
    >>> read_card("seq2seq-melody-2")["settings"]["tracks"]
    ['melody']
    """
    path = (folder or weights_folder()) / f"{name}.json"
    if not path.is_file():
        known = ", ".join(available(folder)) or "none"
        raise ModelError(f"there is no model {name!r} here; available: {known}")
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"the card {path.name} is not valid JSON; install Boya again or export the model again") from error
    if not isinstance(card, dict) or not isinstance(card.get("settings"), dict):
        raise ModelError(f"the card {path.name} must be an object with settings; install Boya again or export the model again")
    return card


def require(version: str) -> None:
    """Raise unless ONNX Runtime is of a version or later, such as "1.22": what a model's card asks for.

    Raises
    ------
    ModelError
        if it is older: it would refuse the model's graphs, or run them wrong.
    """
    import onnxruntime  # noqa: PLC0415  (0.6 s: only when a network is run)

    found = onnxruntime.__version__
    if [int(part) for part in found.split(".")[:2]] < [int(part) for part in version.split(".")[:2]]:
        raise ModelError(f"this model needs onnxruntime {version} or later; got {found}. Run: pip install -U onnxruntime")


@cache
def graphs(name: str, folder: Path | None = None, threads: int = 1, parts: tuple[str, ...] = ()) -> dict[str, Graph]:
    """Load the graphs of a model once, by their part's name.

    Raises
    ------
    ModelError
        if there are none, one of `parts` is not among them, or one cannot be loaded.
    """
    found = sorted((folder or weights_folder()).glob(f"{name}.*.onnx"))
    missing = [part for part in parts if f"{name}.{part}.onnx" not in {path.name for path in found}]
    if missing or not found:
        what = f" ({', '.join(missing)})" if found else ""
        raise ModelError(f"the weights of {name!r} are missing{what}; install Boya again or export the model again")
    return {path.name.removeprefix(f"{name}.").removesuffix(".onnx"): Graph(path, threads) for path in found}
