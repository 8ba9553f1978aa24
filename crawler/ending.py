"""How a command of `ipnews` begins and ends: its module is imported, its exit code passed on, an error is one
line on stderr that says what to type next."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Any, NoReturn

import typer

from crawler.interrupt import under_way
from pipelines.errors import IpnewsError, Stopped, UsageError

STDOUT = 1
"""Its number: Typer puts another object in place of `sys.stdout`."""
_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))
_EMPTY = re.compile(r"(--[a-z-]+=)?")


def run(command: str, **values: Any) -> NoReturn:
    """Call `crawler.commands.<command>.run` and leave with its exit code; a closed pipe is silence and 0."""
    try:
        with under_way():
            code = import_module(f"crawler.commands.{command}").run(**values)
            sys.stdout.flush()
    except KeyboardInterrupt:
        # Here and not in `leave`: Typer would leave with 130, as after any program that knows no better.
        raise Stopped("stopped; the same command goes on from here") from None
    except BrokenPipeError:
        # Here too: Typer would leave with 1.
        _let_go_of_stdout()
        raise typer.Exit(0) from None
    raise typer.Exit(code)


def leave(app: typer.Typer) -> NoReturn:
    """Run what the command line names, and leave with its exit code."""
    _open_what_is_closed()
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that is not in UTF-8 (GBK, Latin-1) shows what it cannot as \\uXXXX, as stderr does.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        _refuse_empty(sys.argv[1:])
        # Not "standalone": there Typer draws what was typed wrongly as a box of six lines.
        code = app(prog_name="ipnews", standalone_mode=False)
    except IpnewsError as error:
        _end(str(error), error.exit_code)
    except typer.TyperException as error:
        _end(_mistyped(error), UsageError.exit_code)
    except OSError as error:
        if _takes_more():
            raise
        _let_go_of_stdout()
        said = f"standard output: {error.strerror}; make room there, then the same command again"
        _end(said, UsageError.exit_code)
    except SystemExit:
        # By itself Typer leaves only where the reader of its help is gone (`--help | head`), and with 1.
        _let_go_of_stdout()
        code = 0
    sys.exit(code)


def _end(said: str, code: int) -> NoReturn:
    if said:
        sys.stderr.write(f"ipnews: {said}\n")
    sys.exit(code)


def _open_what_is_closed() -> None:
    """A stream closed by whoever starts the command (`>&-`) is empty, and swallows what is written to it.

    Left closed, its number would go to the next file that is opened, the catalog, say.
    """
    for name, mode in _STREAMS:
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _takes_more() -> bool:
    """Whether stdout can be written to, told by a blank line: unbuffered, it keeps nothing to try again."""
    try:
        sys.stdout.write("\n")
        sys.stdout.flush()
    except OSError:
        return False
    return True


def _let_go_of_stdout() -> None:
    """The reader had enough; what is still held for it must go somewhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), STDOUT)


def _refuse_empty(words: Iterable[str]) -> None:
    """An empty word is a variable of the shell that is not set: as a folder it would be the one we are in."""
    if any(_EMPTY.fullmatch(word) for word in words):
        raise UsageError(f"an argument is empty: a variable that is not set? see: {_typed_command()} --help")


def _typed_command() -> str:
    return " ".join(["ipnews", *(word for word in sys.argv[1:2] if word and not word.startswith("-"))])


def _mistyped(error: typer.TyperException) -> str:
    """What Typer found wrong, in our form. Empty where it has shown the help already: nothing was typed."""
    said = str(getattr(error, "format_message", error.__str__)()).rstrip(".")
    context = getattr(error, "ctx", None)
    command = context.command_path if context else _typed_command()
    stop = "" if said.endswith("?") else ";"
    return f"{said[0].lower()}{said[1:]}{stop} see: {command} --help" if said else ""
