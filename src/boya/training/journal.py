"""What a run says while it runs: lines of JSON, TensorBoard where it is installed, and progress on stderr.

Conventions: `log.jsonl` has a line per look at the run, `{"step", ...metrics}`; a resumed run first drops the lines after
its checkpoint. The time left is measured: the time this process took for its own updates, looks at the dev part and
checkpoints included.
"""

import json
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import Any

__all__ = ["Journal", "duration_text"]

_SPEAK_SECONDS = 10.0
LOG = "log.jsonl"


class Journal:
    """The log of one run in a folder; `is_silent` for all processes but the first."""

    def __init__(self, folder: Path, name: str, first_step: int, steps: int, *, is_silent: bool = False) -> None:
        self._name, self._first, self._steps, self._is_silent = name, first_step, steps, is_silent
        self._started = self._spoke = monotonic()
        self._board: Any = None
        if is_silent:
            return
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / LOG
        _keep_until(path, first_step)
        self._file = path.open("a", encoding="utf-8")
        if find_spec("tensorboard") is not None:
            from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415  (slow, and not everywhere)

            self._board = SummaryWriter(str(folder / "tensorboard"), purge_step=first_step)

    def write(self, step: int, metrics: Mapping[str, float]) -> None:
        """Note figures after an update."""
        if self._is_silent:
            return
        self._file.write(json.dumps({"step": step, **metrics}) + "\n")
        self._file.flush()
        if self._board is not None:
            for name, value in metrics.items():
                self._board.add_scalar(name, value, step)

    def speak(self, step: int, metrics: Mapping[str, float], *, now: bool = False) -> None:
        """Tell progress on stderr, at most every ten seconds unless `now`."""
        time = monotonic()
        if self._is_silent or not (now or time - self._spoke > _SPEAK_SECONDS):
            return
        self._spoke = time
        figures = "  ".join(f"{name} {value:.4g}" for name, value in metrics.items())
        print(f"{self._name}  {step}/{self._steps}  {self._left(step, time)}  {figures}", file=sys.stderr, flush=True)

    def close(self) -> None:
        """End the log."""
        if not self._is_silent:
            self._file.close()
            if self._board is not None:
                self._board.close()

    def _left(self, step: int, time: float) -> str:
        """Time left, from what this process has done itself."""
        done = step - self._first
        if done < 1:
            return "time left unknown"
        return f"{duration_text((time - self._started) / done * (self._steps - step))} left"


def duration_text(seconds: float) -> str:
    """Return a duration for people.

    >>> duration_text(42), duration_text(150), duration_text(7300)
    ('42 s', '2 min 30 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _keep_until(path: Path, step: int) -> None:
    """Drop the lines that a killed run wrote after its last checkpoint, and a torn one."""
    if not path.is_file():
        return
    kept = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry.get("step", 0) <= step and step:
            kept.append(line)
    path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
