"""The table of phrases, and patterns that find Chinese in either script though written in one."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.errors import TableError

TABLE = Path(__file__).with_name("phrases.toml")

_BEGINS = re.compile(r"(?:\[([^]\\^-]+)\]|([^][\\^$.|?*+(){}-]))(?![?*{])")
_HAN = "[\u3400-\u9fff]"
_CHOICE = re.compile(r"\(\?:([^()]*)\)([?*]?)(?!\{)")
_BEHIND = re.compile(r"^(?:\\b|\(\?<[!=][^()]*\))")
_PART = re.compile(r"\\.|\[\^?|\]|.", re.S)


@cache
def _table() -> dict[str, Any]:
    """The table as read. Raises TableError when it cannot be."""
    try:
        return tomllib.loads(TABLE.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise TableError(f"{TABLE.name}: {error}; reinstall") from None


@cache
def variants() -> dict[str, str]:
    """A character of the patterns -> itself and its variants (来 -> 来來)."""
    return {row[0]: row for row in _table()["variants"].split()}


@cache
def simplified() -> dict[int, str]:
    """The variants of the characters of the patterns -> these, for `str.translate` (來 -> 来)."""
    return {ord(variant): one for one, row in variants().items() for variant in row[1:]}


def both(pattern: str) -> str:
    """A regular expression written in Simplified that finds every variant of its characters too."""
    found: list[str] = []
    inside = False
    for part in _PART.findall(pattern):
        if part[0] == "[":
            inside = True
        elif part == "]":
            inside = False
        row = variants().get(part, part)
        found.append(row if inside or len(row) == 1 or row[0] != part else f"[{row}]")
    return "".join(found)


def phrases(name: str) -> str:
    """The alternatives of an entry (`tail`, `notice.captcha`) as one expression for both scripts.

    A look ahead for a character with which one of them begins passes over nearly all other places: a line is
    searched in a quarter of the time.
    """
    begun = {phrase: found for phrase in _entry(name) if (found := _begins(phrase))}
    others = [phrase for phrase in _entry(name) if phrase not in begun]
    first = both(f"[{''.join(begun.values())}]")
    return "|".join([f"(?={first})(?:{both('|'.join(begun))})", *map(both, others)])


def starts(name: str) -> str:
    """The Chinese characters with which the phrases of an entry can begin; all of those of a phrase of which
    that cannot be told."""
    return "".join(re.findall(_HAN, both("".join(_begins(phrase) or phrase for phrase in _entry(name)))))


def _entry(name: str) -> list[str]:
    entry: Any = _table()
    for key in name.split("."):
        entry = entry[key]
    return list(entry)


def _begins(phrase: str) -> str:
    """The characters with which a phrase can begin; "" where they cannot be told."""
    rest, begun = _BEHIND.sub("", phrase), ""
    while choice := _CHOICE.match(rest):
        starts = [_BEGINS.match(part) for part in choice[1].split("|")]
        if not all(starts):
            return ""
        begun += "".join(found[1] or found[2] for found in starts if found)
        if not choice[2]:
            return begun
        rest = rest[choice.end() :]
    start = _BEGINS.match(rest)
    return begun + (start[1] or start[2]) if start else ""


def names(section: str) -> tuple[str, ...]:
    """The names of the entries of a section, in order."""
    return tuple(_table()[section])
