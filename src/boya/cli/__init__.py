"""The command line: parse, call, print. No music in here.

One file per command and one line in `COMMANDS`. A command's module imports the parts of Boya inside its function, so that
`boya --help` answers at once.

Conventions of every command: data on stdout, progress and messages on stderr; `--json` for machines; `--seed` where chance takes
part (drawn and told when not given); the exit codes of `EXIT_CODES`; one-line errors (`BOYA_DEBUG=1` shows where they come from).
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from boya.errors import BoyaError, FileError

__all__ = ["COMMANDS", "EXIT_CODES", "app", "main"]

COMMANDS = {
    "compose": "compose",
    "plan": "plan",
    "loops": "loops",
    "vary": "vary",
    "change": "change",
    "morph": "morph",
    "continue": "continue_",
    "rewrite": "rewrite",
    "add": "add",
    "accompany": "accompany",
    "arrange": "arrange",
    "harmonise": "harmonise",
    "chorale": "chorale",
    "check": "check",
    "replay": "replay",
    "render": "render",
    "effect": "effect",
    "soundfont": "soundfont",
    "info": "info",
    "explain": "explain",
    "ask": "ask",
    "exercises": "exercises",
    "corpus": "corpus",
    "index": "index",
    "search": "search",
    "similar": "similar",
    "taste": "taste",
    "transcribe": "transcribe",
    "originality": "originality",
    "recognise": "recognise",
    "train": "train",
    "evaluate": "evaluate",
    "doctor": "doctor",
}

EXIT_CODES = {
    0: "done",
    1: "failed",
    2: "a word or value on the command line, or in the music, cannot be used",
    3: "a file cannot be read or written",
    4: "a collection or packed folder is not as expected",
    5: "weights are missing or do not fit",
    6: "an optional part of Boya is not installed",
    130: "stopped with Ctrl-C",
}


class LazyGroup(TyperGroup):
    """The `boya` command: knows the names of its commands, and imports each when it is needed."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import one command; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in self.commands:
            self.commands[cmd_name] = _load(cmd_name)
        return self.commands[cmd_name]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command meant by the first word; suggest near names when there is none."""
        for name in COMMANDS if args and args[0] not in COMMANDS else ():
            self.get_command(ctx, name)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run a command; turn what goes wrong into one line on stderr and an exit code."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise _exit("stopped", 130) from None
        except BoyaError as error:
            raise _exit(str(error), error.exit_code, error) from error
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _exit(str(error), FileError.exit_code, error) from error
        except Exception as error:
            if hasattr(error, "exit_code") or isinstance(error, typer.Abort):
                raise  # typer's own: usage errors, --help, typer.Exit
            text = f"unexpected {type(error).__name__}: {error}. This is a fault of Boya; BOYA_DEBUG=1 shows where"
            raise _exit(text, 1, error) from error


def _load(name: str) -> Any:
    """Import the module of a command and return the command."""
    target = import_module(f"boya.cli.{COMMANDS[name]}").command
    if not isinstance(target, typer.Typer):
        single = typer.Typer(rich_markup_mode=None, add_completion=False)
        single.command(name)(target)
        target = single
    command = get_command(target)
    command.name = name
    return command


def _exit(text: str, code: int, error: BaseException | None = None) -> typer.Exit:
    """Say what went wrong; return the exit to raise."""
    if error is not None and os.environ.get("BOYA_DEBUG"):
        import traceback

        traceback.print_exception(error)
    print(f"boya: {' '.join(text.split())}", file=sys.stderr)
    return typer.Exit(code)


def _version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        import boya

        print(f"boya {boya.__version__}")
        raise typer.Exit


_EPILOG = "Exit codes: " + "; ".join(f"{code} {words}" for code, words in EXIT_CODES.items()) + "."

app = typer.Typer(name="boya", cls=LazyGroup, rich_markup_mode=None, no_args_is_help=True, epilog=_EPILOG)


@app.callback()
def _boya(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Boya composes, Ziqi listens: trained models write music you can hear, read and edit.

    Begin with: boya compose --style "bossa nova" --bars 16 --out piece.mid --out piece.wav
    """


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line; `words` default to those of the process."""
    get_command(app).main(args=None if words is None else list(words), prog_name="boya")
