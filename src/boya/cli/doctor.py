"""`boya doctor`: is everything here that this computer needs?"""

import platform
from pathlib import Path
from typing import Any

import typer

from boya.cli.options import Json

_PARTS = {
    "numpy": "", "onnxruntime": "", "symusic": "", "typer": "",
    "music21": "scores", "verovio": "scores", "torch": "train", "safetensors": "train", "onnx": "train",
    "distributed": "cluster", "sklearn": "evaluate",
}  # fmt: skip
_DISTRIBUTIONS = {"sklearn": "scikit-learn"}


def command(json: Json = False) -> None:
    """Check this installation, and compose a test."""
    from boya.cli.talk import emit

    about = examine()
    emit(about, as_text(about), json)
    if not about["healthy"]:
        raise typer.Exit(1)


def examine() -> dict[str, Any]:
    """Return what is installed and whether it works."""
    import boya

    parts = {name: {"version": _version(name), "extra": extra} for name, extra in _PARTS.items()}
    weights = _weights(Path(boya.__file__).parent)
    models = _models()
    test = _compose_one_bar() if weights else "not run: no weights in this package"
    needed = all(part["version"] for part in parts.values() if not part["extra"])
    return {
        "boya": boya.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "parts": parts,
        "weights": weights,
        "models": models,
        "self_test": test,
        "healthy": needed and bool(weights) and test.startswith("works") and not any("fault" in card for card in models.values()),
    }


def as_text(about: dict[str, Any]) -> str:
    """Return the findings as a person reads them."""
    from boya.cli.talk import table

    rows = []
    for name, part in about["parts"].items():
        hint = f"not installed; pip install 'boya[{part['extra']}]'" if part["extra"] else "MISSING; pip install boya again"
        rows.append((name, part["version"] or hint, f"(extra: {part['extra']})" if part["extra"] and part["version"] else ""))
    weights = ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in about["weights"].items()) or "none"
    models = [f"{name}: {_of_card(card)}" for name, card in about["models"].items()]
    head = f"boya {about['boya']}, Python {about['python']}, {about['system']}"
    verdict = "all is well" if about["healthy"] else "something is missing; see above"
    return "\n".join([head, table(rows), f"weights: {weights}", *models, f"self-test: {about['self_test']}", verdict])


def _version(name: str) -> str | None:
    """Return the version of an installed part; None where it is absent."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(_DISTRIBUTIONS.get(name, name))
    except PackageNotFoundError:
        return None


def _weights(home: Path) -> dict[str, int]:
    """Return the weight files inside the package and their bytes."""
    return {str(path.relative_to(home)): path.stat().st_size for path in sorted(home.rglob("*.onnx"))}


def _models() -> dict[str, dict[str, Any]]:
    """Return what the cards of the shipped models say of size, age and figures; or what is wrong with a card."""
    from boya.errors import ModelError
    from boya.models.runtime import available, read_card

    found: dict[str, dict[str, Any]] = {}
    for name in available():
        try:
            card = read_card(name)
        except ModelError as error:
            found[name] = {"fault": str(error)}
            continue
        found[name] = {
            "parameters": card.get("parameters", 0),
            "date": card.get("date", ""),
            "figures": card.get("figures", {}).get("valid", []),
        }
    return found


def _of_card(card: dict[str, Any]) -> str:
    """Tell a model's size and age, and how many bars its figures reach; or its fault."""
    if "fault" in card:
        return str(card["fault"])
    judged = [figure["holds"] for figure in card["figures"] if figure["holds"] is not None]
    reached = f"reaches {sum(judged)} of {len(judged)} bars on valid" if judged else "not measured on valid"
    return f"{card['parameters'] / 1e6:.1f} million parameters, {card['date']}, {reached}"


def _compose_one_bar() -> str:
    """Compose a little with the shipped weights; tell how it went."""
    from time import perf_counter

    from boya.composing import compose
    from boya.errors import BoyaError

    start = perf_counter()
    try:
        score = compose(bars=4, seed=0).score
    except BoyaError as error:
        return f"failed: {error}"
    return f"works: composed {score.n_bars} bars, {score.n_notes} notes in {perf_counter() - start:.1f} s"
