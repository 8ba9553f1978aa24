"""The hosts of the bundled network: who copies, through which damage, in which system, under which label."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from crawler.demo.fate import between, chance

PUBLISHER = "www.ipqianyan.test"
TRAPS = "traps.test"
CONTROL = "control.test"


@dataclass(frozen=True, slots=True)
class Host:
    """One site. `tool` says whether it has a copying tool that damages what it copies: `level` is the gloss
    level (None: no glosses), `cut_rate` the share of the places that are cut, `variant` and `drops_user_rows`
    are those of the forward model. `traditional` is an honest edition in that script.

    `encoding` is what its bytes are, `meta_label` what its pages say, `header_label` what its answers say
    (None: nothing). `parent` is the host it copies from: `share` of what that has, each `delay` hours (from,
    to) later; `keeps_date` tells whether the printed date is kept. `filler` hosts have posts off the topic.
    `first_number` is the number of the first article in its addresses, `feed` the path of its feed; `gzip`
    packs answers for those who accept it.
    """

    name: str
    brand: str
    template: str
    slug: str
    encoding: str = "utf-8"
    meta_label: str | None = "utf-8"
    header_label: str | None = None
    tool: bool = False
    level: int | None = None
    cut_rate: float = 0.0
    variant: Literal[1, 2] = 1
    drops_user_rows: bool = True
    traditional: bool = False
    parent: str | None = PUBLISHER
    share: float = 0.45
    delay: tuple[int, int] = (3, 240)
    keeps_date: bool = True
    first_number: int = 1000
    spam: bool = False
    filler: bool = False
    relative_dates: bool = False
    script_only: bool = False
    session_ids: bool = False
    feed: str | None = None
    sitemap: bool = False
    gzip: bool = False
    note: str = ""

    def __hash__(self) -> int:
        """By name, which is unique in a network: hashing all fields costs more than making a page's line."""
        return hash(self.name)

    @property
    def wrong_label(self) -> bool:
        """Whether its pages claim another encoding than they are in."""
        return self.meta_label is not None and _family(self.meta_label) != _family(self.encoding)


def _family(label: str) -> str:
    return "gb" if label.lower().startswith("gb") else label.lower()


ORIGINAL = Host(
    PUBLISHER,
    "知产前沿网",
    "modern",
    "ipqianyan",
    header_label="utf-8",
    parent=None,
    share=1.0,
    delay=(0, 1),
    first_number=30100,
    feed="/atom.xml",
    sitemap=True,
    gzip=True,
    note="the original publisher",
)

_DAMAGED = Host("", "", "", "", tool=True, filler=True, keeps_date=False)
MIRRORS = (
    replace(
        _DAMAGED,
        name="www.zhishitong.test",
        brand="智识通",
        template="seed",
        slug="zhishitong",
        level=4,
        cut_rate=0.8,
        spam=True,
        first_number=20800,
        note="the seed's system; worst glosses, hot tags, spam",
    ),
    replace(
        _DAMAGED,
        name="www.wenkuhui.test",
        brand="文库汇",
        template="dedecms",
        slug="wenkuhui",
        level=2,
        cut_rate=0.5,
        encoding="gb18030",
        meta_label="gb2312",
        first_number=4100,
        note="DedeCMS 5.7, GB bytes",
    ),
    replace(
        _DAMAGED,
        name="www.qiyedao.test",
        brand="企业岛",
        template="empirecms",
        slug="qiyedao",
        level=3,
        cut_rate=0.6,
        first_number=7300,
        note="EmpireCMS",
    ),
    replace(
        _DAMAGED,
        name="www.shangwutong.test",
        brand="商务通",
        template="phpcms",
        slug="shangwutong",
        level=1,
        cut_rate=0.4,
        drops_user_rows=False,
        encoding="gb18030",
        meta_label="utf-8",
        first_number=600,
        note="PHPCMS v9; GB bytes under the label utf-8",
    ),
    replace(
        _DAMAGED,
        name="bbs.falvquan.test",
        brand="法律圈",
        template="discuz",
        slug="falvquan",
        level=0,
        cut_rate=1.0,
        encoding="gb18030",
        meta_label="gbk",
        header_label="gbk",
        session_ids=True,
        first_number=5200,
        note="Discuz portal; session ids in its links",
    ),
    replace(
        _DAMAGED,
        name="www.boketang.test",
        brand="博客堂",
        template="wordpress",
        slug="boketang",
        level=None,
        cut_rate=0.5,
        spam=True,
        feed="/feed/",
        sitemap=True,
        first_number=90,
        note="WordPress; cuts without glosses",
    ),
    Host(
        "ip.linjiang-gov.test",
        "临江市知识产权局",
        "trs",
        "linjiang-gov",
        share=0.4,
        delay=(20, 90),
        first_number=88200,
        note="government reprints, undamaged",
    ),
    Host(
        "big5.linjiang-gov.test",
        "临江市知识产权局",
        "trs",
        "linjiang-big5",
        encoding="big5",
        meta_label="big5",
        traditional=True,
        parent="ip.linjiang-gov.test",
        share=0.6,
        delay=(1, 3),
        first_number=88200,
        note="an honest Traditional edition, nothing to repair",
    ),
    replace(
        _DAMAGED,
        name="www.islandnews.test",
        brand="岛上资讯",
        template="modern",
        slug="islandnews",
        level=4,
        cut_rate=1.0,
        meta_label="gb2312",
        relative_dates=True,
        delay=(500, 3000),
        first_number=30100,
        note="keeps the publisher's paths; UTF-8 bytes under the label gb2312",
    ),
    Host(
        "www.zixunbao.test",
        "资讯宝",
        "dedecms-old",
        "zixunbao",
        encoding="gb18030",
        meta_label="gb2312",
        share=0.35,
        keeps_date=False,
        first_number=2600,
        note="DedeCMS 5.3, a plain copy without a tool",
    ),
    Host(
        "app.zhikuai.test",
        "知快",
        "script",
        "zhikuai",
        share=0.0,
        first_number=1,
        script_only=True,
        note="one article that only a browser sees",
    ),
)


def hosts_of(seed: int, mirrors: int, damaged: bool = True) -> tuple[Host, ...]:
    """The publisher and `mirrors` mirrors: the named ones first, then numbered variants of their systems.

    `damaged=False` takes the tool from all of them: the same pages in clean Simplified text.
    """
    models = [mirror for mirror in MIRRORS if not (mirror.script_only or mirror.traditional)]
    more = (_numbered(models[n % len(models)], n, seed) for n in range(len(MIRRORS), mirrors))
    named = (*MIRRORS[:mirrors], *more)
    if not damaged:
        named = tuple(replace(host, tool=False, level=None, cut_rate=0.0) for host in named)
    return (ORIGINAL, *named)


def _numbered(model: Host, number: int, seed: int) -> Host:
    """Another site in the system of a named mirror, with damage and delay of its own."""
    low = between(1, 400, seed, number, "delay")
    return replace(
        model,
        name=f"www.mirror{number}.test",
        slug=f"mirror{number}",
        brand=f"{model.brand}{number}站",
        variant=2 if number % 8 == 0 else 1,
        level=(None, 0, 1, 2, 3, 4)[between(0, 6, seed, number, "level")] if model.tool else None,
        cut_rate=round(0.2 + 0.8 * chance(seed, number, "cut"), 2) if model.tool else 0.0,
        delay=(low, low * 3),
        share=0.3 + 0.3 * chance(seed, number, "share"),
    )
