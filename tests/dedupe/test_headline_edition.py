"""A damaged headline is settled by the copies of its story; the body may be whole."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bench.copies_texts import made_article, stories
from pipelines.convert.simplify import simplify
from pipelines.dedupe.edition import Part, part_of
from pipelines.dedupe.story import Copy, Story, settle_story
from pipelines.records import Article, Edit, Rival, Settled, replay
from pipelines.repair.channel import Channel
from pipelines.repair.proof import prove
from pipelines.repair.restorer import Restorer

HEADLINE = "江城海关查获3批侵权货物"
BODY = stories()[3]


def copy_of(number: int, headline: str, *edits: Edit, raw: str = "", body: str = BODY) -> Article:
    made = made_article(f"https://m{number}.test/1.html", headline, body, edits=edits)
    return replace(made, headline_raw=raw or headline)


def lost(number: int, at: int, *rivals: str) -> Article:
    """A copy on which one character of the headline is lost."""
    scores = tuple(Rival(text, -float(n)) for n, text in enumerate(rivals))
    edit = Edit("headline", at, "?", "□", "slip", "lost", scores)
    text, raw = (HEADLINE[:at] + sign + HEADLINE[at + 1 :] for sign in "□?")
    return copy_of(number, text, edit, raw=raw)


def settled(canonical: Article, *others: Article) -> Settled:
    articles = [canonical, *others]

    def parts(copies: Sequence[Copy]) -> Mapping[str, Sequence[Part]]:
        by_id = {article.id: article for article in articles}
        return {copy.id: (part_of(by_id[copy.id], frozenset()),) for copy in copies}

    rows = []
    for seed in range(3):
        random.Random(seed).shuffle(articles)
        copies = tuple(_copy(number, one, one is canonical) for number, one in enumerate(articles))
        lengths = dict.fromkeys(range(len(articles)), len(BODY))
        rows.append(settle_story(Story(copies, lengths, ()), parts, simplify, prove))
    assert rows[0] == rows[1] == rows[2]
    (own,) = [row for row, _ in rows[0] if row.canonical]
    assert own.id == canonical.id
    assert all(row.edition_headline is None for row, _ in rows[0] if not row.canonical)
    return own


def _copy(text: int, article: Article, first: bool) -> Copy:
    host = article.url.split("/")[2]
    date = "2026-01-01" if first else "2026-01-02"
    return Copy(article.id, host, text, date, 0, None, None, None, (article.id,))


def test_a_lost_digit_of_a_headline_comes_back_from_a_copy() -> None:
    canonical = lost(1, HEADLINE.index("3"))
    own = settled(canonical, copy_of(2, HEADLINE))
    assert own.edition_headline == HEADLINE
    (edit,) = [edit for edit in own.edition_edits if edit.field == "edition_headline"]
    assert (edit.before, edit.after, edit.certainty) == ("□", "3", "witnessed")
    assert replay(canonical.headline, own.edition_edits, "edition_headline") == HEADLINE
    assert own.edition_body == BODY


def test_a_whole_headline_is_never_replaced() -> None:
    own = settled(copy_of(1, HEADLINE), copy_of(2, "江城海关查获4批侵权货物"))
    assert own.edition_headline is None
    assert own.edition_edits == ()


def test_another_headline_settles_nothing() -> None:
    own = settled(lost(1, HEADLINE.index("3")), copy_of(2, "海关动态：一批假货被截下"))
    assert own.edition_headline is None


def test_two_headlines_with_the_same_damage_settle_nothing() -> None:
    at = HEADLINE.index("获")
    own = settled(lost(1, at, "获", "或"), lost(2, at, "获", "或"))
    assert own.edition_headline is None


def test_a_headline_that_could_not_be_read_comes_back_from_a_copy() -> None:
    headline = "“让专利走出学校”——访江城理工大学"
    found = Channel(level=None, cut=1.0).damage(headline)
    restored = Restorer.load().restore(found, field="headline")
    canonical = copy_of(1, simplify(restored.text), *restored.edits, raw=found)
    assert canonical.headline != headline
    own = settled(canonical, copy_of(2, headline))
    assert own.edition_headline == headline
    assert settled(canonical, copy_of(2, "让专利走进学校——访江城师范大学")).edition_headline is None
