"""Pairs of reports on one event by two writers: the same facts in other words and another order."""

from __future__ import annotations

import random
from collections.abc import Iterator

_EVENTS = (
    (
        "{d}，{court}对{firm}诉{rival}侵害发明专利权一案作出一审判决：被告立即停止制造、销售涉案{item}，赔偿原告{sum}万元。\n"
        "{firm}的专利号尾数为{no}，申请于{year}年。原告主张，被告{n}款型号落入其权利要求的保护范围。被告则抗辩称，所用方案早在"
        "申请日以前就已公开。\n合议庭没有采纳这一抗辩。判决书写道，对比文件缺少“{part}”这一关键特征，不能破坏新颖性。关于数额，"
        "法庭参考了被告在电商平台上的销售记录。\n“创新者等了{m}年，终于等到一个说法。”{firm}负责人{who}走出法庭时说。{rival}"
        "表示将提起上诉。",
        "围绕一种{item}的专利之争，昨天有了初步结果。{rival}败诉，须向{firm}支付{sum}万元，并撤下相关产品。\n这场官司打了{m}年。"
        "争议的核心，是机器内部一个不起眼的{part}。{firm}认为这是自己{year}年首创的设计，对手照搬到了{n}个型号上；对方却坚持"
        "说，行业里人人都这样做。\n{court}的三位法官花了两个下午，把实物拆开逐一比对，最终认定抄袭成立。法官在宣判后解释，网上"
        "店铺留下的交易数据，是计算赔偿的重要依据。\n记者联系{rival}，对方律师仅回复四个字：继续应诉。而{who}告诉记者，拿到的钱"
        "会全部投回实验室。（专利尾号{no}，宣判日期{d}）",
    ),
    (
        "{d}，{city}海关通报，在一批申报为日用百货的出口货物中，查获涉嫌侵犯“{brand}”商标权的{item}{n}件，案值约{sum}万元。\n"
        "据介绍，关员在审单时发现，这批货物的申报价格明显偏低，遂下达布控指令。开箱后，{item}藏在纸箱夹层之中，外包装没有任何标识。"
        "经权利人{firm}确认，均为假冒。\n目前，该批货物已被依法扣留，案件移交缉私部门处理。{city}海关今年已查扣侵权商品{m}批次。"
        "海关提醒企业，出口前应当核实商标授权情况，以免蒙受损失。",
        "藏得再深，也躲不过一双细心的眼睛。在{city}口岸工作了{m}年的老关员{who}，只看了一眼单证就起了疑心：这么便宜的百货，值得"
        "租一个高柜运出去吗？\n{d}上午，集装箱被打开。搬开前两排锅碗之后，箱壁后面露出另一层纸板，里面是码得整整齐齐的{n}件{item}，"
        "个个印着“{brand}”。品牌所有者{firm}派人连夜赶来辨认，结论只有一句话：没有一件是真的。\n货主至今没有露面。倘若这些东西"
        "流到海外，按正品价格计算，损失要超过{sum}万元。眼下，仓库已经贴上封条，等待下一步调查。",
    ),
    (
        "{firm}与{city}大学{d}签署专利转让协议，后者将“{part}”等{n}项发明专利一次性转让，成交金额{sum}万元，创该校单笔转让纪录。\n"
        "根据协议，发明人团队可获得净收益的七成。该校科研处处长{who}介绍，学校于{year}年起推行赋权改革，把职务成果的所有权交给"
        "发明人，转化周期平均缩短了{m}个月。\n{firm}表示，受让专利将用于新一代{item}生产线，预计明年投产。{city}市知识产权局"
        "为此次交易提供了价值评估和备案服务。",
        "实验室里沉睡的纸，也能换来真金白银。日前，{city}大学的几位教授收到了一笔特别的“工资”——他们的研究成果被{firm}看中，"
        "整体作价{sum}万元。\n教授们最初并不抱希望。{year}年以前，成果归单位，卖不卖都与个人无关。变化来自一纸新规：谁发明，"
        "谁说了算，收入的大头归谁。{who}是这项改革的推手，他算过一笔账，从谈判到签字，比过去快了{m}个月。\n企业要的是{n}件"
        "专利里最核心的那件：{part}。生产{item}的车间已经开始改造，订单排到了后年。双方握手的日子，定格在{d}。",
    ),
)
_NAMES = ("林立新", "周一鸣", "陈海涛", "顾小满", "宋怀远", "罗清秋", "沈砚", "白若溪", "郑大川", "何以宁")
_FIRMS = ("晨曦机电", "远岫科技", "白鹭洲电子", "南屏精工", "云帆智能", "青禾装备", "北辰光学", "听涛实业")
_ITEMS = ("折叠水泵", "静音风扇", "便携净水器", "骨传导耳机", "保温餐盒", "电动牙刷", "智能门锁", "儿童推车")
_PARTS = ("双层密封圈", "偏心齿轮组", "可逆导流片", "弹性卡扣", "回转阀芯", "隔热夹层", "磁吸触点")
_CITIES = ("宁波", "厦门", "青岛", "大连", "珠海", "温州", "无锡", "烟台")


def reports(count: int, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Pairs of reports, each pair on an event of its own."""
    for number in range(count):
        firm, rival = rng.sample(_FIRMS, 2)
        city = rng.choice(_CITIES)
        facts = {
            "d": f"{rng.randint(1, 12)}月{rng.randint(1, 28)}日",
            "court": f"{city}市中级人民法院",
            "firm": firm,
            "rival": rival,
            "city": city,
            "item": rng.choice(_ITEMS),
            "part": rng.choice(_PARTS),
            "brand": rng.choice(_FIRMS)[:2] + "牌",
            "who": rng.choice(_NAMES),
            "sum": str(rng.randint(30, 4200)),
            "no": str(rng.randint(1000, 9999)),
            "n": str(rng.randint(3, 960)),
            "m": str(rng.randint(3, 39)),
            "year": str(rng.randint(2008, 2021)),
        }
        one, other = _EVENTS[number % len(_EVENTS)]
        yield one.format(**facts), other.format(**facts)
