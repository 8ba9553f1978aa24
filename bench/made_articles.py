"""Articles made by recombining words, for tests and measurements of exports: any number, the same each time.

Shape, beside that of the 126 articles read from reference pages of 2011-12 (in brackets): bodies of 660
characters on the mean and 515 at the median (661, 530), in 7 paragraphs (7); 657 characters of lines around
the article (665); one in two found in another script than it is kept in (45 %); one in thirty with quotation
marks that JSON escapes (3 %); 6.8 kB of JSON (6.8), 2.7 kB deflated (2.5). Beyond them, two in five are
damaged, with ten edits each; one in ten is a copy of another, one in twelve has no date, one in ten is not
about IP.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

from pipelines.records import Article, Edit, Rival, Settled, WarcPointer, version_id, work_id

_LEXICON = """
专利 商标 版权 许可 侵权 判决 法院 当事人 申请 授权 审查 复审 无效 宣告 企业 创新 保护 条例
办法 修订 发布 数据 增长 同比 全国 各地 部门 执法 检查 行动 展开 公布 名单 地理标志 产品 产地
农户 合作社 品牌 价值 转让 登记 备案 合同 期限 费用 减免 高校 研究所 成果 转化 平台 服务 机构
代理 培训 人才 国际 条约 缔约 公约 海关 查扣 货物 出口 电子 商务 平台 卖家 投诉 处理 标准
必要 药品 链接 试验 植物 新品种 集成电路 布图 软件 著作权 作品 作者 录音 表演 广播 诉讼 证据 鉴定
赔偿 和解 调解
"""
_WORDS = _LEXICON.split()
_MARKS = "，。；，。，、"
_TRADITIONAL = str.maketrans(
    "专权许侵决当请审无宣业创护条办订发数据长务国执检动开单标产户质价转让记备费减",
    "專權許侵決當請審無宣業創護條辦訂發數據長務國執檢動開單標產戶質價轉讓記備費減",
)


def made_articles(count: int, seed: int = 1) -> Iterator[tuple[Article, Settled]]:
    """`count` articles with what settle would derive, in no particular order of ids."""
    rng = random.Random(seed)
    canonical = ""
    for number in range(count):
        article = made_article(number, rng)
        copy = bool(canonical) and rng.random() < 0.1
        cluster = canonical if copy else article.id
        yield article, Settled(article.id, cluster, canonical=not copy, canonical_reason="earliest")
        canonical = article.id


def made_article(number: int, rng: random.Random) -> Article:
    """One article; `number` makes its address."""
    body = _body(rng)
    script = _TRADITIONAL if number % 2 else {}
    found = body.translate(script)
    edits = _edits(rng, found) if rng.random() < 0.4 else ()
    url = f"https://www.mirror{number % 40}.test/a/{number}.html"
    digest = f"sha256:{rng.getrandbits(256):064x}"
    dated = rng.random() >= 1 / 12
    day = f"20{rng.randint(14, 25)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T09:00:00+08:00"
    return Article(
        id=version_id(url, digest),
        work_id=work_id(url),
        url=url,
        fetched_at="2026-11-01T00:00:00Z",
        payload_digest=digest,
        headline=_text(rng, 9),
        article_body=body,
        headline_raw=body[:18].translate(script),
        article_body_raw=found,
        origin_raw="\n".join(["来源：专利观察", *(_text(rng, 14) for _ in range(17))]).translate(script),
        site=f"mirror{number % 40}",
        in_language="zh-Hant" if number % 2 else "zh-Hans",
        encoding="gb18030",
        source="专利观察" if number % 3 else "商标周报",
        sources=("专利观察",) if number % 3 else ("商标周报",),
        date_published=day if dated else None,
        date_precision="minute" if dated else None,
        breadcrumbs=("首页", "专利"),
        tags=("专利", "判决"),
        keywords=("专利", "侵权", "赔偿"),
        relevance=0.1 if rng.random() < 0.1 else round(rng.uniform(0.7, 1.0), 4),
        warc=WarcPointer(f"ipnews-{number % 7}.warc.gz", number * 9000, 9000),
        edits=edits,
        conversion="t2s 1.4.2",
        pipeline_version="0123456789ab",
    )


def _body(rng: random.Random) -> str:
    """Paragraphs; lengths are lognormal, as those of the reference pages nearly are."""
    words = min(max(int(rng.lognormvariate(math.log(213), 0.7)), 50), 3000)
    paragraphs = [_text(rng, min(41, words - start)) for start in range(0, words, 41)]
    if rng.random() < 1 / 30:
        paragraphs[-1] = f'"{paragraphs[-1]}"'
    return "\n".join(paragraphs)


def _text(rng: random.Random, words: int) -> str:
    parts = rng.choices(_WORDS, k=words)
    for place in range(4, words, 5):
        parts[place] += rng.choice(_MARKS)
    for place in range(11, words, 40):
        parts[place] += f"{rng.randint(1, 99999)}件"
    return "".join(parts)


def _edits(rng: random.Random, found: str) -> tuple[Edit, ...]:
    """Edits that replay over `found`: characters put back, one in ten with a rival."""
    starts = sorted(rng.sample(range(len(found)), 10))
    return tuple(
        Edit("article_body", start, found[start], "利", "slip", "likely", (Rival("力", -5.5),) * (place == 0))
        for place, start in enumerate(starts)
    )
