"""The inventory of the written articles: what the demo, the traps and the evaluations count on."""

from __future__ import annotations

import re
import statistics
import tomllib
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

DEMO = Path(__file__).resolve().parents[2] / "data" / "demo"
FILES = sorted((DEMO / "articles").glob("*.toml"))
ARTICLES: dict[str, dict[str, Any]] = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in FILES}
SPAM: dict[str, list[str]] = tomllib.loads((DEMO / "spam.toml").read_text("utf-8"))

AT_LEAST = {
    "bulletin": 12, "interview": 10, "court": 8, "policy": 8, "brand": 6, "gi": 6, "feature": 6,
    "event": 2, "multipage": 1, "revised": 1, "offtopic": 5,
}  # fmt: skip
REQUIRED = {"id", "kind", "headline", "source", "authors", "editors", "date", "section", "tags", "paragraphs"}
OPTIONAL = {"same_event_as", "pages", "subheads", "revised_headline", "revised_date", "revised_paragraphs"}
OUTSIDE_GBK = {"㛃", "𬱖"}
HALF_WIDTH_BESIDE_HAN = re.compile(r"[\u4e00-\u9fff][,;:?!()\"']|[,;:?!()\"'][\u4e00-\u9fff]")
PAIRS = (("“", "”"), ("‘", "’"), ("《", "》"), ("（", "）"), ("【", "】"))
QUOTATION = 20


def body(entry: dict[str, Any]) -> str:
    return "".join(entry["paragraphs"])


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [entry for entry in ARTICLES.values() if entry["kind"] == kind]


def printed(entry: dict[str, Any]) -> Iterator[str]:
    yield entry["headline"]
    yield from entry["paragraphs"]
    yield from entry.get("revised_paragraphs", ())


@pytest.mark.parametrize("kind", AT_LEAST)
def test_each_kind_is_there_often_enough(kind: str) -> None:
    assert len(of_kind(kind)) >= AT_LEAST[kind]


def test_the_readme_counts_what_is_there() -> None:
    readme = (DEMO / "README.md").read_text("utf-8")
    told = {kind: int(number) for kind, number in re.findall(r"^\| `(\w+)` \| (\d+) \|", readme, re.M)}
    assert told == Counter(entry["kind"] for entry in ARTICLES.values())
    assert f"{len(ARTICLES)} articles" in readme


def test_nothing_but_the_known_kinds_and_keys() -> None:
    assert Counter(entry["kind"] for entry in ARTICLES.values()).keys() == AT_LEAST.keys()
    for slug, entry in ARTICLES.items():
        assert REQUIRED <= entry.keys() <= REQUIRED | OPTIONAL, slug


def test_at_least_64_articles_with_ids_headlines_and_slugs_of_their_own() -> None:
    assert len(ARTICLES) >= 64
    assert len({entry["id"] for entry in ARTICLES.values()}) == len(ARTICLES)
    assert len({entry["headline"] for entry in ARTICLES.values()}) == len(ARTICLES)
    assert all(slug.isascii() for slug in ARTICLES)


def test_lengths() -> None:
    lengths = {slug: len(body(entry)) for slug, entry in ARTICLES.items()}
    assert {slug: length for slug, length in lengths.items() if not 300 <= length <= 2500} == {}
    assert 700 <= statistics.mean(lengths.values()) <= 850
    assert sum(length > 1500 for length in lengths.values()) >= 5


def test_all_is_gb18030_and_gbk_but_for_two_named_characters() -> None:
    for entry in ARTICLES.values():
        for text in printed(entry):
            text.encode("gb18030")
            without = "".join(char for char in text if char not in OUTSIDE_GBK)
            without.encode("gbk")
    assert all(any(rare in body(entry) for entry in ARTICLES.values()) for rare in OUTSIDE_GBK)


def test_no_paragraph_stands_in_two_articles_except_in_bulletins() -> None:
    seen = Counter(
        text for entry in ARTICLES.values() if entry["kind"] != "bulletin" for text in entry["paragraphs"]
    )
    assert [text for text, times in seen.items() if times > 1] == []


def test_no_two_bulletins_are_equal_and_each_has_a_twin_but_for_its_figures() -> None:
    """Three forms of four or more; two of one place are the same text once the figures are hidden."""
    bulletins = of_kind("bulletin")
    assert len({body(entry) for entry in bulletins}) == len(bulletins)
    forms = Counter(len(entry["paragraphs"]) for entry in bulletins)
    assert len(forms) == 3
    assert min(forms.values()) >= 4
    same_place = [
        (re.sub(r"[\d.]+", "0", body(one)), re.sub(r"[\d.]+", "0", body(other)))
        for one, other in combinations(bulletins, 2)
        if one["headline"][:2] == other["headline"][:2]
    ]
    assert sum(one == other for one, other in same_place) >= 2


def test_bulletins_add_up() -> None:
    """Parts of the monthly patent bulletins sum to their total: a wrong digit is a damage, never ours."""
    sums = [
        re.search(
            r"总量为(\d+)件，其中发明专利(\d+)件、实用新型专利(\d+)件、外观设计专利(\d+)件", body(entry)
        )
        for entry in of_kind("bulletin")
    ]
    found = [[int(figure) for figure in match.groups()] for match in sums if match]
    assert len(found) >= 4
    assert all(total == invention + model + design for total, invention, model, design in found)


