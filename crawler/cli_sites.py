"""What can be typed behind `ipnews sites`."""

from __future__ import annotations

from typing import Annotated

import typer

from crawler.ending import run
from crawler.options import Archive, Json

sites = typer.Typer(help="The declarations of mirror sites.", no_args_is_help=True)


@sites.command("list")
def list_(json: Json = False) -> None:
    """The declared sites, enabled or not, and how old their checks are."""
    run("sites", action="list", name=None, url=None, json=json)


@sites.command("check")
def check(name: Annotated[str | None, typer.Argument()] = None, json: Json = False) -> None:
    """Read every declaration and its recorded pages; say what does not hold."""
    run("sites", action="check", name=name, url=None, json=json)


@sites.command("record")
def record(
    name: Annotated[str, typer.Argument()],
    url: Annotated[str, typer.Option("--url", help="The page to record.")],
    archive: Archive = None,
) -> None:
    """Keep one page of a site as raw bytes, headers and an expectation for a person to review."""
    run("sites", action="record", name=name, url=url, archive=archive)


@sites.command("enable")
def enable(name: Annotated[str, typer.Argument()]) -> None:
    """Let the next crawl take a declared site."""
    run("sites", action="enable", name=name, url=None)
