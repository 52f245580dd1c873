#!/usr/bin/env python3
"""Every chore of this repository, and all the set-up it needs: `python3 tasks.py` lists them.

Runs on Python 3.11 or later with pip and nothing else: no compiler, no apt, no GPU. It makes its own environments beside this
file: `.venv` holds Boya as a user has it (light, without torch), `.venv-test` holds what the tests need. Continuous integration
runs these same commands (`.ci/run`).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
LIGHT = ROOT / ".venv"
FULL = ROOT / ".venv-test"
OLDEST = (3, 11)
LIGHT_LIMIT_MB = 400
PICTURE = "docs/pictures/first-piece.svg"
OUT = "out"
FIRST_PIECE = "first-piece"
FIRST_WISHES = ["--style", "bossa nova", "--key", "A minor", "--bars", "16", "--seed", "7"]


def main(words: list[str]) -> int:
    """Run the named task, or list them."""
    check_python()
    os.chdir(ROOT)
    if len(words) < 1 or words[0] not in TASKS:
        print(__doc__)
        for name, task in TASKS.items():
            print(f"  {name:8} {(task.__doc__ or '').splitlines()[0]}")
        return 0 if words in ([], ["-h"], ["--help"], ["help"]) else 2
    try:
        TASKS[words[0]](*words[1:])
    except subprocess.CalledProcessError as error:
        print(f"tasks.py {words[0]}: {Path(error.cmd[0]).name} failed (exit {error.returncode}); see above", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


# --- tasks --------------------------------------------------------------------------------------------------------------------


def hear() -> None:
    """Compose a first piece with the trained models into ./out: MIDI, sound, picture."""
    light_environment()
    Path(OUT).mkdir(exist_ok=True)
    files = [f"{OUT}/{FIRST_PIECE}{suffix}" for suffix in (".mid", ".wav", ".svg", ".json")]
    wanted = [word for file in files for word in ("--out", file)]
    run(LIGHT, "boya", "compose", *FIRST_WISHES, *wanted)


def test(*pytest_words: str) -> None:
    """Run everything CI runs: lint, types, floors, tests and examples."""
    full_environment()
    lint()
    types()
    floors()
    unit(*pytest_words)


def lint() -> None:
    """Check style and formatting with ruff."""
    full_environment()
    run(FULL, "ruff", "check", ".")
    run(FULL, "ruff", "format", "--check", ".")


def types() -> None:
    """Check the types with mypy, strictly."""
    full_environment()
    run(FULL, "mypy")


def floors() -> None:
    """Check that packages import only from the floors below them."""
    full_environment()
    run(FULL, "lint-imports")


def unit(*pytest_words: str) -> None:
    """Run the tests and the examples in docstrings; further words go to pytest."""
    full_environment()
    run(FULL, "pytest", *pytest_words)


def fix() -> None:
    """Let ruff mend what it can, and format."""
    full_environment()
    run(FULL, "ruff", "check", "--fix", ".")
    run(FULL, "ruff", "format", ".")


def docs() -> None:
    """Write the measured figures in the README files and the models' cards again, from docs/scoreboard.json."""
    full_environment()
    run(FULL, "python", "-c", CARDS)
    for name, words in HEADS.items():
        page = Path(name)
        page.write_text(with_figures(page.read_text(encoding="utf-8"), read_figures(), words), encoding="utf-8")


def picture() -> None:
    """Compose the first piece and make its piano roll the picture of the README files."""
    hear()
    shutil.copyfile(f"{OUT}/{FIRST_PIECE}.svg", PICTURE)


def light() -> None:
    """Check the light install: small, without torch, weights inside."""
    light_environment()
    size_mb = sum(f.stat().st_size for f in LIGHT.rglob("*") if f.is_file() and not f.is_symlink()) / 1e6
    print(f"light install: {size_mb:.0f} MB on disk; limit {LIGHT_LIMIT_MB} MB")
    if size_mb >= LIGHT_LIMIT_MB:
        sys.exit("the light install is too large; see [project] dependencies in pyproject.toml")
    run(LIGHT, "python", "-I", "-c", LIGHT_CHECK)


def wheel() -> None:
    """Build the wheel into ./dist."""
    light_environment()
    pip(LIGHT, "wheel", "--no-deps", "--wheel-dir", "dist", ".")
    print(*sorted(map(str, Path("dist").glob("*.whl"))))


def clean() -> None:
    """Remove the environments and what was built."""
    for name in (".venv", ".venv-test", "dist", "build"):
        shutil.rmtree(ROOT / name, ignore_errors=True)


TASKS = {task.__name__: task for task in (hear, test, lint, types, floors, unit, fix, docs, picture, light, wheel, clean)}

LIGHT_CHECK = """
import importlib.util, pathlib, sys
heavy = [name for name in ("torch", "music21", "sklearn", "distributed") if importlib.util.find_spec(name)]
if heavy:
    sys.exit(f"the light install must not bring {', '.join(heavy)}")
import boya
home = pathlib.Path(boya.__file__).parent
if "site-packages" not in home.parts:
    sys.exit(f"boya must come from its wheel, not from {home}")
weights = sorted(home.rglob("*.onnx"))
if not weights:
    sys.exit(f"the wheel holds no weights (*.onnx) under {home}")
print("light install: no torch; weights in the wheel:", ", ".join(f"{w.name} {w.stat().st_size / 1e6:.1f} MB" for w in weights))
"""

