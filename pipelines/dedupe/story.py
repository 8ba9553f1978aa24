"""One cluster: its members in, what is settled of each of them out."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.dedupe.canonical import Candidate, choose
from pipelines.dedupe.cluster import Edge, groups_by
from pipelines.dedupe.collate import MOST_WITNESSES, is_open
from pipelines.dedupe.doubts import Simplify
from pipelines.dedupe.edition import Part, edition, headline_edition, headline_of, witness_of
from pipelines.dedupe.match import COVERED
from pipelines.dedupe.proven import Prove
from pipelines.records import Edit, Relation, Settled


@dataclass(frozen=True, slots=True)
class Copy:
    """A member of a cluster: what choosing and describing need, without its text."""

    id: str
    host: str
    text: int
    date: str
    doubtful: int
    damage: str | None
    origin: str | None
    evidence: str | None
    pages: tuple[str, ...]


Parts = Callable[[Sequence[Copy]], Mapping[str, Sequence[Part]]]
"""Pages, in order and with their furniture, of these copies, by the id of the copy."""


@dataclass(frozen=True, slots=True)
class Story:
    """A cluster: its copies, the lengths of their texts, and the verified pairs among these."""

    copies: tuple[Copy, ...]
    lengths: Mapping[int, int]
    edges: tuple[Edge[int], ...]


def settle_story(
    story: Story, parts: Parts, simplify: Simplify, prove: Prove
) -> list[tuple[Settled, str | None]]:
    """(Settled, digest of the edition) of each copy, by id. The same for any order of copies and pairs."""
    copies = sorted(story.copies, key=lambda copy: copy.id)
    chosen, reason = choose(_candidates(copies, story))
    canonical = next(copy for copy in copies if copy.id == chosen)
    headline, body, edits = _edition(canonical, copies, parts, simplify, prove)
    relations = _relations(canonical.text, story)
    rows: list[tuple[Settled, str | None]] = []
    for copy in copies:
        own = copy is canonical
        row = Settled(
            id=copy.id,
            cluster_id=copies[0].id,
            canonical=own,
            canonical_reason=reason if own else "",
            relation=relations[copy.text],
            witnesses=tuple(other.id for other in copies if other is not copy) if own else (),
            edition_headline=headline if own else None,
            edition_body=body if own else None,
            edition_edits=edits if own else (),
            date_published=copy.evidence,
            joined=copy.pages[1:],
        )
        rows.append((row, digest_of(f"{headline}\n{body}" if headline else body) if own else None))
    return rows


def digest_of(body: str) -> str:
    """32 hex digits of an edition."""
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _candidates(copies: Sequence[Copy], story: Story) -> list[Candidate]:
    confirmed = _confirmed(copies, story)
    return [
        Candidate(
            id=copy.id,
            host=copy.host,
            characters=story.lengths[copy.text],
            doubtful=copy.doubtful,
            date=copy.date,
            confirmed=copy.text in confirmed,
            origins=frozenset({copy.origin} if copy.origin else ()),
        )
        for copy in copies
    ]


def _confirmed(copies: Sequence[Copy], story: Story) -> set[int]:
    """Texts that a second host has too, from beginning to end or nearly so."""
    same = _same(story)
    longest: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for copy in copies:
        hosts, length = longest[same[copy.text]], story.lengths[copy.text]
        hosts[copy.host] = max(length, hosts.get(copy.host, 0))
    confirmed = set()
    for copy in copies:
        least = COVERED * story.lengths[copy.text]
        top = sorted(longest[same[copy.text]].items(), key=lambda item: -item[1])[:2]
        if any(length >= least for host, length in top if host != copy.host):
            confirmed.add(copy.text)
    return confirmed


def _same(story: Story) -> dict[int, int]:
    """Number of the group of copies of each text. Which pairs within one were verified is chance (see
    `spanning`): what follows from them follows from the group."""
    return groups_by(story.lengths, ((e.a, e.b) for e in story.edges if e.relation == "same"))


def _edition(
    canonical: Copy, copies: Sequence[Copy], parts: Parts, simplify: Simplify, prove: Prove
) -> tuple[str | None, str, tuple[Edit, ...]]:
    """(headline where copies settled it, body, edits over both)."""
    own = parts([canonical])[canonical.id]
    base, title = witness_of(own, simplify), headline_of(own, simplify)
    others = _others(canonical, copies, parts) if is_open(base) or is_open(title) else []
    headline, renamed = headline_edition(title, [headline_of(copy, simplify) for copy, _ in others], prove)
    witnesses = [witness_of(copy, simplify, weight) for copy, weight in others]
    body, edits = edition(own, base, witnesses, prove)
    return headline, body, (*renamed, *edits)


def _others(canonical: Copy, copies: Sequence[Copy], parts: Parts) -> list[tuple[Sequence[Part], int]]:
    """One witness a text, its least doubtful copy, weighed by the copies that are damaged independently."""
    by_text: defaultdict[int, list[Copy]] = defaultdict(list)
    for copy in copies:
        if copy is not canonical and (copy.damage is None or copy.damage != canonical.damage):
            by_text[copy.text].append(copy)
    best = [(min(group, key=lambda c: (c.doubtful, c.id)), _weight(group)) for group in by_text.values()]
    best.sort(key=lambda pair: (pair[0].doubtful, pair[0].id))
    best = best[:MOST_WITNESSES]
    loaded = parts([copy for copy, _ in best])
    return [(loaded[copy.id], weight) for copy, weight in best]


def _weight(copies: Iterable[Copy]) -> int:
    damages = [copy.damage for copy in copies]
    return damages.count(None) + len({damage for damage in damages if damage is not None})


def _relations(canonical: int, story: Story) -> dict[int, Relation]:
    """Relation of each text to the canonical one: as verified; of its copies, and of those that are joined
    through others, by their lengths."""
    turned: dict[Relation, Relation] = {"part": "extended", "extended": "part"}
    relations: dict[int, Relation] = {}
    for text, length in story.lengths.items():
        share = length / max(1, story.lengths[canonical])
        relations[text] = "part" if share < COVERED else "extended" if share > 1 / COVERED else "same"
    same = _same(story)
    for edge in story.edges:
        other = edge.a if edge.b == canonical else edge.b
        if canonical in (edge.a, edge.b) and same[other] != same[canonical]:
            ours = edge.relation if edge.b == canonical else turned.get(edge.relation, edge.relation)
            relations[other] = ours
    return relations
