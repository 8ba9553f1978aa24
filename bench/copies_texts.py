"""Planted copies and bulletins of one template: material for measuring the search for copies.

Every text is the project's own: the articles of the bundled network, and what is recombined here.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import opencc

from pipelines.convert.simplify import simplify
from pipelines.records import Article, Edit, version_id, work_id
from pipelines.repair.channel import Channel
from pipelines.repair.places import Place
from pipelines.repair.restorer import Restorer

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Own:
    """One of our own articles."""

    headline: str
    body: str
    kind: str


@cache
def own_articles() -> tuple[Own, ...]:
    """The articles of the bundled network, bulletins included."""
    found = []
    for path in sorted((ROOT / "data" / "demo" / "articles").glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        found.append(Own(table["headline"], "\n".join(table["paragraphs"]), table.get("kind", "")))
    return tuple(found)


@cache
def stories() -> tuple[str, ...]:
    """Bodies of our own articles that are no bulletins: no two of them are one story."""
    return tuple(own.body for own in own_articles() if own.kind not in ("bulletin", "digest"))


@cache
def characters() -> str:
    """Han characters of our articles as often as they occur: what random edits put in."""
    return "".join(
        char
        for body in stories()
        for char in body
        if "一" <= char <= "鿿" and char not in "一二三四五六七八九十"
    )


def passage(length: int, rng: random.Random) -> str:
    """A passage of `length` characters of one of the stories that are long enough."""
    body = rng.choice([body for body in stories() if len(body) >= length])
    start = rng.randrange(len(body) - length + 1)
    return body[start : start + length]


def edited(text: str, share: float, rng: random.Random) -> str:
    """A copy in which that share of the characters was replaced, dropped or has a stranger behind it."""
    out: list[str] = []
    for char in text:
        if rng.random() >= share:
            out.append(char)
            continue
        kind = rng.randrange(3)
        if kind:
            out.append(rng.choice(characters()))
        if kind == 2:
            out.append(char)
    return "".join(out)


def replaced(text: str, share: float, rng: random.Random) -> str:
    """A copy in which that share of the characters was replaced by others: the hardest kind of edit."""
    return "".join(rng.choice(characters()) if rng.random() < share else char for char in text)


def excerpt(text: str, share: float, rng: random.Random, least: int = 150) -> str:
    """A contiguous part of that share, of at least `least` characters."""
    length = min(len(text), max(least, round(share * len(text))))
    start = rng.randrange(len(text) - length + 1)
    return text[start : start + length]


def padded(text: str, rng: random.Random, more: int = 800) -> str:
    """The text with `more` characters of another story before or behind it."""
    other = passage(more, rng)
    return f"{other}\n{text}" if rng.random() < 0.5 else f"{text}\n{other}"


@cache
def _to_traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2tw")


def through_traditional(text: str) -> str:
    """What reading makes of a Traditional edition of the text."""
    return simplify(_to_traditional().convert(text))


@dataclass(frozen=True, slots=True)
class DamagedCopy:
    """An article as read from a damaged page, what was printed (Simplified), and the damaged places in it."""

    article: Article
    printed: str
    places: tuple[Place, ...]


def damaged(
    text: str, host: str, level: int | None, cut: float, seed: int, headline: str = ""
) -> DamagedCopy:
    """Damage a text block by block, as pages are, and read it again."""
    found: list[tuple[str, str]] = []
    printed: list[str] = []
    places: list[Place] = []
    edits: list[Edit] = []
    offset = at = 0
    for number, block in enumerate(text.split("\n")):
        made = Channel(level=level, cut=cut, seed=seed * 1000 + number).run(block)
        restored = Restorer.load().restore(made.text, offset=offset)
        places += [Place(place.family, place.printed + at, place.found + offset) for place in made.places]
        edits += restored.edits
        found.append((made.text, restored.text))
        printed.append(made.printed)
        offset, at = offset + len(made.text) + 1, at + len(made.printed) + 1
    url = f"https://{host}/news/{version_id(text, '')[:12]}.html"
    body = simplify("\n".join(restored for _, restored in found))
    raw = "\n".join(shown for shown, _ in found)
    article = made_article(url, headline or text[:20], body, raw=raw, edits=tuple(edits))
    return DamagedCopy(article, simplify("\n".join(printed)), tuple(places))


def made_article(url: str, headline: str, body: str, **more: object) -> Article:
    """An Article as read from `url`; `raw` is the text as found, the body itself unless given."""
    raw = str(more.pop("raw", body))
    fetched_at = str(more.pop("fetched_at", "2026-01-01T00:00:00Z"))
    digest = version_id(raw, fetched_at)
    return Article(
        id=version_id(url, digest),
        work_id=work_id(url),
        url=url,
        fetched_at=fetched_at,
        payload_digest=digest,
        headline=headline,
        headline_raw=headline,
        article_body=body,
        article_body_raw=raw,
        lacunae=body.count("□"),
        **more,  # type: ignore[arg-type]
    )


_PROVINCES = (
    "河北",
    "山西",
    "辽宁",
    "吉林",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "海南",
    "四川",
    "云南",
    "陕西",
)
_TEMPLATES = (
    "本报讯 记者从{p}省知识产权局获悉，今年{m}月，全省专利授权总量为{a}件，其中发明专利{b}件、实用新型专利{c}"
    "件、外观设计专利{d}件。发明专利授权量同比增长{e}%，占授权总量的{f}%，比重较上月提高{g}个百分点。\n从申请人类型看，企业仍是创新的主力军。"
    "{m}月，全省企业获得发明专利授权{h}件，高等院校获得{i}件，科研院所获得{j}件，其余由机关团体和个人获得。\n截至{m}月底，全省"
    "有效发明专利拥有量达{k}万件，每万人口发明专利拥有量为{l}件，比上年底增加{g}件。\n“数量在增长，结构也在优化。”{p}省知识产权"
    "局有关负责人表示，“下一步，我们将把工作重心放在高价值专利的培育上，不再单纯追求规模。”",
    "{p}省市场监管局近日通报{m}月份商标注册情况。数据显示，当月全省新增商标注册申请{a}件，核准注册{b}件；截至月底，全省有效"
    "注册商标总量为{k}万件，居全国第{j}位。\n分类别看，服务商标申请{c}件，商品商标申请{d}件，集体商标和证明商标申请{j}件。食品、"
    "服装、日用品三类的申请量合计占{f}%。\n全省各级窗口当月受理业务{h}件，平均办理时间为{g}个工作日，网上办理率达到{f}%。通报"
    "要求，各地要严厉打击恶意抢注行为，当月已驳回此类申请{i}件。",
    "记者日前从{p}省版权局了解到，{m}月全省作品著作权登记量为{a}件，比上年同期增长{e}%。其中美术作品{b}件，摄影作品{c}件，"
    "文字作品{d}件，其余为音乐、影视和其他作品。\n计算机软件著作权登记{h}件，环比增长{g}%。全省{j}个版权工作站当月接待咨询{i}人次，"
    "调解纠纷{j}起，涉案金额{k}万元。\n该局有关负责人介绍，登记全程不收费用，从受理到发证的平均时间已缩短到{l}天。下一步将把"
    "登记服务送到园区和学校，让创作者少跑腿。",
)


def bulletins(count: int, rng: random.Random) -> Iterator[str]:
    """Bulletins of three templates, no two with the same figures: as many different stories."""
    for number in range(count):
        figures = {key: str(rng.randint(102, 9876)) for key in "abcdhi"}
        figures |= {key: f"{rng.randint(101, 9899) / 100:.2f}" for key in "efgkl"}
        figures |= {"j": str(rng.randint(2, 89)), "m": str(rng.randint(1, 12)), "p": rng.choice(_PROVINCES)}
        yield _TEMPLATES[number % len(_TEMPLATES)].format(**figures)
