"""Traditional to Simplified: opencc, the 著/着 rule it leaves out, and names its tables get wrong.

`t2s` is right for mainland and mixed text; `tw2s` only for text recorded as Traditional from Taiwan (on
Simplified text it turns 显著 into 显着); `tw2sp` renames institutions and is refused. The length of a text
never changes, so offsets into it stay true.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import version
from typing import Final

import opencc

from pipelines.convert.script import script_of, simplified_forms, tally
from pipelines.errors import UsageError

CONFIGURATIONS: Final = ("t2s", "tw2s", "hk2s")
RULES_VERSION: Final = 1

_VERBS: Final = "看拿读抱捧翻写听望盯带握对"
_ZHU: Final = re.compile(
    r"(?<=[显卓昭名专巨论编译遗撰拙杂])著|(?<=原|合|新|土|所)著(?![急手眼想力陆迷])|(?<=微知|知微|威并)著"
    r"|著(?=作|称|述|录|者|《|〈|等身|于竹帛|有《|有多|名(?![单牌片字额册]))"
    rf"|(?<![{_VERBS}])著(?=书|文立)|(?:(?<=[ \u3000])|^)著(?=[ \u3000）)])|(?<=[ \u3000])著$"
)
"""著 read zhù in Simplified text: 显著, 名著, 著作, 著称, 王某著《…》; 著名, but not 看着名单. What else
t2s leaves as 著 is the particle or verb 着 (看着, 沿着, 着手); checked with jieba's list of words."""

_ZHU_KEPT: Final = "\ue0ff"
_NAMES: Final = {
    "于可训": "於可训",
    "于之莹": "於之莹",
    "于幼华": "於幼华",
    "文征明": "文徵明",
    "洪升著": "洪昇著",
}
_NAME: Final = re.compile("|".join(_NAMES))


@cache
def conversion_name(configuration: str = "t2s") -> str:
    """What `Article.conversion` records: configuration and versions. Asking for a version costs 4 ms."""
    return f"opencc-{version('opencc')}/{configuration}+rules-{RULES_VERSION}"


CONVERSION: Final = conversion_name()


@cache
def _converter(configuration: str) -> opencc.OpenCC:
    """One converter per configuration and process: to open one costs 15 ms."""
    if configuration not in CONFIGURATIONS:
        raise UsageError(f"conversion {configuration!r} is not one of {', '.join(CONFIGURATIONS)}")
    return opencc.OpenCC(configuration)


def simplify(text: str, *, configuration: str = "t2s") -> str:
    """Simplified text of the same length; idempotent.

    Text with more Simplified than Traditional signs keeps every ambiguous character (乾县, 显著, 樊於期) and
    loses only plain Traditional ones, such as a quoted title. Raises UsageError for an unknown configuration.
    """
    converter = _converter(configuration)
    if text.isascii():
        return text
    counted = tally(text)
    if script_of(counted, len(text)) == "zh-Hans":
        return text.translate(simplified_forms()) if counted.traditional else text
    converted = converter.convert(text)
    if len(converted) != len(text):
        converted = text.translate(simplified_forms())
    if configuration == "t2s" and "著" in converted:
        converted = _particles(converted)
    return _NAME.sub(lambda match: _NAMES[match[0]], converted)


def _particles(text: str) -> str:
    """著 -> 着 wherever it is not zhù. A private-use sign holds the kept ones: one pass decides them all."""
    return _ZHU.sub(_ZHU_KEPT, text).replace("著", "着").replace(_ZHU_KEPT, "著")
