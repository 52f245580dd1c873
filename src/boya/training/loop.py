"""One loop for every family: batches in, updates, looks at the dev part, checkpoints, the best weights out.

Conventions: a *task* knows networks and loss, the loop knows time, files and processes. After update `n` the run is at step
`n`; update number `n` uses the random numbers of `Draws(seed, n)` and nothing else, so a run that was killed goes on to the
same bits.
"""

import math
import shutil
import signal
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Any

import torch
from torch import Tensor

from boya.errors import ModelError
from boya.training.checkpoint import load_checkpoint, save_checkpoint, save_weights
from boya.training.distributed import World
from boya.training.draws import Draws
from boya.training.journal import Journal
from boya.training.recipe import Recipe
from boya.training.task import Moment, Task

__all__ = ["run"]

CHECKPOINT, BEST, WEIGHTS = "checkpoint.safetensors", "best.safetensors", "weights.safetensors"


def run(
    task: Task, recipe: Recipe, folder: Path, *, world: World, resume: bool = True, told: Mapping[str, Any] | None = None
) -> Path:
    """Train until the end of the recipe, going on from a checkpoint in `folder` if there is one.

    Parameters
    ----------
    task
        what is trained, freshly built.
    recipe
        its settings.
    folder
        where the checkpoint, the log and the weights go.
    world
        this process among others.
    resume
        False begins anew.
    told
        what else the weights file says.

    Returns
    -------
    Path
        the weights: the best by the dev part, or the last if the recipe says so.

    Raises
    ------
    ModelError
        if the checkpoint is of another recipe, or the loss stops being a number.
    SystemExit
        after SIGTERM or SIGINT, when a checkpoint has been written; its code is 128 + the signal's number.
    """
    state = _State(task, recipe, folder, world, dict(told or {}))
    if resume and state.path.is_file():
        state.load()
    journal = Journal(folder, recipe.name, state.step, recipe.loop.steps, is_silent=not world.is_first)
    try:
        with _listening() as heard:
            _train(state, journal, heard)
    finally:
        journal.close()
    return state.finish()


class _State:
    """The run as it stands: task, step, best look so far."""

    def __init__(self, task: Task, recipe: Recipe, folder: Path, world: World, told: dict[str, Any]) -> None:
        self.task, self.recipe, self.folder, self.world, self.told = task, recipe, folder, world, told
        self.step = 0
        self.figures: dict[str, float] = {}
        self.best: dict[str, float] | None = None
        self.path = folder / CHECKPOINT

    def load(self) -> None:
        """Go back to the checkpoint."""
        told = load_checkpoint(self.path, self.task.modules, self.task.optimizers)
        if told["fingerprint"] != self.recipe.fingerprint:
            raise ModelError(
                f"{self.path} was written with other settings than {self.recipe.name} has now; train into another folder, or anew"
            )
        self.step, self.figures, self.best = told["step"], told["figures"], told["best"]

    def save(self) -> None:
        """Write the checkpoint."""
        if self.world.is_first:
            says = {"fingerprint": self.recipe.fingerprint, "step": self.step, "figures": self.figures, "best": self.best}
            save_checkpoint(self.path, self.task.modules, self.task.optimizers, says)

    def look(self) -> dict[str, float]:
        """Look at the dev part and keep the weights if they are the best so far."""
        self.figures = self.task.evaluate()
        name, sign = self.task.judged_by, 1 if self.task.is_more_better else -1
        if self.best is None or sign * self.figures[name] > sign * self.best[name]:
            self.best = {**self.figures, "step": self.step}
            self._save_weights(BEST, self.best)
        return self.figures

    def finish(self) -> Path:
        """Write the outcome."""
        path = self.folder / WEIGHTS
        if not self.world.is_first:
            return path
        if self.recipe.loop.is_best_kept:
            temporary = path.with_name(f".{WEIGHTS}.part")
            shutil.copyfile(self.folder / BEST, temporary)
            temporary.replace(path)
        else:
            self._save_weights(WEIGHTS, {**self.figures, "step": self.step})
        return path

    def _save_weights(self, name: str, figures: Mapping[str, float]) -> None:
        module = self.task.modules[self.task.result]
        says = self.told | {"recipe": self.recipe.as_dict(), "fingerprint": self.recipe.fingerprint, "figures": dict(figures)}
        save_weights(self.folder / name, module, says)


def _train(state: _State, journal: Journal, heard: list[int]) -> None:
    """Update until the last step, or until a signal is heard."""
    loop, world = state.recipe.loop, state.world
    saved = monotonic()
    figures: dict[str, float] = {}
    for batch in _batches(state):
        measured = state.task.update(batch, Moment(state.step, loop, world))
        state.step += 1
        is_last = state.step == loop.steps
        if state.step % loop.log_every == 0 or is_last:
            figures = _told(measured, state)
            journal.write(state.step, figures)
        if (state.step % loop.evaluate_every == 0 or is_last) and world.is_first:
            looked = {f"dev/{name}": value for name, value in state.look().items()}
            journal.write(state.step, looked)
            journal.speak(state.step, looked, now=True)
        journal.speak(state.step, figures)
        is_over = world.any(bool(heard))
        if is_over or is_last or monotonic() - saved >= 60 * loop.checkpoint_minutes:
            state.save()
            saved = monotonic()
        if is_over and not is_last:
            journal.speak(state.step, {}, now=True)
            raise SystemExit(128 + (heard[0] if heard else signal.SIGTERM))


def _batches(state: _State) -> Iterator[Any]:
    """Make the batches of the steps to come; on an accelerator the next while the last is learnt."""
    loop, world = state.recipe.loop, state.world

    def make(step: int) -> Any:
        return state.task.batch(Draws(loop.seed, step, world.device), loop.batch, world.rows(loop.batch))

    steps = range(state.step, loop.steps)
    if world.device.type == "cpu":
        yield from map(make, steps)
        return
    with ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(make, state.step) if steps else None
        for step in steps:
            batch = coming.result() if coming else None
            coming = ahead.submit(make, step + 1) if step + 1 < loop.steps else None
            yield batch


def _told(measured: Mapping[str, Tensor], state: _State) -> dict[str, float]:
    """Figures of an update as numbers, averaged over the processes."""
    values = torch.stack([measured[name].detach().float().reshape(()) for name in sorted(measured)])
    state.world.average([values])
    figures = dict(zip(sorted(measured), values.tolist(), strict=True))
    if not all(math.isfinite(value) for value in figures.values()):
        raise ModelError(f"the loss must stay a number; at step {state.step} it is not: {figures}. Try a smaller learning_rate")
    return figures


@contextmanager
def _listening() -> Iterator[list[int]]:
    """Note SIGTERM and SIGINT instead of dying of them; outside the main thread signals are left alone."""
    heard: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        heard.append(number)

    if threading.current_thread() is not threading.main_thread():
        yield heard
        return
    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
