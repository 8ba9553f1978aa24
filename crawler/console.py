"""What a person sees: progress and counts on stderr; data on stdout, as tables or as JSON for programs.

Rich is imported when the first table is drawn: `ipnews restore` in a pipe never pays for it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

import msgspec

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


WIDE = 10_000
"""Columns where no terminal sets a number: `| grep` and `| cut` want whole names, and one row a line."""


LINE_EVERY = 30.0
"""Seconds between two lines of counts in a log: a sign of life, and 120 lines an hour."""


def console(stream: TextIO) -> Console:
    """The console on a stream."""
    from rich.console import Console

    return Console(file=stream, highlight=False, width=None if stream.isatty() else WIDE)


def emit(value: object) -> None:
    """One JSON value a line on stdout (records and builtins; UTF-8)."""
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.buffer.flush()


def say(message: str) -> None:
    """One line for a person, on stderr."""
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


def counted(number: int, one: str, several: str) -> str:
    """A number with its noun: `counted(1, "page", "pages")`."""
    return f"{number:,} {one if number == 1 else several}"


def table(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout: what the command was typed for."""
    _draw(sys.stdout, title, header, rows)


def aside(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stderr: how it went. Empty names leave out the header."""
    _draw(sys.stderr, title, header, rows)


def pairs(title: str, values: Mapping[str, object]) -> None:
    """A two-column table of names and values, on stderr."""
    aside(title, ("", ""), list(values.items()))


def _draw(stream: TextIO, title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Columns that hold only numbers (and gaps) are set right."""
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    lines = [tuple(row) for row in rows]
    drawn = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False, show_header=any(header))
    for number, name in enumerate(header):
        cells = [line[number] for line in lines if line[number] != ""]
        numeric = all(isinstance(cell, int | float) for cell in cells) and bool(cells)
        drawn.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for line in lines:
        drawn.add_row(*(f"{cell:,}" if isinstance(cell, int) else escape(str(cell)) for cell in line))
    screen = console(stream)
    # By way of a text: where the reader has closed its pipe, Rich itself would leave, with 1.
    with screen.capture() as text:
        # Not as the title of the table: that is folded to the table's width, paths included.
        screen.print(escape(title), style="italic", soft_wrap=True)
        screen.print(drawn)
    stream.write(text.get())
    stream.flush()


@contextmanager
def progress(description: str) -> Iterator[Progress]:
    """A progress bar on stderr that leaves the screen clean where stderr is no terminal."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    screen = console(sys.stderr)
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        bar.add_task(description, total=None)
        yield bar


@contextmanager
def ticker(description: str) -> Iterator[Callable[[Mapping[str, int]], None]]:
    """A line on a terminal that shows the latest counts; where stderr is no terminal, a line now and then."""
    from rich.status import Status

    screen = console(sys.stderr)
    if not screen.is_terminal:
        say(f"{description} ...")
        yield _now_and_then(description)
        return
    with Status(description, console=screen) as status:
        yield lambda counts: status.update(_counts_line(description, counts))


def _now_and_then(description: str) -> Callable[[Mapping[str, int]], None]:
    told = time.monotonic()

    def show(counts: Mapping[str, int]) -> None:
        nonlocal told
        if time.monotonic() - told >= LINE_EVERY:
            told = time.monotonic()
            say(_counts_line(description, counts))

    return show


def _counts_line(description: str, counts: Mapping[str, int]) -> str:
    return f"{description}: " + ", ".join(f"{value:,} {name}" for name, value in counts.items() if value)
