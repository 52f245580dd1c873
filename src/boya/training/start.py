"""A recipe and a packed corpus to weights: reads both, builds the task, runs the loop."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from boya.corpus.packed import open_packed
from boya.errors import ModelError
from boya.training.checkpoint import load_weights
from boya.training.data import Corpus, Packed, load_corpus
from boya.training.dense import DenseTask
from boya.training.distributed import World, join_world
from boya.training.gan import GanTask
from boya.training.likelihood import LikelihoodTask
from boya.training.loop import WEIGHTS, Task, run
from boya.training.recipe import Recipe, read_recipe
from boya.training.seq2seq import Seq2SeqTask

__all__ = ["TASKS", "build_task", "train"]

TASKS: dict[str, Callable[[Recipe, Corpus, torch.device], Task]] = {
    "seq2seq": Seq2SeqTask,
    "gan-likelihood": LikelihoodTask,
    "gan": GanTask,
    "gan-dense": DenseTask,
}


def train(
    recipe: str | Path,
    packed: str | Path | Packed,
    out: str | Path,
    *,
    resume: bool = True,
    steps: int | None = None,
    seed: int | None = None,
    start_from: str | Path | None = None,
) -> Path:
    """Train a recipe on a packed corpus; run it again after an interruption and it goes on.

    Parameters
    ----------
    recipe
        the name of a shipped recipe, or a `.toml` file.
    packed
        a packed folder, or an opened one.
    out
        checkpoint, log and weights go to `out/<recipe>`.
    resume
        False begins anew.
    steps, seed
        in place of the recipe's.
    start_from
        weights to begin with; without it, those of the recipe named in `[adversarial] start_from`, in `out`.

    Returns
    -------
    Path
        the weights, `out/<recipe>/weights.safetensors`.

    Raises
    ------
    ModelError
        if the recipe is wrong, its first weights are missing, or the run cannot go on.
    CorpusError
        if the packed folder is damaged or does not hold what the recipe learns from.
    """
    changes = {"loop": {key: value for key, value in (("steps", steps), ("seed", seed)) if value is not None}}
    with join_world() as world:
        read = read_recipe(recipe, is_gpu=world.device.type == "cuda", changes=changes)
        _prepare(read, world)
        opened = open_packed(packed) if isinstance(packed, str | Path) else packed
        corpus = load_corpus(opened, read.data.collections, opened.folder / "frames")
        task = build_task(read, corpus, world.device)
        first = _first_weights(read, Path(out), start_from)
        if first:
            _begin_with(task, first)
        told: dict[str, Any] = {"data": corpus.summary(), "styles": [*read.data.styles, "other"], "started_from": bool(first)}
        return run(task, read, Path(out) / read.name, world=world, resume=resume, told=told)


def build_task(recipe: Recipe, corpus: Corpus, device: torch.device) -> Task:
    """Return the task of a recipe, its first weights drawn from the recipe's seed."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(recipe.loop.seed)
        return TASKS[recipe.family](recipe, corpus, device)


def _prepare(recipe: Recipe, world: World) -> None:
    """Set threads, and the same bits each time where that is asked for."""
    torch.set_num_threads(recipe.loop.threads)
    world.rows(recipe.loop.batch)
    if recipe.loop.deterministic and world.device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True)


def _first_weights(recipe: Recipe, out: Path, start_from: str | Path | None) -> Path | None:
    """Where the first weights come from, if not from chance."""
    if start_from is not None:
        return Path(start_from)
    game = recipe.tables.get("adversarial")
    return out / game.start_from / WEIGHTS if game and game.start_from else None


def _begin_with(task: Task, weights: Path) -> None:
    """Fill the generator and its average, or the network."""
    filled = [task.modules[name] for name in ("network", "generator", "average") if name in task.modules]
    if not filled:
        raise ModelError("this family cannot begin with given weights")
    for module in filled:
        load_weights(weights, module)
