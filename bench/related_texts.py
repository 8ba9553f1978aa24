"""Texts that have an event or a passage in common and are not simply copies: an interview beside the report,
an article corrected, a title without its text, a digest of three stories. All of them ours."""

from __future__ import annotations

import random
from collections.abc import Iterator

from bench.copies_texts import own_articles
from pipelines.dedupe.segments import particular

_PEOPLE = ("林立新", "周一鸣", "陈海涛", "顾小满", "宋怀远", "罗清秋", "沈若溪", "白书航", "郑大川", "何以宁")
_FIRMS = ("晨曦机电", "远岫科技", "南屏精工", "云帆智能", "青禾装备", "北辰光学", "听涛实业", "松月食品")
_GOODS = ("折叠水泵", "静音风扇", "便携净水器", "保温餐盒", "电动牙刷", "智能门锁", "儿童推车", "竹编灯罩")
_CITIES = ("江城", "柳溪", "白沙", "青浦", "石门", "云川", "南岭", "东港")

QUOTED = "我们不怕别人跟着做，就怕别人把假的当成真的卖。"
"""What both an interview and a report quote."""

_PAIRS = (
    (
        "{city}市知识产权局{d}公布一起专利侵权纠纷的行政裁决：某公司生产的{good}落入{firm}的专利保护范围，应当停止销售，并销毁库存"
        "{n}件。\n裁决书显示，双方争议集中在密封结构上。技术调查官比对了{m}个特征，认定全部相同。从受理到裁决用时{w}天，是该市最快的一件。\n"
        "{firm}总经理{who}说：“" + QUOTED + "”对方已表示接受裁决，不再起诉。",
        "问：{firm}拿到裁决那天，你在做什么？\n{who}：在车间。电话响的时候我手里还拿着扳手，听完就坐在地上了。\n问：当初怎么发现有人仿制？\n"
        "{who}：一个老客户拿着坏掉的{good}来退货，拆开一看，里面根本不是我们的零件。\n问：想过算了吗？\n{who}：想过，打官司花钱花时间。"
        "后来听说可以走行政裁决，{w}天就出了结果，没想到这么快。" + QUOTED + "\n问：那{n}件东西怎么处理？\n"
        "{who}：都销毁，我去看着。"
        "\n问：以后呢？\n{who}：厂里新设了一个岗位，专门管专利，招的是{city}本地的年轻人。",
    ),
    (
        "由{firm}牵头制定的{good}国际标准{d}在{city}发布，这是该领域首个由国内企业主导的标准，共引用专利{n}件。\n据悉，标准从立项到发布"
        "历时{m}年，先后召开{w}次专家会议。标准规定了安全、能耗和噪声三类指标，其中噪声限值比现行要求低一半。\n{firm}首席工程师{who}"
        "担任工作组组长。发布会后，有{w}家企业签署了许可意向书。",
        "见到{who}时，他正在给学生改图纸。谈起刚刚发布的标准，这位组长没有先说荣誉，而是讲了一次争吵。\n“有一年开会，外国同行拍了桌子，"
        "说你们的数据不可信。我说好，仪器就在楼下，现在去测。”那天他们测到凌晨，第二天再没有人反对。\n记者：{m}年里最难的是什么？\n"
        "{who}：不是技术，是让人坐下来听你说完。\n记者：{n}件专利写进标准，对{firm}意味着什么？\n{who}：意味着别人做{good}也要按我们的"
        "路子走，但也意味着我们不能停。\n记者：有人说标准是大企业的游戏。\n{who}：在{city}，愿意来谈许可的有一半是不到百人的小厂。",
    ),
)  # fmt: skip


def _facts(rng: random.Random) -> dict[str, str]:
    return {
        "city": rng.choice(_CITIES),
        "firm": rng.choice(_FIRMS),
        "good": rng.choice(_GOODS),
        "who": rng.choice(_PEOPLE),
        "d": f"{rng.randint(1, 12)}月{rng.randint(1, 28)}日",
        "n": str(rng.randint(12, 980)),
        "m": str(rng.randint(3, 19)),
        "w": str(rng.randint(21, 90)),
    }


def interviews(count: int, rng: random.Random) -> Iterator[tuple[str, str]]:
    """(report, interview) on one event each: the same facts, at most a sentence in common."""
    for number in range(count):
        facts = _facts(rng)
        report, interview = _PAIRS[number % len(_PAIRS)]
        yield report.format(**facts), interview.format(**facts)


def corrected(text: str, rng: random.Random) -> str:
    """The article as it stands after its correction: six characters of its wording are others, a figure has
    another digit, and a note says so."""
    start = rng.choice(
        [place for place in range(len(text) - 6) if not particular().search(text, place, place + 6)]
    )
    text = f"{text[:start]}{''.join(rng.sample('更正后的准确说法以此为据', 6))}{text[start + 6 :]}"
    places = [place for place, char in enumerate(text) if char.isdigit()]
    if places:
        place = rng.choice(places)
        text = f"{text[:place]}{(int(text[place]) + rng.randint(1, 9)) % 10}{text[place + 1 :]}"
    return f"{text}\n更正：本文此前一处表述和一处数字有误，现已改正，特向读者致歉。"


def digests(count: int, rng: random.Random) -> Iterator[tuple[str, list[str]]]:
    """(page that holds three stories one after another, whole or their beginnings; those stories)."""
    bodies = [own.body for own in own_articles() if own.kind not in ("bulletin", "digest")]
    for _ in range(count):
        chosen = rng.sample(bodies, 3)
        yield "\n".join(body[: rng.choice((250, 500, len(body)))] for body in chosen), chosen


def titles() -> list[tuple[str, str]]:
    """(title, article): pages that have lost their text."""
    return [(own.headline, f"{own.headline}\n{own.body}") for own in own_articles()]
