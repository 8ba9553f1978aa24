"""What repeats on a host is taken out; what copies of one story share, and what bulletins share, is not."""

from __future__ import annotations

import random

import pytest

from bench.copies_texts import bulletins, damaged, own_articles, stories
from pipelines.dedupe import furniture

NOTICE = (
    "星河网络声明：本文标题《{title}》，本文关键词  {words}；如发现本文内容存在版权问题，烦请提供相关信息告之我们，"
    "我们将及时沟通与处理。本站内容系统采集于网络，涉及言论、版权与本站无关。"
)
Pages = dict[str, tuple[str, str]]


def dressed(count: int = 12) -> Pages:
    """Stories of one host, each with a list of tags above and the notice below."""
    found: Pages = {}
    for number, own in enumerate(own_articles()[:count]):
        words = ",".join(own.headline[i : i + 3] for i in range(0, len(own.headline), 3))
        notice = NOTICE.format(title=own.headline, words=words)
        body = f"热门标签：甲{number} 乙{number * 7} 丙\n{own.body}\n{notice}"
        found[f"{number:03}"] = (body, own.headline)
    return found


def found_in(pages: Pages) -> frozenset[int]:
    keys = {page: furniture.keys(*content) for page, content in pages.items()}
    found = furniture.find(keys, pages.__getitem__)
    backwards = dict(reversed(list(keys.items())))
    assert furniture.find(backwards, pages.__getitem__) == found
    return found


def without(body: str, headline: str, found: frozenset[int]) -> str:
    out, position = [], 0
    for start, end in furniture.spans(body, headline, found):
        out.append(body[position:start])
        position = end
    return "".join([*out, body[position:]])


def test_a_list_of_tags_and_a_notice_with_the_title_in_it_go() -> None:
    pages = dressed()
    found = found_in(pages)
    for number, own in enumerate(own_articles()[:12]):
        assert without(*pages[f"{number:03}"], found) == own.body


def test_a_sentence_that_names_the_headline_goes_whatever_else_is_filled_in() -> None:
    pages: Pages = {}
    for number, own in enumerate(own_articles()[:12]):
        opening = f"您正在浏览的是《{own.headline}》，由小编整理，愿您对{'甲乙丙丁戊己'[number % 6]}{number}有所了解。"
        closing = f"《{own.headline}》一文到这里就全部介绍完了，{'子丑寅卯辰'[number % 5]}{number * 3}方面的内容请常来看看。"
        pages[f"{number:03}"] = (f"{opening}\n{own.body}\n{closing}", own.headline)
    found = found_in(pages)
    for number, own in enumerate(own_articles()[:12]):
        assert without(*pages[f"{number:03}"], found) == own.body


def test_two_pages_prove_nothing() -> None:
    assert found_in(dressed(2)) == frozenset()
    assert found_in({}) == frozenset()


@pytest.mark.parametrize("level", [None, 3])
def test_a_paragraph_shared_by_copies_of_one_story_stays(level: int | None) -> None:
    pages: Pages = {}
    for seed in range(8):
        copy = damaged(stories()[3], "m.test", level, 0.5, seed).article
        pages[f"copy{seed}"] = (copy.article_body, f"标题{seed}")
    for number, body in enumerate(stories()[4:10]):
        pages[f"other{number}"] = (body, f"另一篇{number}")
    found = found_in(pages)
    assert all(furniture.spans(*content, found) == [] for content in pages.values())


def test_sentences_of_a_template_stay() -> None:
    pages = {f"b{i}": (body, f"公报{i}") for i, body in enumerate(bulletins(30, random.Random(1)))}
    found = found_in(pages)
    assert all(furniture.spans(*content, found) == [] for content in pages.values())


def test_answers_and_subheads_stay() -> None:
    pages = {
        f"i{i}": (f"{body}\n是的。\n（完）\n一、概况", f"访谈{i}") for i, body in enumerate(stories()[:6])
    }
    assert all(furniture.spans(*content, found_in(pages)) == [] for content in pages.values())


def test_a_page_that_is_nothing_but_furniture_keeps_its_text() -> None:
    pages = dressed()
    found = found_in(pages)
    body = NOTICE.format(title="无题", words="无")
    assert furniture.spans(body, "无题", found) == []


@pytest.mark.parametrize(
    "body", ["", "\n\n\n", "。。。", "哈" * 50_000, "\ud800\n\x00\n" * 50, "\n".join("一" * 3000)]
)
def test_odd_bodies(body: str) -> None:
    keys = furniture.keys(body, "")
    assert sorted(set(keys.tolist())) == keys.tolist()
    assert furniture.spans(body, body[:50], frozenset(keys.tolist())) == []
