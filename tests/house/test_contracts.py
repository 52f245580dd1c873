"""What holds for the repository as a whole."""

import ast
import doctest
import importlib
import inspect
import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import boya

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HEAVY = ("numpy", "onnxruntime", "symusic", "torch", "music21", "verovio", "distributed", "sklearn", "rich")
# Written in pieces, so that this file does not find itself.
FORBIDDEN = [
    *("/" + folder + "/" for folder in ("work", "tmp", "root", "home", "Users", "opt")),
    *(begin + end for begin, end in [("py", "pi.org"), ("python", "hosted.org"), ("download.", "pytorch")]),
    *("--" + name + "-" + end for name, end in [("index", "url"), ("extra-index", "url"), ("find", "links")]),
]


def in_subprocess(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def is_there(module: str) -> bool:
    """Whether a package has been written: a folder without code does not count."""
    spec = find_spec(module)
    return spec is not None and spec.origin is not None


def tracked_files() -> list[Path]:
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs a git checkout")
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("name", boya.__all__)
def test_public_names_exist_and_are_documented(name):
    if not is_there(boya._HOMES[name]):
        pytest.skip(f"{boya._HOMES[name]} is not there yet")
    value = getattr(boya, name)
    assert inspect.getdoc(value), f"boya.{name} needs a docstring"
    assert name in dir(boya)


def test_type_checkers_see_the_same_names():
    tree = ast.parse(Path(boya.__file__).read_text(encoding="utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.asname: node.module for node in guarded.body for alias in node.names}
    assert seen == boya._HOMES


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="no attribute 'kompose'"):
        boya.kompose  # noqa: B018


@pytest.mark.parametrize("code", ["import boya", "from boya.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass"])
def test_import_and_help_are_light(code):
    loaded = in_subprocess(f"{code}\nimport sys\nprint([n for n in {HEAVY!r} if n in sys.modules])").splitlines()[-1]
    assert loaded == "[]"


def test_no_file_names_a_machine_or_an_index():
    found = []
    for path in tracked_files():
        text = path.read_bytes()[:2_000_000].decode("utf-8", errors="ignore") if path.suffix != ".onnx" else ""
        found += [f"{path.relative_to(ROOT)}: {word}" for word in FORBIDDEN if word in text]
    assert not found


def test_every_table_in_the_package_reads():
    tables = sorted((ROOT / "src").rglob("*.toml"))
    assert tables
    assert all(tomllib.loads(path.read_text(encoding="utf-8")) for path in tables)


def test_every_shipped_recipe_loads():
    recipes = pytest.importorskip("boya.training.recipe", reason="needs torch")
    names = recipes.shipped_recipes()
    assert len(names) == len(list((ROOT / "src" / "boya" / "training" / "recipes").glob("*.toml")))
    for name in names:
        for is_gpu in (False, True):
            assert recipes.read_recipe(name, is_gpu=is_gpu).family in recipes.FAMILIES


def test_every_folder_of_code_is_a_package():
    folders = {path.parent for path in (ROOT / "src" / "boya").rglob("*.py")}
    bare = sorted(str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists())
    assert not bare, "without __init__.py the floors are not checked"


def test_the_task_file_needs_the_standard_library_only(tasks):
    tree = ast.parse((ROOT / "tasks.py").read_text(encoding="utf-8"))
    modules = {n.name for node in ast.walk(tree) if isinstance(node, ast.Import) for n in node.names}
    modules |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {module.split(".")[0] for module in modules} <= set(sys.stdlib_module_names)
    assert all(task.__doc__ for task in tasks.TASKS.values())


def test_the_task_file_refuses_unknown_tasks(tasks, capsys):
    assert tasks.main(["dance"]) == 2
    assert "hear" in capsys.readouterr().out


def test_constraints_pin_every_dependency():
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9.-]+==[0-9][0-9a-z.]*", line) for line in lines)
    pins = dict(line.split("==") for line in lines)
    project = SETTINGS["project"]
    wanted = [*project["dependencies"], *(d for group in project["optional-dependencies"].values() for d in group)]
    for requirement in map(Requirement, wanted):
        if requirement.name != "boya":
            assert requirement.specifier.contains(pins[requirement.name]), requirement


def test_every_package_has_a_floor_or_is_named():
    layers = SETTINGS["tool"]["importlinter"]["contracts"][0]["layers"]
    floors = {name.strip("() ") for layer in layers for name in layer.split("|")}
    packages = {path.parent.name for path in (ROOT / "src" / "boya").glob("*/__init__.py")}
    assert packages <= floors


@pytest.mark.parametrize("path", sorted((ROOT / "src").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT / "src")))
def test_modules_say_what_they_are(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), "a module opens with what it is"


def test_the_package_example_runs():
    result = doctest.testmod(boya)
    assert result.attempted > 0
    assert result.failed == 0


def test_errors_have_documented_exit_codes():
    from boya.cli import EXIT_CODES

    errors = importlib.import_module("boya.errors")
    assert {getattr(errors, name).exit_code for name in errors.__all__} <= set(EXIT_CODES)
