"""From the pages of one article to the text that is compared, and from the cluster to the edition.

The text: furniture taken out, later pages of the article appended, a line each. The edition: the same of the
canonical member, with its doubtful places settled by the other copies. All of it is expressed as edits over
the `article_body` of the canonical member: step `furniture` takes a line out, step `collate` settles a place,
step `join` appends the later pages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipelines.dedupe.collate import collate
from pipelines.dedupe.doubts import Doubt, Simplify, doubts_of, shifted
from pipelines.dedupe.found import Found, found_of, joined
from pipelines.dedupe.furniture import spans
from pipelines.dedupe.match import comparable
from pipelines.dedupe.proven import Prove
from pipelines.dedupe.witness import Witness
from pipelines.records import Article, Edit, replay

SHORT = 100
"""Characters of a plain text below which the headline takes part in its identity: 图 or 正文加载中 is the
whole body of many different pages."""


@dataclass(frozen=True, slots=True)
class Part:
    """One page of an article with the spans of its body that are furniture."""

    article: Article
    furniture: tuple[tuple[int, int], ...]

    @property
    def text(self) -> str:
        """The body without furniture."""
        return _without(self.article.article_body, self.furniture)


def part_of(article: Article, furniture: frozenset[int]) -> Part:
    """A page and what of it is furniture of its host."""
    return Part(article, tuple(spans(article.article_body, article.headline, furniture)))


def text_of(parts: Sequence[Part]) -> str:
    """The text of an article: its pages in order, joined by newline."""
    return "\n".join(part.text for part in parts)


def text_key(plain: str, headline: str, article_id: str) -> int:
    """63 bits of the digest of a text in its `comparable` form. A page without text is like no other."""
    if len(plain) < SHORT:
        plain = f"{plain}\n{comparable(headline)}" if plain else f"\n\n{article_id}"
    return int.from_bytes(hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()[:8], "big") >> 1


def damage_of(article: Article, field: str = "article_body") -> str | None:
    """Digest of what repair changed in a body or headline, 16 hex digits; None for an undamaged one."""
    changes = [f"{e.start}\t{e.before}\t{e.after}" for e in article.edits if e.field == field]
    if not changes:
        return None
    return hashlib.sha256("\n".join(changes).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def witness_of(parts: Sequence[Part], simplify: Simplify, weight: int = 1) -> Witness:
    """An article as a witness: its text and the doubtful places in it."""
    doubts: list[Doubt] = []
    founds: list[tuple[Found, int]] = []
    length = 0
    for part in parts:
        doubts += shifted(_kept(doubts_of(part.article, simplify), part.furniture), length)
        founds.append((found_of(part.article).without(part.furniture), len(part.text)))
        length += len(part.text) + 1
    first = parts[0].article
    found = joined(founds)
    return Witness(first.id, text_of(parts), tuple(doubts), damage_of(first), weight, found)


def headline_of(parts: Sequence[Part], simplify: Simplify, weight: int = 1) -> Witness:
    """An article as a witness of its headline."""
    article = parts[0].article
    doubts = doubts_of(article, simplify, "headline")
    found = found_of(article, "headline")
    return Witness(article.id, article.headline, doubts, damage_of(article, "headline"), weight, found)


def headline_edition(
    base: Witness, others: Sequence[Witness], prove: Prove
) -> tuple[str | None, tuple[Edit, ...]]:
    """(headline, edits over `headline`) where other copies settle a place of it, else (None, ())."""
    edits = tuple(replace(edit, field="edition_headline") for edit in collate(base, others, prove))
    return (replay(base.text, edits, "edition_headline"), edits) if edits else (None, ())


def edition(
    parts: Sequence[Part], base: Witness, others: Sequence[Witness], prove: Prove
) -> tuple[str, tuple[Edit, ...]]:
    """(edition, edits over the `article_body` of the first page). `base` is the witness of `parts`."""
    settled = collate(base, others, prove)
    first = parts[0]
    length = len(first.text)
    own = [edit for edit in settled if edit.start < length]
    edits = _furniture(first) + [_moved(edit, first.furniture) for edit in own]
    edits.sort(key=lambda edit: edit.start)
    if len(parts) > 1:
        edits.append(_join(parts, base, settled, length))
    return replay(first.article.article_body, tuple(edits), "edition_body"), tuple(edits)


def _without(body: str, furniture: Sequence[tuple[int, int]]) -> str:
    kept, position = [], 0
    for start, end in furniture:
        kept.append(body[position:start])
        position = end
    return "".join([*kept, body[position:]])


def _kept(doubts: tuple[Doubt, ...], furniture: Sequence[tuple[int, int]]) -> list[Doubt]:
    """Doubts of a body, placed in the text without furniture; those inside it go with it."""
    kept: list[Doubt] = []
    for doubt in doubts:
        if any(doubt.start < gone_end and doubt.end > gone for gone, gone_end in furniture):
            continue
        kept += shifted([doubt], -sum(end - start for start, end in furniture if end <= doubt.start))
    return kept


def _moved(edit: Edit, furniture: Sequence[tuple[int, int]]) -> Edit:
    """An edit of the text, placed in the body."""
    start = edit.start
    for gone, gone_end in furniture:
        if gone <= start:
            start += gone_end - gone
    return Edit(
        edit.field, start, edit.before, edit.after, edit.step, edit.certainty, edit.rivals, edit.witness
    )


def _furniture(part: Part) -> list[Edit]:
    body = part.article.article_body
    return [
        Edit("edition_body", start, body[start:end], "", "furniture", "exact")
        for start, end in part.furniture
    ]


def _join(parts: Sequence[Part], base: Witness, settled: Sequence[Edit], length: int) -> Edit:
    """The later pages as one insertion at the end of the first page's body, places in them settled too."""
    text = base.text
    for edit in reversed([edit for edit in settled if edit.start >= length]):
        text = text[: edit.start] + edit.after + text[edit.start + len(edit.before) :]
    pages = ",".join(part.article.id for part in parts[1:])
    end = len(parts[0].article.article_body)
    return Edit("edition_body", end, "", text[length:], "join", "exact", (), pages)
