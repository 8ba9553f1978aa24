"""Imports go down only. The floors stand in docs/architecture.md too; this holds the code to them."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = [
    {"pipelines.records", "pipelines.errors", "pipelines.version"},
    {
        "pipelines.sites",
        "pipelines.text",
        "pipelines.markup",
        "pipelines.ledger",
        "pipelines.awaiting",
        "pipelines.object_stores",
    },
    {"pipelines.reading", "pipelines.repair", "pipelines.convert", "pipelines.dedupe"},
    {"pipelines.archive"},
    {"pipelines.export"},
    {"pipelines.read", "pipelines.settle", "pipelines.sources"},
    {"pipelines.runner"},
    {"pipelines.item_pipelines", "pipelines.report"},
    {"crawler"},
]


def modules() -> dict[str, Path]:
    paths = [path for package in ("pipelines", "crawler") for path in (ROOT / package).rglob("*.py")]
    return {module_name(path): path for path in paths}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path, known: dict[str, Path]) -> set[str]:
    """The project's own modules that a module imports, late imports inside functions included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {
                full if (full := f"{node.module}.{alias.name}") in known else node.module
                for alias in node.names
            }
    return {name for name in found if name.split(".")[0] in ("pipelines", "crawler")}


def floor_of(module: str) -> int | None:
    for number, names in enumerate(FLOORS):
        if any(module == name or module.startswith(name + ".") for name in names):
            return number
    return None


MODULES = modules()


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_go_down_only(module: str) -> None:
    own = floor_of(module)
    assert own is not None or module == "pipelines", (
        f"{module} stands on no floor: give it one here and in docs"
    )
    for target in imported(MODULES[module], MODULES):
        theirs = floor_of(target)
        assert theirs is not None, f"{module} imports {target}, which stands on no floor"
        same_room = module.split(".")[:2] == target.split(".")[:2]
        assert own is not None
        assert theirs < own or same_room or (own == theirs and own not in (2,)), (
            f"{module} imports {target}: upwards"
        )


def test_stages_do_not_know_each_other() -> None:
    stages = ("pipelines.reading", "pipelines.repair", "pipelines.convert", "pipelines.dedupe")
    for module, path in MODULES.items():
        own = next((stage for stage in stages if module.startswith(stage)), None)
        if own:
            strangers = {
                name
                for name in imported(path, MODULES)
                if name.startswith(stages) and not name.startswith(own)
            }
            assert not strangers, f"{module} imports another stage: {strangers}"


def test_there_is_no_circle() -> None:
    graph = {module: imported(path, MODULES) - {module} for module, path in MODULES.items()}
    TopologicalSorter(graph).prepare()


def test_only_item_pipelines_imports_scrapy() -> None:
    for module, path in MODULES.items():
        if module.startswith("pipelines.") and module != "pipelines.item_pipelines":
            assert "import scrapy" not in path.read_text(encoding="utf-8"), module


def test_the_truth_of_the_demo_is_known_to_tests_only() -> None:
    for module, path in MODULES.items():
        if not module.startswith("crawler.demo"):
            assert "demo.truth" not in path.read_text(encoding="utf-8"), module
