from __future__ import annotations

import ast
from pathlib import Path

import pytest

from crawler.demo import truth
from crawler.demo.network import Network

ROOT = Path(__file__).resolve().parents[2]


def imports(path: Path) -> set[str]:
    """Every module that a file names in an import, `from x import y` as x and x.y."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def test_no_product_code_imports_the_truth() -> None:
    sources = [path for folder in ("crawler", "pipelines") for path in (ROOT / folder).rglob("*.py")]
    assert len(sources) > 50
    assert [path for path in sources if "crawler.demo.truth" in imports(path)] == []


def test_outside_the_demo_only_its_server_side_is_imported() -> None:
    """The pipelines know nothing of the demo at all."""
    for path in (ROOT / "pipelines").rglob("*.py"):
        assert not any(name.startswith("crawler") for name in imports(path)), path


def test_clusters_are_the_copies_of_one_story(network: Network) -> None:
    found = truth.clusters(network)
    assert len(found) == len(network.stories)
    assert sum(map(len, found.values())) == network.size
    assert sum(len(urls) > 3 for urls in found.values()) > 40


def test_every_copy_names_its_parent_its_original_and_its_delay(network: Network) -> None:
    for fact in truth.truths(network):
        if fact.copied_from is None:
            assert fact.delay.total_seconds() == 0
            assert fact.original_url is not None
        else:
            assert fact.delay.total_seconds() > 0
            assert (fact.original_url is None) == fact.off_topic


def test_two_reports_of_one_event_are_two_stories(network: Network) -> None:
    pairs = {(fact.story, fact.same_event_as) for fact in truth.truths(network) if fact.same_event_as}
    assert len(pairs) == 1
    ((one, other),) = pairs
    clusters = truth.clusters(network)
    assert other in clusters
    assert clusters[one].isdisjoint(clusters[other or ""])


@pytest.mark.parametrize("share", [0.0, 0.05])
def test_changed_addresses_are_the_share_and_the_revision(share: float) -> None:
    network = Network(damaged=False, generation=1, changed=share)
    revised = next(story for story in network.written if story.revised)
    changed = truth.changed_urls(network)
    assert len(changed) in (round(share * network.size), round(share * network.size) + 1)
    assert any(fact.url in changed for fact in truth.truths(network) if fact.story == revised.id)
    assert truth.changed_urls(Network(damaged=False)) == frozenset()
