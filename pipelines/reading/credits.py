"""Lines that say who wrote and who took the pictures: 王强/文 李丽/图, 文 王强 图 李丽, 王强 文/摄."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.reading.names import is_name
from pipelines.reading.phrases import both

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
_GLUED = re.compile(
    both(r"([\u3400-\u9fff]{0,6}(?:记者|通讯员|实习生))?(?P<name>[\u3400-\u9fff]{2,4}?)(摄)?")
)


def writers(text: str) -> tuple[str, ...]:
    """Who wrote, by a line that is only names and who of them wrote and took pictures; () of others."""
    text = text.strip()
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
