"""Running a command as a user does, from process start to exit, with its time and memory.

Conventions: seconds of wall time; megabytes are 10^6 bytes of peak resident memory, of the command and of those it
waited for. A small process stands between: on Linux a child begins with the peak of the process that started it, and ours is big.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from boya.errors import BoyaError

__all__ = ["CommandError", "Ran", "run_measured"]

_LAUNCHER = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
second = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([done.returncode, second, peak, done.stdout, done.stderr[-2000:]]))
"""
_KIBIBYTE_MB = 1024 / 1e6


class CommandError(BoyaError):
    """A command that is measured failed."""


@dataclass(frozen=True)
class Ran:
    """How a command ran."""

    second: float
    peak_megabyte: float
    stdout: str


def run_measured(words: Sequence[str | Path], folder: Path | None = None, accepted: tuple[int, ...] = (0,)) -> Ran:
    """Run a command and measure it.

    Parameters
    ----------
    words
        program and arguments.
    folder
        working folder; the present one by default.
    accepted
        exit codes that are no failure.

    Raises
    ------
    CommandError
        if the command cannot be started or ends with another exit code.

    Examples
    --------
    >>> run_measured([sys.executable, "-c", "print('la')"]).stdout
    'la\\n'
    """
    launch = [sys.executable, "-I", "-S", "-c", _LAUNCHER, *map(str, words)]
    done = subprocess.run(launch, cwd=folder, capture_output=True, text=True, check=False)
    name = " ".join(Path(word).name for word in words[:4])
    if done.returncode:
        raise CommandError(f"{name} cannot be run: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
    code, second, peak, stdout, stderr = json.loads(done.stdout)
    if code not in accepted:
        raise CommandError(
            f"{name} must end with exit code {accepted[0]}; got {code}: {(stderr.strip().splitlines() or ['?'])[-1]}"
        )
    return Ran(second, peak * _KIBIBYTE_MB, stdout)
