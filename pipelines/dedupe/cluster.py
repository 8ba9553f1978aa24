"""Clusters: connected components over pairs of one story, with digests of several stories kept apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pipelines.records import Relation

K = TypeVar("K", bound=Hashable)

MAJORITY = 0.75
"""Share of a page that one story must make up for the page to be its copy under another headline, though the
page holds parts of a second story. A digest of two stories gives the longer one .5 to .7."""

SHORTEST_HEADLINE = 6
"""Plain characters from which a headline within another one means the same story: 专利案 is in too many."""


@dataclass(frozen=True, slots=True)
class Edge(Generic[K]):
    """A verified pair: `relation` of `a` to `b`, and the share of each found in the other."""

    a: K
    b: K
    relation: Relation
    contained_a: float
    contained_b: float


def components(nodes: Iterable[K], edges: Iterable[tuple[K, K]]) -> list[frozenset[K]]:
    """Connected components; every node is in one. Independent of the order of nodes and edges."""
    parent = {node: node for node in nodes}

    def root(node: K) -> K:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in edges:
        parent[root(a)] = root(b)
    groups: defaultdict[K, set[K]] = defaultdict(set)
    for node in parent:
        groups[root(node)].add(node)
    return [frozenset(group) for group in groups.values()]


def groups_by(nodes: Iterable[K], edges: Iterable[tuple[K, K]]) -> dict[K, int]:
    """The number of the component of each node."""
    return {node: number for number, group in enumerate(components(nodes, edges)) for node in group}


def clusters(
    nodes: Iterable[K], edges: Iterable[Edge[K]], headlines: Mapping[K, frozenset[str]]
) -> list[frozenset[K]]:
    """Stories: components over all pairs but those by which a digest would join the stories it quotes.

    `headlines` are the plain headlines under which a text stands (none: unknown).
    """
    nodes, edges = list(nodes), list(edges)
    refused = _joints_of_digests(nodes, edges, headlines)
    return components(nodes, ((edge.a, edge.b) for edge in edges if edge not in refused))


def _joints_of_digests(
    nodes: list[K], edges: list[Edge[K]], headlines: Mapping[K, frozenset[str]]
) -> set[Edge[K]]:
    """Pairs (part, whole) to leave out: those of a whole whose parts are several stories.

    Two parts are one story if they are joined without any whole. The whole stays with the parts that share
    its headline; failing that, with a part that makes up most of it; otherwise with none. Parts that are
    copies of the whole through others say nothing: which of these pairs are known is chance (`spanning`).
    Where one story makes up so much of a digest that both are copies, a part that most copies of that story
    do not have is another one.
    """
    copies = groups_by(nodes, ((e.a, e.b) for e in edges if e.relation == "same"))
    story = groups_by(nodes, ((e.a, e.b) for e in edges if e.relation in ("same", "revised")))
    parts: defaultdict[K, list[tuple[K, float, Edge[K]]]] = defaultdict(list)
    for edge in edges:
        if copies[edge.a] == copies[edge.b]:
            continue
        if edge.relation == "part":
            parts[edge.b].append((edge.a, edge.contained_b, edge))
        elif edge.relation == "extended":
            parts[edge.a].append((edge.b, edge.contained_a, edge))
    paired = {(x, y) for e in edges for x, y in ((e.a, e.b), (e.b, e.a))}
    group: defaultdict[int, list[K]] = defaultdict(list)
    for node in nodes:
        group[copies[node]].append(node)
    refused: set[Edge[K]] = set()
    for whole, held in parts.items():
        twins = [node for node in group[copies[whole]] if node != whole]
        apart = any(2 * sum((part, twin) in paired for twin in twins) < len(twins) for part, _, _ in held)
        if apart or len({story[part] for part, _, _ in held}) > 1:
            own = headlines.get(whole) or frozenset().union(*(headlines.get(twin, ()) for twin in twins))
            refused |= _strangers(own, held, headlines)
    return refused


def _strangers(
    own: frozenset[str], held: list[tuple[K, float, Edge[K]]], headlines: Mapping[K, frozenset[str]]
) -> set[Edge[K]]:
    namesakes = {part for part, _, _ in held if _namesakes(own, headlines.get(part, frozenset()))}
    if namesakes:
        return {edge for part, _, edge in held if part not in namesakes and headlines.get(part)}
    titles = [headlines[part] for part, _, _ in held if headlines.get(part)]
    if not own and all(_namesakes(titles[0], other) for other in titles[1:]):
        return set()  # excerpts of one story, and the page that holds them has lost its headline
    return {edge for part, share, edge in held if share < MAJORITY and headlines.get(part)}


def _namesakes(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether a headline of one is, or is within, a headline of the other (sites add their name, or cut)."""
    if ours & theirs:
        return True
    return any(min(len(x), len(y)) >= SHORTEST_HEADLINE and (x in y or y in x) for x in ours for y in theirs)
