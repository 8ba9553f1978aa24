"""Texts that look like copies and are none, and copies that hardly look like ones: kinds beside those of
`copies_texts` and `event_texts`, all of them ours."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator


def _words(line: str) -> list[str]:
    return line.split()


_CITIES = _words("江城 柳溪 白沙 青浦 石门 云川 南岭 东港 安平 宁州 沙河 临江 望海 铜山 ")
_FIRMS = _words(
    "晨曦机电 远岫科技 白鹭洲电子 南屏精工 云帆智能 青禾装备 北辰光学 听涛实业 "
    "松月食品 金穗农机 海纳软件 百川环保 长风航材 明湖制药 沁园茶业 万象传媒 "
)
_GIVEN = _words("立新 一鸣 海涛 小满 怀远 清秋 砚 若溪 大川 以宁 书航 长河 ")
_GOODS = _words(
    "折叠水泵 静音风扇 便携净水器 骨传导耳机 保温餐盒 电动牙刷 智能门锁 儿童推车 竹编灯罩 陶瓷刀具 "
)
_PARTS = _words("双层密封圈 偏心齿轮组 可逆导流片 弹性卡扣 回转阀芯 隔热夹层 磁吸触点 楔形滑块 ")
_SURNAMES = "林周陈顾宋罗沈白郑何吴冯蒋韩杨朱"

_WEEKLY = (
    "本周知识产权窗口数据\n{city}市知识产权服务窗口公布第{w}周（{m}月{d}日至{e}日）业务数据。专利业务方面，受理发明专利申请{n0}件、实用新型"
    "{n1}件、外观设计{n2}件，缴费{n3}笔，登记簿副本{n4}份，优先权证明{n5}份。商标业务方面，受理注册申请{n6}件、变更{n7}件、转让{n8}件、"
    "续展{n9}件、补证{n10}件，质权登记{n11}件。版权业务方面，作品登记{n12}件，软件登记{n13}件，合同备案{n14}件。咨询方面，接听电话{n15}个，"
    "现场答复{n16}人次，网上留言{n17}条，满意率{n18}%。维权方面，接收投诉{n19}件，转交{n20}件，调解{n21}件，办结{n22}件，移送{n23}件。"
    "窗口提醒，办理业务前请先在网上预约，并带齐身份证件和申请文件，代理机构人员还应出示执业证。"
)
_LAW = (
    "依照《中华人民共和国民事诉讼法》的有关规定，向你公告送达起诉状副本、应诉通知书、举证通知书、合议庭组成人员通知书及开庭传票。自本公告发出之日起，"
    "经过三十日即视为送达。提出答辩状的期限为公告送达期满后十五日内，举证期限为公告送达期满后十五日内。逾期不到庭，本院将依法缺席裁判。当事人申请延长"
    "举证期限的，应当在期限届满前向本院提出书面申请；申请证人出庭作证的，应当说明证人的姓名、住址和证明的事项。特此公告。"
)
_COURT = (
    "{a}：本院受理原告{b}诉你侵害{right}纠纷一案，现已立案。"
    + _LAW
    + "\n{city}市中级人民法院\n{y}年{m}月{d}日"
)
_GRANTS = (
    "根据专利法的规定，下列发明专利申请经实质审查没有发现驳回理由，现予以授权公告，专利权自公告之日起生效。\n"
)
_OBITUARY = (
    "我国{field}专家、{city}大学教授{who}先生因病医治无效，于{y}年{m}月{d}日在{city}逝世，享年{age}岁。{who}先生生于{born}年，{grad}年毕业于"
    "{city}大学，长期从事{field}的教学和研究工作，先后主持科研项目{n0}项，获得发明专利{n1}件，培养研究生{n2}名。{who}先生一生淡泊名利，治学严谨，"
    "待人宽厚，深受师生爱戴。遵照先生生前遗愿，丧事从简，不举行告别仪式。"
)
_PRESS = (
    "{firm}今日宣布，公司自主研发的新一代{good}正式面市。该产品采用了拥有自主知识产权的{part}技术，在能耗、寿命和使用体验上均有明显提升。\n"
    "“创新是企业的生命线。”{firm}董事长{who}在发布会上表示，“我们始终把研发放在第一位，把用户的需要放在心上。”据介绍，该产品从立项到量产"
    "历时{n2}个月，研发团队共{n3}人，已申请专利{n4}件。\n{firm}创立于{y}年，总部位于{city}，产品销往{n5}个国家和地区。公司表示，将继续加大"
    "投入，与合作伙伴一道推动行业健康发展。前瞻性说明：本新闻稿所述计划可能因市场环境变化而调整，不构成对投资者的承诺。"
)
_SHORT = (
    "{city}市市场监管局日前查处一起商标侵权案件。经查，当事人{who}销售假冒“{firm}”注册商标的{good}{n0}件，货值{n1}元，违法所得{n2}元。依据商标法"
    "有关规定，该局责令当事人立即停止侵权行为，没收侵权商品，并处罚款{n3}元。执法人员提醒广大经营者，进货时应当查验供货商的资质和授权文件，"
    "保存好进货票据，切勿因小失大。"
)
_NOTICE = (
    "经{city}市知识产权局审核，{firm}等单位申报的知识产权示范企业材料符合要求，现予公示。公示期为{m}月{d}日至{m}月{e}日。对公示对象有异议的，请在公示"
    "期内以书面形式反映，并署真实姓名和联系方式。联系人：{who}，电话：{n0}{n1}。"
)  # fmt: skip

_APPOINTMENTS = (
    "{city}市政府办公室印发人事任免的通知，决定任命{p0}为市知识产权保护中心主任，{p1}、{p2}为副主任；任命{p3}为市专利信息服务站站长。"
    "免去{p4}的市知识产权保护中心主任职务，另有任用；免去{p5}的市专利信息服务站站长职务，到龄退休。请各有关单位依照章程办理，"
    "并在收到通知后一个月内完成工作交接。"
)


def _facts(rng: random.Random) -> dict[str, str]:
    a, b = rng.sample(_FIRMS, 2)
    day = rng.randint(1, 24)
    who = rng.choice(_SURNAMES) + rng.choice(_GIVEN)
    facts = {f"n{i}": str(rng.randint(11, 2400)) for i in range(24)}
    facts |= {"city": rng.choice(_CITIES), "firm": a, "a": a + "有限公司", "b": b + "有限公司", "who": who}
    facts |= {"good": rng.choice(_GOODS), "part": rng.choice(_PARTS), "y": str(rng.randint(1998, 2022))}
    facts |= {"m": str(rng.randint(1, 12)), "d": str(day), "e": str(day + 6), "w": str(rng.randint(1, 52))}
    facts |= {"age": str(rng.randint(61, 99)), "born": str(rng.randint(1920, 1950))}
    facts |= {"grad": str(rng.randint(1951, 1975)), "right": rng.choice(("商标权", "发明专利权", "著作权"))}
    facts |= {f"p{i}": rng.choice(_SURNAMES) + rng.choice(_GIVEN) for i in range(6)}
    facts["field"] = rng.choice(("机械工程", "有机化学", "光学仪器", "农业育种", "自动控制", "纺织材料"))
    return facts


def _grants(rng: random.Random) -> str:
    lines = [
        f"{rng.choice(_FIRMS)}有限公司，一种{rng.choice(_GOODS)}的{rng.choice(_PARTS)}，"
        f"专利号ZL{rng.randint(2008, 2022)}1{rng.randint(0, 9_999_999):07d}.{rng.randint(0, 9)}"
        for _ in range(8)
    ]
    return _GRANTS + "\n".join(lines)


def _from(template: str) -> Callable[[random.Random], str]:
    return lambda rng: template.format(**_facts(rng))


TEMPLATES: dict[str, Callable[[random.Random], str]] = {
    "weekly figures": _from(_WEEKLY),
    "court notices": _from(_COURT),
    "lists of grants": _grants,
    "obituaries": _from(_OBITUARY),
    "press releases": _from(_PRESS),
    "short cases": _from(_SHORT),
    "public notices": _from(_NOTICE),
    "appointments": _from(_APPOINTMENTS),
}
"""Kind -> one text of a template with particulars of its own: each is a story of its own."""


def templated(kind: str, count: int, rng: random.Random) -> Iterator[str]:
    """Different stories of one template."""
    for _ in range(count):
        yield TEMPLATES[kind](rng)


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in re.split("(?<=。)", text) if sentence]


def reordered(text: str, rng: random.Random) -> str:
    """The text in four or five passages that changed places."""
    sentences = _sentences(text)
    step = max(1, len(sentences) // 4)
    passages = ["".join(sentences[i : i + step]) for i in range(0, len(sentences), step)]
    rng.shuffle(passages)
    return "\n".join(passages)


def thinned(text: str, rng: random.Random) -> str:
    """The text without three sentences in ten."""
    return "".join(sentence for sentence in _sentences(text) if rng.random() > 0.3) or text


_LIKE = "未末己已人入日曰土士千干大太天夫于千问间贝见师帅侯候治冶戊戌析折栏拦扬杨"
"""Characters that a scanner takes for each other, in pairs."""


def scanned(text: str, rng: random.Random) -> str:
    """The text as a bad scan gives it: one character in ten another or gone, a blank here and there."""
    like = dict(zip(_LIKE[::2] + _LIKE[1::2], _LIKE[1::2] + _LIKE[::2], strict=True))
    out = []
    for char in text:
        chance = rng.random()
        if char in like and chance < 0.5:
            out.append(like[char])
        elif chance < 0.07:
            out.append(rng.choice("口日目囗□卜丨"))
        elif chance > 0.03 + 0.07 or chance < 0.08:
            out.append(char + (" " if chance > 0.95 else ""))
    return "".join(out)


def spun(text: str, rng: random.Random) -> str:
    """The text with every word that has a synonym in our list replaced by it."""
    for word, other in _SYNONYMS:
        text = text.replace(word, other) if rng.random() < 0.9 else text
    return text


_SYNONYMS = [
    pair.split("/")
    for pair in _words(
        "企业/公司 表示/说 进行/开展 目前/眼下 已经/早已 发现/察觉 认为/觉得 "
        "问题/难题 帮助/协助 需要/须 重要/要紧 提高/提升 增加/增多 开始/着手 "
        "因为/由于 但是/不过 可以/能够 很多/不少 时候/当口 希望/盼望 告诉/告知 "
        "知道/明白 办法/法子 年轻人/青年 老人/长者 孩子/小孩 工作/干活 产品/货品 "
        "市场/集市 使用/采用 保护/维护 申请/申报 审查/审核 授权/核准 "
    )
]
