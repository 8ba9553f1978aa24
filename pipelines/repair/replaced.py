"""Characters that a page's code does not hold, printed as `?`: middle dots in foreign names, no-break spaces.

An encoder prints one `?` for each. No byte of it is left and nothing around it is out of step, so what it was
follows from where it stands alone, and is `likely` at best.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from pipelines.records import Edit
from pipelines.repair.language import Characters

_HAN: Final = "\u3400-\u9fff"
_BLANKS: Final = re.compile(r"\? ?\?[ ?]*")
"""`&nbsp; &nbsp;`: no-break spaces by turns with blanks, before a word. Written so by hand (? ?) it asks
twice, so that it counts only on pages that are damaged otherwise."""

FEW: Final = 3
"""Of so many by turns with blanks nobody asks, wherever they stand; fewer have Chinese beside them."""

_BEGINS_WORD: Final = re.compile(r"[\w（(《【“]")
_HAN_SIGN: Final = re.compile(f"[{_HAN}]")
_MAY_STAND: Final = re.compile(rf"\?(?:[{_HAN}]| \?)")

_SOUNDS: Final = (
    "阿埃艾爱安昂奥巴白拜班邦保鲍贝本比彼毕宾波伯勃博布查茨达戴丹德登邓迪蒂丁顿多恩尔法凡菲费芬佛弗福盖甘冈戈哥格葛古"
    "瓜圭哈海汉豪赫亨洪胡华怀惠霍基吉济加贾简杰金津卡凯坎康考柯科克肯库夸奎昆拉莱赖兰朗劳勒雷黎里理利丽莉莲廉列琳隆卢鲁露"
    "伦罗洛吕马玛迈麦曼梅门蒙孟米密敏摩莫默姆穆纳娜南内尼宁纽努诺欧帕潘佩皮珀普齐契乔切琴琼丘让热日荣茹瑞若撒萨塞赛桑瑟森沙"
    "莎珊绍申圣盛施什史士舒斯丝司苏索塔台泰坦汤唐陶特腾提廷汀图托瓦万旺威韦维魏温翁沃乌伍武西希锡夏香肖谢辛欣休许雪逊雅亚延"
    "扬杨耶叶伊易因英尤于约宰赞泽扎詹珍兹卓祖佐夫奇杜林涅罕卜厄烈翰妮捷娅娃甫芙萝玻墨瑙奴扈弥堡滕京"
)
"""Characters by which foreign names are written down for their sound."""

_SURNAMES: Final = (
    "高李王张陈林刘杨吴孙罗何郭马谢韩唐冯于董程许邓沈曾彭吕苏卢蒋蔡丁魏薛叶余潘杜戴夏钟汪石白孔龙史陶贺顾"
)
"""Of those who go by a Chinese name in China, behind their own given name."""

_ASKS: Final = re.compile(r"[吗嗎呢吧谁誰哪何怎几幾么麼]|[是能可]否")
_CLAUSE: Final = 16
"""Characters before a name in which a word that asks makes the `?` a question mark."""


def replaced(text: str, field: str, *, damaged: bool) -> Iterator[Edit]:
    """Edits that put the characters back, in order; `damaged`: that other damage tells of a mirror."""
    if "?" not in text:
        return
    places = [(match.start(), match[0], "·") for match in _dots().finditer(text) if not _asks(text, match)]
    if damaged:
        places += _blanks(text)
    for start, before, after in sorted(places):
        yield Edit(field, start, before, after, "replaced", "likely")


def _blanks(text: str) -> Iterator[tuple[int, str, str]]:
    """(start, before, after) of those beside Chinese, but not `?word? ?word?`, as manuals write what may be
    left out; none are left at the start of a line."""
    done = 0
    for match in _BLANKS.finditer(text):
        if not (_by_turns(match[0]) and _BEGINS_WORD.match(text, match.end())):
            continue
        start = match.start()
        while start > done and text[start - 1] == " ":
            start -= 1
        begins = start == 0 or text[start - 1] == "\n"
        if not begins and _begins_asked(text, done, start):
            continue
        beside = text[start - (not begins) : start] + text[match.end()]
        if match[0].count("?") >= FEW or _HAN_SIGN.search(beside):
            done = match.end()
            yield start, text[start:done], "" if begins else " "


def _begins_asked(text: str, least: int, end: int) -> bool:
    """Whether the word that ends at `end`, and begins at `least` or behind it, begins with a `?`."""
    blank = max(text.rfind(" ", least, end), least - 1)
    begin = max(text.rfind("\n", blank + 1, end), blank) + 1
    return text[begin] == "?"


def _by_turns(run: str) -> bool:
    """Whether blanks and `?` stand by turns, here and there two `?`."""
    return "? ?" in run and "???" not in run and run.count("??") * 4 <= run.count("?")


def may_hold_replaced(text: str) -> bool:
    """The gate: False for text that holds none, whatever else the page tells."""
    return (
        "?" in text
        and _MAY_STAND.search(text) is not None
        and (_dots().search(text) is not None or next(_blanks(text), None) is not None)
    )


def _asks(text: str, match: re.Match[str]) -> bool:
    clause = re.split(r"[，。；：！？、“”\n]", text[max(0, match.start() - _CLAUSE) : match.start()])[-1]
    return _ASKS.search(clause) is not None


@cache
def _dots() -> re.Pattern[str]:
    """A `?` between two parts of a foreign name, of two characters or more each; or behind one of four,
    before a Chinese name."""
    sounds, surnames = _both_scripts(_SOUNDS), _both_scripts(_SURNAMES)
    two, four = rf"(?<=[{sounds}]{{2}}\?)", rf"(?<=[{sounds}]{{4}}\?)"
    # One literal at the start: such a pattern is searched ten times as fast.
    return re.compile(rf"\?(?:(?=[{sounds}]{{2}}){two}|(?=[{surnames}][{_HAN}]){four})")


def _both_scripts(signs: str) -> str:
    """The characters with their Traditional forms."""
    simplified = Characters.load().simplified
    return signs + "".join(char for char, form in simplified.items() if form in signs)