def test_interviews_are_full_of_the_marks_that_damage_eats() -> None:
    """Ten before and ten after a quotation per interview; digits right after a mark at least once per interview."""
    interviews = [body(entry) for entry in of_kind("interview")]
    text = "".join(interviews)
    assert len(re.findall(r"[。，：；？！、]“", text)) >= 10 * len(interviews)
    assert len(re.findall(r"[。，？！]”", text)) >= 10 * len(interviews)
    assert len(re.findall(r"[。，；：、（“]\d", text)) >= len(interviews)


def test_marks_stand_before_and_after_titles_and_numbered_items() -> None:
    text = "".join(map(body, ARTICLES.values()))
    assert len(re.findall(r"[。，：、]《|》[，。、（]", text)) >= 30
    assert len(re.findall(r"（[一二三四五六七八九十]+）", text)) >= 40


def test_characters_whose_last_gbk_byte_is_a3_stand_before_marks() -> None:
    """A3 begins the full-width marks: such a character and the mark after it are what a lost byte confuses."""
    found = Counter(
        char
        for entry in ARTICLES.values()
        for char in re.findall(r"(\w)[，。、；：？！（《“”]", body(entry))
        if char.encode("gb18030")[-1] == 0xA3
    )
    assert found.total() >= 60
    assert {"牛", "校", "海", "埃"} <= found.keys()


def test_quotes_and_brackets_close() -> None:
    """Each paragraph and headline closes what it opens."""
    for slug, entry in ARTICLES.items():
        for text in printed(entry):
            for opening, closing in PAIRS:
                assert text.count(opening) == text.count(closing), (slug, text)


def test_no_half_width_mark_touches_a_chinese_character() -> None:
    wrong = [
        text for entry in ARTICLES.values() for text in printed(entry) if HALF_WIDTH_BESIDE_HAN.search(text)
    ]
    assert wrong == []


def test_subheads_are_short_lines_inside_the_article() -> None:
    for slug, entry in ARTICLES.items():
        heads = [entry["paragraphs"][index] for index in entry.get("subheads", ())]
        assert all(len(head) <= 40 and not head.endswith("。") for head in heads), slug


def test_one_article_has_three_pages_that_begin_inside_it() -> None:
    (entry,) = of_kind("multipage")
    pages = entry["pages"]
    assert len(pages) == 3
    assert pages[0] == 0
    assert pages == sorted(set(pages))
    assert pages[-1] < len(entry["paragraphs"])
    assert len(body(entry)) >= 2000


def test_the_revised_article_keeps_some_paragraphs_and_corrects_figures_in_others() -> None:
    (entry,) = of_kind("revised")
    before, after = entry["paragraphs"], entry["revised_paragraphs"]
    assert len(set(before) & set(after)) >= 2
    assert len(set(after) - set(before)) >= 3
    assert set(re.findall(r"\d+", "".join(before))) - set(re.findall(r"\d+", "".join(after)))
    assert entry["revised_date"] > entry["date"]


def test_two_reports_of_one_event_share_no_sentence() -> None:
    one, other = sorted(of_kind("event"), key=lambda entry: "same_event_as" in entry)
    assert other["same_event_as"] == one["id"]
    shared = set(re.split(r"[。？！]", body(one))) & set(re.split(r"[。？！]", body(other))) - {"", "”"}
    assert shared == set()


def test_the_digest_quotes_at_least_six_other_articles() -> None:
    """A quotation is a run of QUOTATION characters: no two articles have one in common by chance."""
    digest = body(ARTICLES["digest-weekly-17"])
    runs = {digest[start : start + QUOTATION] for start in range(len(digest) - QUOTATION + 1)}
    others = {slug: body(entry) for slug, entry in ARTICLES.items() if slug != "digest-weekly-17"}
    assert sum(any(run in other for run in runs) for other in others.values()) >= 6


def test_no_other_articles_quote_each_other_except_bulletins() -> None:
    runs: dict[str, str] = {}
    shared = set()
    for slug, entry in ARTICLES.items():
        if entry["kind"] == "bulletin" or slug == "digest-weekly-17":
            continue
        for start in range(len(body(entry)) - QUOTATION + 1):
            first = runs.setdefault(body(entry)[start : start + QUOTATION], slug)
            if first != slug:
                shared.add((first, slug))
    assert shared == set()


def test_posts_off_the_topic_do_not_speak_of_intellectual_property() -> None:
    words = re.compile("专利|商标|版权|著作权|知识产权|地理标志|侵权")
    assert [
        entry["id"] for entry in of_kind("offtopic") if words.search(entry["headline"] + body(entry))
    ] == []


def test_spam_lines_are_unique_and_disclaimers_have_one_slot() -> None:
    assert SPAM.keys() == {"first_lines", "hot_tags", "disclaimers", "related_titles", "comments"}
    for lines in SPAM.values():
        assert len(lines) >= 8
        assert len(set(lines)) == len(lines)
        "".join(lines).encode("gbk")
    assert all(line.count("{title}") == 1 for line in SPAM["disclaimers"])
