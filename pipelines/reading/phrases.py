"""The table of phrases, and patterns that find Chinese in either script though written in one."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.errors import TableError

TABLE = Path(__file__).with_name("phrases.toml")

_BEGINS = re.compile(r"\[([\u3400-\u9fff]+)\]|([\u3400-\u9fffA-Z])(?![?*{])")
_CHOICE = re.compile(r"\(\?:([^()]*)\)(?![?*{])")
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
    """The alternatives of an entry (`tail`, `notice.captcha`) as one expression for both scripts."""
    return both("|".join(_entry(name)))


def _entry(name: str) -> list[str]:
    entry: Any = _table()
    for key in name.split("."):
        entry = entry[key]
    return list(entry)


def sought(name: str) -> str:
    """`phrases`, to be searched for anywhere in a text: a look ahead for a character with which a phrase
    begins passes over all other places, in a quarter of the time on the lines of the reference pages."""
    begun = {phrase: found for phrase in _entry(name) if (found := _begins(phrase))}
    first = both(f"[{''.join(begun.values())}]")
    others = [phrase for phrase in _entry(name) if phrase not in begun]
    return "|".join([f"(?={first})(?:{both('|'.join(begun))})", *map(both, others)])


def _begins(phrase: str) -> str:
    """The characters with which a phrase can begin; "" where they cannot be told."""
    choice = _CHOICE.match(phrase)
    begun = [_BEGINS.match(part) for part in (choice[1].split("|") if choice else [phrase])]
    return "".join(found[1] or found[2] for found in begun if found) if all(begun) else ""


def names(section: str) -> tuple[str, ...]:
    """The names of the entries of a section, in order."""
    return tuple(_table()[section])
