"""Lines that say who wrote and who took the pictures: 王强/文 李丽/图, 文 王强 图 李丽, 王强 文/摄."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.reading.names import is_name
from pipelines.reading.phrases import both
from pipelines.reading.publishers import is_outlet

LONGEST = 40
"""Characters of such a line: two offices, four names and what each did."""

_MAY_BE = re.compile(both(r"[（(【\[]?[\u3400-\u9fff\s/／|｜丨、:：·]+[)）】\]]?"))
_SIGN = re.compile(both(r"[文图摄影字片][\s/／|｜丨:：)）】\]]|[文图摄影]$"))
_BETWEEN = re.compile(r"[\s/／|｜丨、:：（()）【】\[\]]+")
_WRITING = re.compile(both("撰?文|文字"))
_WORK = re.compile(both("(?:撰?文|文字|[图摄]|文图|图文|摄影|图片|供图|制图)"))
_TITLE = re.compile(both("(?:[\u3400-\u9fff]{0,6}记者|通讯员|实习生|学生记者|作者)"))
_OFFICE = re.compile(both(r"[\u3400-\u9fff]{2,9}[报网社台院局会处部司厅系科室心学]"))
_CAMERA = re.compile(both(r"[\s、,，](?:摄影|摄像|图片?|制图|剪辑)[\s:：/／|]"))
_ROLE_OF = re.compile(r"([\u3400-\u9fff·]{2,8})\s*[（(]([\u3400-\u9fff、\s]{2,30})[)）]")
_ROLED = re.compile(rf"(?:(?:{_ROLE_OF.pattern})[\s，,、；;]*){{1,4}}")
_FOOTNOTED = re.compile(r"([\u3400-\u9fff]{2,4})\s*[\d*†①-⑨,]{1,4}")
_FOOTNOTES = re.compile(rf"(?:{_FOOTNOTED.pattern}[\s，,、;；]*){{1,8}}")
_INSTITUTES = re.compile(
    both(
        r"(?:[(（]?\d{1,2}\s*[.．、)）]?\s*[\u3400-\u9fff]{2,24}(?:大学|院|所|公司|中心|系|局|部|室)[\s，,;；)）]*"
        r"(?:[\u3400-\u9fff]{2,6}\s*\d{6}[\s，,;；)）]*)?){2,8}"
    )
)
_PRINTED_IN = re.compile(
    both(
        r"[(（]\s*(?P<told>据|原[载刊]于?|[摘选]自|来源\s*[:：])?\s*《(?P<paper>[^《》]{2,16})》"
        r"\s*(?P<day>(?:\d{2,4}\s*[-年/.]\s*)?\d{1,2}\s*[-月/.期]\s*(?:\d{1,2}日?)?)?\s*"
        r"(?:(?P<people>[\u3400-\u9fff·、\s]{2,20}?)?\s*[/／]?文|报[道导])?\s*[)）]"
    )
)
"""Where a text was printed, in brackets on a line that ends it: （《某报》2.15 某某文）."""

ROLE = 6
"""Characters of an office with a rank, from which on one name is told by it alone."""

_GLUED = re.compile(
    both(r"([\u3400-\u9fff]{0,6}(?:记者|通讯员|实习生))?(?P<name>[\u3400-\u9fff]{2,4}?)(摄)?")
)


def writers(text: str) -> tuple[str, ...]:
    """Who wrote, by a line that is only names and who of them wrote and took pictures; () of others."""
    text = text.strip()
    if printed := printed_in(text):
        return printed[1]
    if len(text) > LONGEST or not _SIGN.search(text) or not _MAY_BE.fullmatch(text):
        return ()
    words = list(_words(text))
    works = [bool(_WORK.fullmatch(word)) for word in words]
    named = [is_name(word) and not work for word, work in zip(words, works, strict=True)]
    others = (word for word, work, name in zip(words, works, named, strict=True) if not (work or name))
    if not any(works) or not any(named) or not all(map(_is_rank, others)):
        return ()
    leads = works.index(True) < named.index(True)
    told = list(zip(words, works, named, strict=True))
    found = [*_behind_writing(told)] if leads else [*_behind_writing(told[::-1])][::-1]
    return tuple(dict.fromkeys(found))


def printed_in(text: str) -> tuple[str, tuple[str, ...]] | None:
    """The paper in which a text was printed and who wrote, by a line in brackets that says nothing else."""
    printed = _PRINTED_IN.fullmatch(text) if text[:1] in ("(", "（") and "《" in text else None
    if not printed:
        return None
    people = tuple(re.split(r"[\s、]+", printed["people"].strip())) if printed["people"] else ()
    named = people if all(map(is_name, people)) else ()
    told = printed["told"] or printed["day"] or named or is_outlet(printed["paper"])
    return (printed["paper"], named) if told else None


def roled(text: str) -> tuple[str, ...]:
    """The names on a line of nothing but names with what each is in brackets, 某某（某某大学教授）; or ().

    One name alone with a short bracket may be a heading: 某某（化名）.
    """
    if text[-1:] not in (")", "）") or not _ROLED.fullmatch(text):
        return ()
    told = _ROLE_OF.findall(text)
    sure = len(told) > 1 or len(told[0][1]) >= ROLE
    return tuple(name for name, _ in told) if sure and all(is_name(name) for name, _ in told) else ()


def footnoted(text: str) -> tuple[str, ...]:
    """The names on a line of nothing but names with the numbers of their institutes; () of others."""
    names = _FOOTNOTED.findall(text) if _FOOTNOTES.fullmatch(text) else []
    return tuple(names) if all(map(is_name, names)) else ()


def are_institutes(text: str) -> bool:
    """Whether a line is nothing but two and more institutes with their numbers."""
    return _INSTITUTES.fullmatch(text) is not None


def unpictured(names: str) -> str:
    """A row of names up to those who took the pictures (某某 摄像 某某)."""
    return _CAMERA.split(names, 1)[0]


def _words(text: str) -> Iterator[str]:
    """The words of a line; a title before a name and 摄 behind it may be glued to it."""
    for word in _BETWEEN.split(text):
        if (glued := _GLUED.fullmatch(word)) and is_name(glued["name"]):
            yield from filter(None, glued.groups())
        elif word:
            yield word


def _is_rank(word: str) -> bool:
    return (_TITLE.fullmatch(word) or _OFFICE.fullmatch(word)) is not None


def _behind_writing(told: list[tuple[str, bool, bool]]) -> Iterator[str]:
    """The names behind a word for writing, of `told` in the order work before names."""
    writing = named_since = False
    for word, work, named in told:
        if work:
            writing = _WRITING.search(word) is not None or (writing and not named_since)
            named_since = False
        elif named:
            named_since = True
            if writing:
                yield word
