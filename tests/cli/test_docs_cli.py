"""docs/cli.md names every command and every option, and none that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from crawler.cli import app

DOC = Path(__file__).resolve().parent.parent.parent / "docs" / "cli.md"


def commands() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}

    def walk(name: str, command: object) -> None:
        children = getattr(command, "commands", None)
        if children:
            for child, value in children.items():
                walk(f"{name} {child}", value)
            return
        options = (option for param in command.params for option in (*param.opts, *param.secondary_opts))
        found[name] = {option for option in options if option.startswith("--") and option != "--help"}

    walk("ipnews", get_command(app))
    return found


def sections() -> dict[str, str]:
    parts = re.split(r"^## (ipnews [a-z ]+)$", DOC.read_text(encoding="utf-8"), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_command_has_its_section_and_no_other() -> None:
    assert sections().keys() == commands().keys()


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_option_is_named_and_no_other(name: str) -> None:
    told = set(re.findall(r"--[a-z][a-z-]+", sections()[name]))
    assert told - {"--archive"} == commands()[name] - {"--archive"}