CARDS = """
from boya.evaluation.scoreboard import read_rows
from boya.proof.cards import update_cards
update_cards(read_rows("docs/scoreboard.json"))
"""


# --- generated text -----------------------------------------------------------------------------------------------------------

FIGURES = re.compile(r"(<!-- figures: begin.*?-->\n).*?(<!-- figures: end -->)", re.DOTALL)
HEADS = {
    "README.md": ("| area | bars that hold | what misses its bar (in brackets) |", "{} of {}", "*Not measured yet.*"),
    "README.zh.md": ("| 方面 | 达到的目标 | 未达到的(括号里是目标) |", "{1} 项中的 {0} 项", "*尚未测量。*"),
}


def read_figures() -> list[dict[str, Any]]:
    """Return the rows of the scoreboard; none when it is not written yet."""
    board = ROOT / "docs" / "scoreboard.json"
    return json.loads(board.read_text(encoding="utf-8")) if board.exists() else []


def with_figures(text: str, rows: list[dict[str, Any]], words: tuple[str, str, str]) -> str:
    """Return a page with a line for each area between its marks: how many bars hold, and what misses; `words` are of HEADS."""
    head, share, none = words
    lines = []
    for area in sorted({row["area"] for row in rows}):
        judged = [row for row in rows if row["area"] == area and row.get("bar") is not None]
        missed = [
            f"{row['metric']}: {row['value']:.4g} {row['unit']}".strip() + f" ({row['bar']:.4g})"
            for row in judged
            if not row["holds"]
        ]
        if judged:
            lines.append(f"| {area} | {share.format(len(judged) - len(missed), len(judged))} | {'; '.join(missed)} |")
    table = "\n".join([head, "|---|---|---|", *lines]) if lines else none
    return FIGURES.sub(lambda marks: f"{marks[1]}{table}\n{marks[2]}", text)


# --- environments -------------------------------------------------------------------------------------------------------------


def light_environment() -> None:
    """Install Boya from its wheel, without extras, unless the same source is installed already."""
    sources = sorted(p for p in (ROOT / "src").rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    install(LIGHT, ".", digest(sources), "Boya (about 200 MB)")


def full_environment() -> None:
    """Install Boya in place, with all that tests need, unless that is done already."""
    install(FULL, "-e .[test]", digest([]), "Boya and all its test tools (about 1.5 GB with torch; some minutes)")


def install(home: Path, what: str, mark: str, words: str) -> None:
    """Make the environment `home` and install `what` into it; `mark` names the state, so that a second run is quick."""
    stamp = home / "installed"
    if stamp.exists() and stamp.read_text() == mark:
        return
    print(f"installing {words} into {home.name} ...", file=sys.stderr, flush=True)
    if not python_of(home).exists():
        make_environment(home)
    stamp.unlink(missing_ok=True)
    pip(home, "install", "-c", "constraints.txt", *what.split())
    stamp.write_text(mark)


def make_environment(home: Path) -> None:
    """Make a virtual environment, also where Python comes without ensurepip (bare Debian)."""
    if subprocess.run([sys.executable, "-m", "venv", home], capture_output=True, check=False).returncode:
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)


def pip(home: Path, *words: str) -> None:
    """Run pip for the environment `home`: its own pip, or this Python's."""
    python = python_of(home)
    own = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    start: list[str | Path] = [python, "-m", "pip"] if own else [sys.executable, "-m", "pip", "--python", python]
    subprocess.run([*start, "--disable-pip-version-check", words[0], "-qq", *words[1:]], check=True)


def run(home: Path, program: str, *words: str) -> None:
    """Run a program of the environment `home`."""
    print("$", program, *(word if "\n" not in word else "..." for word in words), file=sys.stderr, flush=True)
    subprocess.run([python_of(home).with_name(program), *words], check=True)


def python_of(home: Path) -> Path:
    """Return the path of the environment's Python."""
    return home / "bin" / "python"


def digest(files: list[Path]) -> str:
    """Return one name for this Python, the settings, and the contents of `files`."""
    total = hashlib.sha256(sys.version.encode())
    for file in [ROOT / "pyproject.toml", ROOT / "constraints.txt", *files]:
        total.update(str(file).encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


def check_python() -> None:
    """Hand over to a newer Python where this one is too old; give up with a hint where there is none."""
    if sys.version_info[:2] >= OLDEST:
        return
    for minor in (13, 12, 11):
        newer = shutil.which(f"python3.{minor}")
        if newer and subprocess.run([newer, "-c", ""], capture_output=True, check=False).returncode == 0:  # not a dead shim
            os.execv(newer, [newer, *sys.argv])
    sys.exit(
        f"Boya needs Python 3.11 or later; this is {sys.version.split()[0]}. Install one and run it with: python3.12 tasks.py"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
