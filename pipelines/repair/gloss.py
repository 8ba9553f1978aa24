"""Which pinyin in brackets is a mirror's gloss, and which is the author's.

A mirror's table glosses the characters that it converts, everywhere; a language lesson glosses any
character, once. So a gloss of a Traditional form counts as the mirror's unless the page reads like a
lesson; a gloss of a character that both scripts share counts only where the page glosses (nearly) all of
its places.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from pipelines.repair.gbk import decode_pair, encode_char
from pipelines.repair.language import Characters

PINYIN: Final = "[a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹɡ]{1,6} ?[)）]"
GLOSS: Final = re.compile(rf"[(（]({PINYIN})")
_GLOSSED: Final = re.compile(rf"([\u4e00-\u9fff])[(（]({PINYIN})")
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_LESSON: Final = re.compile(
    "拼音|[读讀發发注]音|多音字|[声聲][调調]|[读讀念唸]作|生字|汉语教|漢語教|普通话水平"
)
_SLIP: Final = re.compile(rf"[?？](?:[！，？；：。、]|{PINYIN})")
MANY: Final = 3
NEARLY_ALL: Final = 0.8
"""Of the places of a shared character (的, 人, 月), on pages with at least MANY of its glosses: tables
gloss all but those within their word entries, a lesson the first or the one in question."""
SEEN: Final = "人月的"
"""Characters of both scripts that live tables were seen to gloss: together they are many sooner."""
STANDS_FOR_ANOTHER: Final = "著"
"""A character of both scripts that tables print, glossed, for another one (着), and then wherever it stands:
no lesson's, where MANY glosses of Traditional forms stand beside it and all of its own places have one."""
SPELLED_SHARE: Final = 0.5
"""A page with that share of its characters glossed, and TABLE_GLOSSES of them, is spelled out for learners:
a table of 150 characters, three times the greatest seen, glosses 28 in a hundred at most."""
TABLE_GLOSSES: Final = 8
"""With that many of them a character counts that the page has, and glosses, but once."""
STRAY_SHARE: Final = 0.1
"""A page with a lesson's signs is a mirror's all the same with TABLE_GLOSSES, nearly all of its table."""


def _is_table(counts: Counter[str], stray: int, page: str) -> bool:
    """Whether many glosses cover nearly all places of their characters, as only a table's do."""
    total = sum(counts.values())
    places = sum(map(page.count, counts))
    return total >= TABLE_GLOSSES and total >= NEARLY_ALL * places and stray < STRAY_SHARE * total


def _of_tables(shared: Mapping[str, int], page: str) -> frozenset[str]:
    """The characters of both scripts that a mirror's table glosses on a page: those with (nearly) all places
    glossed, and many of them, or few where the table is plain from others."""
    covered = {char: count for char, count in shared.items() if count >= NEARLY_ALL * page.count(char)}
    many = {char: count for char, count in covered.items() if count >= MANY}
    if sum(many.values()) >= TABLE_GLOSSES:
        return frozenset(covered)
    seen = [char for char in SEEN if char in covered]
    return frozenset((*many, *(seen if sum(covered[char] for char in seen) >= MANY else ())))


def _standing_for_another(counts: Mapping[str, int], shared: Mapping[str, int], page: str) -> frozenset[str]:
    """STANDS_FOR_ANOTHER where the page glosses it as its table does Traditional forms."""
    if sum(counts.values()) - sum(shared.values()) < MANY:
        return frozenset()
    return frozenset(char for char in STANDS_FOR_ANOTHER if shared.get(char, 0) == page.count(char) > 0)


def _omits_tones(page: str, characters: Characters) -> bool:
    """Whether a page's table prints readings without tone marks: of MANY different characters that only
    Traditional text has, at (nearly) all of their places.

    On 58 pages of ours that such a table had glossed it was all of the places, cuts or not.
    """
    counts = Counter(
        char
        for char, noted in _GLOSSED.findall(page)
        if char in characters.traditional
        and not characters.has_reading(char, reading_of(noted))
        and characters.without_tones.has_reading(char, reading_of(noted))
    )
    return len(counts) >= MANY and counts.total() >= NEARLY_ALL * sum(map(page.count, counts))


def reading_of(noted: str) -> str:
    """The reading in a note: `yè) ` to `yè`, the letter ɡ of some input methods to g."""
    return noted.rstrip(" )）").replace("ɡ", "g")


def before_gloss(text: str, at: int) -> int:
    """The index itself, or that of the glossed character when the index lies within a gloss."""
    opened = max(text.rfind("(", max(0, at - 8), at), text.rfind("（", max(0, at - 8), at))
    match = GLOSS.match(text, opened) if opened > 0 else None
    return opened - 1 if match and match.end() > at else at


def _code_before_folding(char: str) -> bytes | None:
    """The bytes of a printed character; of a mark in ASCII those of its full form, which a later tool
    folded."""
    return bytes((0xA3, ord(char) | 0x80)) if char in "!,?;:()" else encode_char(char)


class Glosses:
    """Decides for one page, as it was found. `characters`: with the readings that its table prints."""

    def __init__(self, texts: Iterable[str], characters: Characters) -> None:
        page = "\n".join(texts)
        characters = characters.without_tones if _omits_tones(page, characters) else characters
        self.characters = characters
        counts: Counter[str] = Counter()
        for char, noted in _GLOSSED.findall(page):
            if characters.has_reading(char, reading_of(noted)):
                counts[char] += 1
        shared = {char: count for char, count in counts.items() if characters.simple(char) == char}
        spelled = counts.total() >= max(TABLE_GLOSSES, SPELLED_SHARE * len(_HAN.findall(page)))
        tables = _of_tables(shared, page) | _standing_for_another(counts, shared, page)
        self._shared = frozenset() if spelled else tables
        stray = sum(count for char, count in shared.items() if char not in self._shared)
        teaches = (stray > 0 or _LESSON.search(page) is not None) and not (
            _SLIP.search(page) or _is_table(counts, stray, page)
        )
        self._lesson = spelled or teaches

    def after(self, text: str, at: int, char: str) -> int:
        """Index behind a mirror's gloss of `char` that begins at `at`; 0 when there is none."""
        match = GLOSS.match(text, at)
        if not match or not char:
            return 0
        if char.isascii():
            return match.end() if self._straddles(text, at, reading_of(match[1])) else 0
        if not self.characters.has_reading(char, reading_of(match[1])):
            return 0
        if self.characters.simple(char) == char:
            return match.end() if char in self._shared else 0
        return 0 if self._lesson else match.end()

    def _straddles(self, text: str, at: int, reading: str) -> bool:
        """Whether an ASCII character and the last byte before it are a code of that reading (“l(fā)a is “la).

        Not behind `?` and a mark: there the letter is the end of a run (?，F(xiàn)場).
        """
        if text[max(at - 3, 0) : at - 2] in ("?", "？"):
            return False
        code = _code_before_folding(text[at - 2]) if at > 1 else None
        char = decode_pair(code[-1], ord(text[at - 1])) if code and len(code) == 2 else None
        return bool(char) and self.characters.has_reading(char or "", reading)
