"""A recipe and a packed corpus to weights: reads both, builds the task, runs the loop."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from boya.corpus.packed import open_packed
from boya.errors import ModelError
from boya.training.checkpoint import load_weights
from boya.training.composer import ComposerTask
from boya.training.data import load_corpus
from boya.training.ddsp import DdspTask
from boya.training.dense import DenseTask
from boya.training.distributed import World, join_world
from boya.training.encoder import EncoderTask
from boya.training.gan import GanTask
from boya.training.likelihood import LikelihoodTask
from boya.training.loop import run
from boya.training.note_corpus import load_notes
from boya.training.pieces import Packed
from boya.training.recipe import Recipe, read_recipe
from boya.training.seq2seq import Seq2SeqTask
from boya.training.streams import load_streams
from boya.training.task import Task
from boya.training.tones import load_tones
from boya.training.wavenet import WaveNetTask

__all__ = ["TASKS", "build_task", "train"]

TASKS: dict[str, Callable[[Recipe, Any, torch.device], Task]] = {
    "seq2seq": Seq2SeqTask,
    "gan-likelihood": LikelihoodTask,
    "gan": GanTask,
    "gan-dense": DenseTask,
    "composer": ComposerTask,
    "encoder": EncoderTask,
    "wavenet": WaveNetTask,
    "ddsp": DdspTask,
}
LOADERS: dict[str, tuple[Callable[..., Any], str]] = {"composer": (load_streams, "streams"), "encoder": (load_notes, "notes")}
"""what turns packed arrays into what a task learns from, and the folder beside them that keeps it; for the others, frames"""
NEURAL = ("wavenet", "ddsp")
"""families that learn from tones of the live voices"""


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
    """Train a recipe on a packed corpus, or a neural instrument on tones; run it again after an interruption and it goes on.

    Parameters
    ----------
    recipe
        the name of a shipped recipe, or a `.toml` file.
    packed
        a packed folder, or an opened one; for a wavenet or ddsp a folder of tones, which are rendered when they are not there.
    out
        checkpoint, log and weights go to `out/<recipe>`.
    resume
        False begins anew.
    steps, seed
        in place of the recipe's.
    start_from
        weights to begin with. Without it, a recipe that names another in `[adversarial] start_from` begins with its weights
        in `out`, and trains it first if they are not there.

    Returns
    -------
    Path
        the weights, `out/<recipe>/weights.safetensors`.

    Raises
    ------
    ModelError
        if the recipe is wrong, weights to begin with do not fit, or the run cannot go on.
    CorpusError
        if the packed folder is damaged or does not hold what the recipe learns from.
    """
    changes = {"loop": {key: value for key, value in (("steps", steps), ("seed", seed)) if value is not None}}
    read_recipe(recipe, changes=changes)  # a mistake in it is told before anything is opened
    with join_world() as world:
        job = _Job(packed, Path(out), resume, changes, world)
        return job.train(recipe, None if start_from is None else Path(start_from))


@dataclass(frozen=True)
class _Job:
    """What a recipe and the one it begins with have in common."""

    packed: str | Path | Packed
    out: Path
    resume: bool
    changes: dict[str, dict[str, Any]]
    world: World

    def train(self, recipe: str | Path, start_from: Path | None = None) -> Path:
        """Train one recipe, after the one it begins with."""
        read = read_recipe(recipe, is_gpu=self.world.device.type == "cuda", changes=self.changes)
        _prepare(read, self.world)
        first = start_from or self._first(read)
        corpus = _data(self.packed, read)
        task = build_task(read, corpus, self.world.device)
        if first:
            _begin_with(task, first)
        told = corpus.told(read.tables["data"])
        return run(task, read, self.out / read.name, world=self.world, resume=self.resume, told=told)

    def _first(self, recipe: Recipe) -> Path | None:
        """Return the weights of the recipe this one begins with, if it begins with one; a finished run is not run again."""
        game = recipe.tables.get("adversarial")
        return replace(self, resume=True).train(game.start_from) if game and game.start_from else None


def _data(where: str | Path | Packed, recipe: Recipe) -> Any:
    """Open what a recipe learns from: a packed corpus as frames or streams, or a folder of tones."""
    if recipe.family in NEURAL:
        return load_tones(where, recipe.tables["data"])
    packed = open_packed(where) if isinstance(where, str | Path) else where
    load, kept = LOADERS.get(recipe.family, (load_corpus, "frames"))
    return load(packed, recipe.data.collections, packed.folder / kept)


def build_task(recipe: Recipe, corpus: Any, device: torch.device) -> Task:
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


def _begin_with(task: Task, weights: Path) -> None:
    """Fill the generator and its average, or the network."""
    filled = [task.modules[name] for name in ("network", "generator", "average") if name in task.modules]
    if not filled:
        raise ModelError("this family cannot begin with given weights")
    for module in filled:
        load_weights(weights, module)
