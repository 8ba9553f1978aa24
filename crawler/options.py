"""The options that several commands of `ipnews` share: one name and one meaning each."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

Archive = Annotated[
    Path | None, typer.Option("--archive", file_okay=False, help="Folder of the archive.", metavar="DIR")
]
Json = Annotated[bool, typer.Option("--json", help="Data for programs on stdout.")]
Names = Annotated[list[str] | None, typer.Option("--site", help="Only this declared site.", metavar="NAME")]
CapturedSince = Annotated[
    str | None, typer.Option("--since", help="Only captures of this day or later.", metavar="YYYY-MM-DD")
]
CapturedUntil = Annotated[
    str | None, typer.Option("--until", help="Only captures of this day or earlier.", metavar="YYYY-MM-DD")
]
PublishedSince = Annotated[
    str | None, typer.Option("--since", help="Only published on this day or later.", metavar="YYYY-MM-DD")
]
PublishedUntil = Annotated[
    str | None, typer.Option("--until", help="Only published on this day or earlier.", metavar="YYYY-MM-DD")
]


def _say_version(wanted: bool) -> None:
    if wanted:
        reading = import_module("pipelines.version").PIPELINE_VERSION
        typer.echo(f"ipnews {version('ipnews')}, reading {reading}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", help="Say the version.", callback=_say_version, is_eager=True)
]
