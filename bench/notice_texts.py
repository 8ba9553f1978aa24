"""Notices of one form, each of a story of its own, and the copies that are hard to tell from them: figures in
another notation, one word in ten another, one digit corrected. All of them ours."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from bench.copies_texts import characters


def _words(line: str) -> list[str]:
    return line.split()


_CITIES = _words(
    "江城 柳溪 白沙 青浦 石门 云川 南岭 东港 安平 宁州 沙河 临江 望海 铜山 松阳 北屏 西渡 金州 长宁 河间 "
)
_FIRMS = _words(
    "江城晨曦机电 宁州远岫科技 白鹭洲电子 南屏精密制造 云川智能装备 北辰光学仪器 听涛实业 松月食品 金"
    "穗农业机械 海纳软件技术 百川环保工程 长风航空材料 明湖制药 沁园茶业 万象文化传媒 石门建材 青浦纺"
    "织 望海旅游用品 柳溪酒业 临江玩具 "
)
_MARKS = _words(
    "云岫 松鹤延年 蓝鲸湾 小豆丁 麦田里 金燕子 鹿鸣 禾下乘凉 星河渡 老槐树 雪浪 百草堂 清泉石 巧匠坊 "
    "海棠红 知味轩 "
)
_FIELDS = _words("机械工程 化学工程 电子信息 生物医药 法学 材料科学 自动化 食品科学 光电 经济管理 ")
_GIVEN = _words(
    "立新 一鸣 海涛 小满 怀远 清秋 砚 若溪 大川 以宁 书航 建国 秀英 志强 敏 丽华 文博 浩然 晓东 春梅 德胜 鹏 "
)
_SURNAMES = "林周陈顾宋罗沈郑何吴冯蒋韩杨朱李王张刘赵黄徐孙马胡郭"

_TEMPLATES = {
    "oppositions": (
        "异议人{f0}有限公司对第{z}号“{mark}”商标提出的异议理由成立，依据商标法第三十条、第三十五条"
        "规定，第{z}号“{mark}”商标不予注册。被异议人{f1}有限公司如不服本决定，可以自收到本决定之日"
        "起十五日内申请复审。"
    ),
    "figures in Chinese numerals": (
        "{c0}市知识产权局公布{m}月统计。全市专利授权{x0}件，其中发明专利{x1}件，实用新型{x2}件，外观"
        "设计{x3}件；商标申请{x4}件，注册{x5}件；有效发明专利{x6}件。企业授权{x7}件，高校授权{x8}件，"
        "个人授权{x9}件。质押登记{x10}笔，金额{x11}万元。"
    ),
    "recruitments": (
        "{f0}有限公司招聘专利代理人{d0}名，要求本科以上学历，{field}专业，持有专利代理师资格证，有{d1"
        "}年以上经验。待遇从优，缴纳五险一金。工作地点{c0}。联系人：{p0}，电话：{z}。"
    ),
    "courses": (
        "{c0}市知识产权宣传周活动安排\n{d0}日{h0}，在{c1}社区举办商标讲座，主讲人{p0}。\n{d1}日{h1}，"
        "在{c2}社区举办专利讲座，主讲人{p1}。\n{d2}日{h2}，在{c3}社区举办版权讲座，主讲人{p2}。\n{d3}"
        "日{h3}，在{c4}社区举办商业秘密讲座，主讲人{p3}。\n欢迎市民参加，免费入场，座位有限，先到先得"
        "。"
    ),
    "quotations of shares": (
        "知识产权概念股{m}月{d0}日收盘行情：晨曦机电报{r0}元，上涨{r1}%，成交{r2}万手；远岫科技报{r3}"
        "元，下跌{r4}%，成交{r5}万手；南屏精工报{r6}元，上涨{r7}%，成交{r8}万手。板块指数报{r9}点，全"
        "天成交{r10}亿元。以上数据仅供参考，不构成投资建议，据此操作风险自担。"
    ),
    "pledges": (
        "近日，{f0}有限公司以{d0}件专利权质押，从{c0}银行获得贷款{n0}万元。这是该市今年第{n1}笔专利质"
        "押贷款。市知识产权局相关负责人{p0}介绍，为破解中小企业融资难题，该局主动对接银行和企业，开展"
        "入园惠企活动，全程指导企业办理登记手续，三天内即完成放款。"
    ),
}

KINDS = tuple(_TEMPLATES)


def _facts(rng: random.Random) -> dict[str, str]:
    facts = {
        "z": str(rng.randint(10**7, 8 * 10**7)),
        "mark": rng.choice(_MARKS),
        "m": str(rng.randint(1, 12)),
    }
    facts |= {"f0": rng.choice(_FIRMS), "f1": rng.choice(_FIRMS), "field": rng.choice(_FIELDS)}
    for number in range(12):
        facts |= {
            f"c{number}": rng.choice(_CITIES),
            f"p{number}": rng.choice(_SURNAMES) + rng.choice(_GIVEN),
            f"d{number}": str(rng.randint(1, 28)),
            f"n{number}": str(rng.randint(11, 9800)),
            f"r{number}": f"{rng.randint(101, 9899) / 100:.2f}",
            f"x{number}": in_numerals(rng.randint(101, 98_000)),
            f"h{number}": rng.choice(("九", "十", "十四", "十五")) + "时" + rng.choice(("", "三十分")),
        }
    return facts


def notices(kind: str, count: int, rng: random.Random) -> Iterator[str]:
    """Different notices of one form."""
    for _ in range(count):
        yield _TEMPLATES[kind].format(**_facts(rng))


def in_numerals(number: int) -> str:
    """A number below 10**8 as it is written in Chinese: 30_205 is 三万零二百零五."""
    if number >= 10**4:
        myriads, rest = divmod(number, 10**4)
        between = "零" if 0 < rest < 1000 else ""
        return f"{in_numerals(myriads)}万{between}{in_numerals(rest) if rest else ''}"
    written = ""
    for digit, unit in zip(f"{number:04}", "千百十 ", strict=True):
        if digit != "0":
            written += "零一二三四五六七八九"[int(digit)] + unit.strip()
        elif written and not written.endswith("零"):
            written += "零"
    return written.rstrip("零") or "零"


_YEAR = re.compile("(?:19|20)[0-9]{2}(?=年)")
_WHOLE = re.compile(r"(?<![0-9.])[0-9]{1,7}(?![0-9.])")


def other_notation(text: str, _: random.Random) -> str:
    """The text with its years and whole numbers in Chinese numerals."""
    text = _YEAR.sub(
        lambda found: found[0].translate(str.maketrans("0123456789", "〇一二三四五六七八九")), text
    )
    return _WHOLE.sub(lambda found: in_numerals(int(found[0])), text)


def reworded(text: str, rng: random.Random, share: float = 0.1) -> str:
    """The text with that share of its words, of two characters each, replaced by others."""
    others = characters()

    def word(found: re.Match[str]) -> str:
        start = rng.randrange(len(others) - 2)
        return others[start : start + 2] if rng.random() < share else found[0]

    return re.sub("[一-鿿]{2}", word, text)


def one_digit_corrected(text: str, rng: random.Random) -> str:
    """The text with another digit at one place; itself where it has none."""
    places = [place for place, char in enumerate(text) if char.isascii() and char.isdigit()]
    if not places:
        return text
    place = rng.choice(places)
    return f"{text[:place]}{(int(text[place]) + rng.randint(1, 9)) % 10}{text[place + 1 :]}"
