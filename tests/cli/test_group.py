"""The frame of the command line: names, help, errors, exit codes."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

import boya.cli
from boya.cli import COMMANDS, EXIT_CODES, main
from boya.errors import CorpusError, FileError, InputError, MissingExtraError, ModelError

SEEDED = (
    *("compose", "loops", "vary", "change", "morph", "continue", "rewrite", "add", "accompany", "arrange", "harmonise"),
    *("train", "evaluate", "plan", "exercises", "render", "effect"),
)


def run(*words):
    with pytest.raises(SystemExit) as left:
        main(list(words))
    return left.value.code


@pytest.fixture
def failing(monkeypatch):
    """Make `boya info FILE` raise what the test wants."""

    def install(error):
        def command(score_file: str):
            """Fail."""
            raise error

        monkeypatch.setitem(sys.modules, "boya.cli.failing", SimpleNamespace(command=command))
        monkeypatch.setitem(COMMANDS, "info", "failing")

    return install


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_help_page(name, capsys):
    assert run(name, "--help") == 0
    text = capsys.readouterr().out
    assert text.startswith(f"Usage: boya {name} ")
    assert name in ("corpus", "soundfont", "taste") or "--json" in text
    assert ("--seed" in text) == (name in SEEDED)


@pytest.mark.parametrize("part", ["build", "summary"])
def test_parts_of_corpus_have_help_pages(part, capsys):
    assert run("corpus", part, "--help") == 0
    assert "--json" in capsys.readouterr().out


def test_first_lines_of_help_fit(capsys):
    assert run("--help") == 0
    text = capsys.readouterr().out
    listed = text.split("Commands:\n")[1].split("\n\n")[0].splitlines()
    assert [line.split()[0] for line in listed] == list(COMMANDS)
    assert not [line for line in listed if line.endswith("...")]
    assert all(f"{code} {words}"[:12] in " ".join(text.split()) for code, words in EXIT_CODES.items())


def test_version(capsys):
    assert run("--version") == 0
    assert capsys.readouterr().out == f"boya {boya.__version__}\n"


def test_no_words_show_help(capsys):
    assert run() in (0, 2)
    streams = capsys.readouterr()
    assert "Commands:" in streams.out + streams.err


def test_python_m_boya():
    done = subprocess.run([sys.executable, "-m", "boya", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"boya {boya.__version__}\n"


def test_near_names_are_suggested(capsys):
    assert run("comprose") == 2
    assert "Did you mean 'compose'" in capsys.readouterr().err


def test_unknown_options_are_usage_errors(capsys):
    assert run("compose", "--stile", "rock") == 2
    assert "--style" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("bars must be 1-512; got 0"), 2),
        (FileError("x.mid does not exist"), 3),
        (PermissionError(13, "Permission denied", "a.wav"), 3),
        (CorpusError("no manifest"), 4),
        (ModelError("no weights"), 5),
        (MissingExtraError("engraving", "scores"), 6),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("division by zero"), 1),
    ],
)
def test_errors_are_one_line_and_an_exit_code(failing, error, code, capsys):
    failing(error)
    assert run("info", "x") == code
    assert code in EXIT_CODES
    streams = capsys.readouterr()
    assert streams.out == ""
    assert streams.err.startswith("boya: ")
    assert streams.err.count("\n") == 1
    assert str(error.args[-1] if error.args else "stopped") in streams.err


def test_an_error_over_several_lines_is_told_in_one(failing, capsys):
    failing(InputError("first\nsecond"))
    run("info", "x")
    assert capsys.readouterr().err == "boya: first second\n"


def test_debug_shows_the_traceback(failing, capsys, monkeypatch):
    monkeypatch.setenv("BOYA_DEBUG", "1")
    failing(ModelError("no weights"))
    assert run("info", "x") == 5
    assert "Traceback" in capsys.readouterr().err


def test_unexpected_errors_say_how_to_see_more(failing, capsys):
    failing(KeyError("tempo"))
    assert run("info", "x") == 1
    assert "BOYA_DEBUG=1" in capsys.readouterr().err
