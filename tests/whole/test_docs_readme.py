"""What README and docs say can be typed can be typed; what they link to is there; settings have their reasons."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from crawler import settings
from crawler.cli import app

ROOT = Path(__file__).resolve().parents[2]
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
DOCUMENTS = (*READMES, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
_COMMAND = re.compile(r"^ {4}((?:echo .* \| )?ipnews\b.*?)(?:\s+# .*)?$", re.M)
_BLOCK = re.compile(r"^ {4}(.+\n)", re.M)
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
_OWN_SETTING = re.compile(r"settings(?:\.get\w*\(|\[)\"(IPNEWS_\w+|READ_\w+|DEDUPE_\w+)\"")


def commands(path: Path) -> list[str]:
    """The command lines of `ipnews` in the code blocks of a document, without comments."""
    return _COMMAND.findall(path.read_text(encoding="utf-8"))


def arguments(line: str) -> list[str]:
    """What stands behind `ipnews`."""
    words = shlex.split(line.rpartition(" | ")[2])
    return words[1 : words.index(">") if ">" in words else None]


@pytest.mark.parametrize(
    ("name", "line"), [(path.name, line) for path in DOCUMENTS for line in commands(path)]
)
def test_every_command_line_can_be_typed(name: str, line: str) -> None:
    given = arguments(line)
    command: Any = get_command(app)
    while getattr(command, "commands", None):
        command = command.commands[given.pop(0)]
    command.make_context(line, given)


def test_the_readmes_name_commands_at_all() -> None:
    assert [len(commands(path)) > 5 for path in READMES] == [True, True]


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_the_damaged_lines_at_the_top_are_restored_as_shown(path: Path, place: Callable[..., Any]) -> None:
    found, printed = _BLOCK.findall(path.read_text(encoding="utf-8"))[:2]
    assert place().ipnews("restore", stdin=found).stdout == printed


def test_the_tour_runs(demo: Any) -> None:
    """As a user types it, against the demo's archive; `ipnews demo` itself has run already."""
    tour = READMES[0].read_text(encoding="utf-8").partition("\n## A tour")[2].partition("\n## ")[0]
    lines: list[str] = _COMMAND.findall(tour)
    assert len(lines) >= 6
    for line in lines:
        given = arguments(line)
        if given[0] == "demo":
            continue
        given = [str(demo.archive) if word == "data/archive/demo" else word for word in given]
        stdin = line.split("'")[1] + "\n" if line.startswith("echo") else ""
        result = demo.ipnews(*given, stdin=stdin)
        assert result.returncode == 0, (line, result.stderr)
        assert result.stdout + result.stderr, line
    shown = demo.done("copies", "--archive", demo.archive).split()[0]
    assert shown in demo.done("explain", shown, "--archive", demo.archive)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    links = [link for link in _LINK.findall(path.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_setting_of_our_own_stands_in_the_documentation() -> None:
    sources = [
        path.read_text(encoding="utf-8")
        for name in ("crawler", "pipelines")
        for path in (ROOT / name).rglob("*.py")
    ]
    own = {found for text in sources for found in _OWN_SETTING.findall(text)}
    own |= {name for name in vars(settings) if name.startswith("IPNEWS_")}
    assert {"IPNEWS_RESOLVE", "READ_WORKERS", "DEDUPE_POLICY"} <= own
    text = (ROOT / "docs" / "crawling.md").read_text(encoding="utf-8")
    assert own == set(re.findall(r"^\| `((?:IPNEWS|READ|DEDUPE)_\w+)` \|", text, flags=re.M))


def test_every_setting_has_its_reason_beside_it() -> None:
    """A comment in its lines or right above, or a text right below."""
    path = ROOT / "crawler" / "settings.py"
    lines = path.read_text(encoding="utf-8").splitlines()
    body = ast.parse("\n".join(lines)).body
    bare = []
    for node, below in zip(body, [*body[1:], None], strict=True):
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        own = [lines[node.lineno - 2], *lines[node.lineno - 1 : node.end_lineno]]
        told = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
        if not told and not any("# " in line and "# ---" not in line for line in own):
            bare.append(ast.unparse(target))
    assert bare == []
