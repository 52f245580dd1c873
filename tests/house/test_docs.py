"""The pages keep their word: code blocks run, commands and links exist, figures are those of the scoreboard."""

import re
import shlex
import tomllib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from boya.cli import COMMANDS, EXIT_CODES, main

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / name for name in ("README.md", "README.zh.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)
LANGUAGES = {"python", "console", "sh", "text", "toml", "mermaid"}
BLOCK = re.compile(r"(<!-- slow -->\n)?^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)

_composing = find_spec("boya.composing")
needs_composing = pytest.mark.skipif(_composing is None or _composing.origin is None, reason="boya.composing is not there yet")


@dataclass(frozen=True)
class Block:
    page: str
    number: int
    language: str
    text: str
    is_slow: bool

    @property
    def composes(self) -> bool:
        return "boya.compose" in self.text or "boya compose" in self.text


def blocks(page: Path) -> list[Block]:
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [Block(page.name, n, match[2], match[3], bool(match[1])) for n, match in enumerate(found)]


ALL = [block for page in PAGES for block in blocks(page)]


def params(language: str) -> list:
    return [
        pytest.param(b, id=f"{b.page}-{b.number}", marks=needs_composing if b.composes else ())
        for b in ALL
        if b.language == language and not b.is_slow
    ]


def test_every_block_has_a_language_that_is_checked():
    assert {block.language for block in ALL} <= LANGUAGES


@pytest.mark.parametrize("block", params("python"))
def test_python_runs(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(block.text, block.page, "exec"), {})


@pytest.mark.parametrize("block", params("console"))
def test_console_lines_run(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = [line[2:] for line in block.text.splitlines() if line.startswith("$ ")]
    assert lines
    for line in lines:
        program, *words = shlex.split(line)
        assert program == "boya"
        with pytest.raises(SystemExit) as left:
            main(words)
        assert left.value.code == 0, line


@pytest.mark.parametrize("block", [b for b in ALL if b.language == "toml"])
def test_toml_reads(block):
    assert tomllib.loads(block.text)


def shell_lines() -> list[str]:
    return [line for b in ALL if b.language == "sh" for line in b.text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("line", sorted(set(shell_lines())))
def test_shell_lines_name_what_exists(line, capsys, tasks):
    program, *words = shlex.split(line)
    if program == "boya":
        check_options(words, capsys)
    elif program == "python3":
        assert words[0] == "tasks.py"
        assert words[1] in tasks.TASKS
    else:
        assert (program, words[0]) == ("pip", "install")
        extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
        asked = re.findall(r"\[(.*?)\]", line)
        assert all(name in extras for group in asked for name in group.split(","))


def check_options(words, capsys):
    assert words[0] in COMMANDS
    path = words[:2] if words[0] == "corpus" else words[:1]
    with pytest.raises(SystemExit) as left:
        main([*path, "--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    assert all(word in text for word in words if word.startswith("-"))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_relative_links_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    missing = [t for t in targets if "://" not in t and not (page.parent / t).exists()]
    assert not missing


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_readme_names_every_command_and_exit_code(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"^\| `boya (\S+)`", text, re.MULTILINE) == list(COMMANDS)
    codes = re.search(r"(?:Exit codes: |退出码：)(.*?)[.。]", text, re.DOTALL)
    assert codes is not None
    assert [int(code) for code in re.findall(r"\d+", codes[1])] == list(EXIT_CODES)


def test_both_readmes_show_the_same_code():
    def code(name):
        shown = [b for b in ALL if b.page == name]
        return [(b.language, re.sub(r"#.*", "", b.text)) for b in shown]

    assert code("README.md") == code("README.zh.md")


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_readme_figures_are_those_of_the_scoreboard(name, tasks):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert tasks.FIGURES.search(text)
    assert text == tasks.with_figures(text, tasks.read_figures(), tasks.HEADS[name]), "run: python3 tasks.py docs"


def test_figures_say_how_many_bars_hold_and_what_misses(tasks):
    row = {"area": "gan", "metric": "empty bars", "model": "gan", "value": 0.12345, "unit": "%", "bar": 0.2, "holds": True}
    rows = [
        row,
        {**row, "metric": "baseline", "bar": None, "holds": None},
        {**row, "metric": "speed", "value": 3, "holds": False},
    ]
    page = "a\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nb\n"
    text = tasks.with_figures(page, rows, tasks.HEADS["README.md"])
    assert "| gan | 1 of 2 | speed: 3 % (0.2) |" in text
    assert "\nold\n" not in text
    assert "baseline" not in text
    assert text.endswith("<!-- figures: end -->\nb\n")


def test_the_readme_holds_the_two_commands_that_ci_takes_from_it():
    between = re.search(r"<!-- commands: begin -->(.*?)<!-- commands: end -->", (ROOT / "README.md").read_text(), re.DOTALL)
    assert between is not None
    assert re.findall(r"^python3 .*$", between[1], re.MULTILINE) == ["python3 tasks.py hear", "python3 tasks.py test"]
    assert "python3 " not in (ROOT / ".ci" / "run").read_text().replace("python3 tasks.py light", "").replace("'^python3 '", "")
