"""Noise that mirrors put into a text: told by its kind, never rewritten.

It is no damage that repair could undo: what stood in its place is not in the bytes (a swapped character), or
nothing did (junk against copying, tags that leaked). Brands set into words and swapped synonyms are not told:
as words they are like others.
"""

from __future__ import annotations

import re
from typing import Final

_JUNK: Final = re.compile(r"[!-;] [?-~](?:[!-;]? [?-~]){4,}")
"""Against copying Discuz writes, five to fifteen times, a sign of the codes 32 to 59, a blank and a sign of
the codes 63 to 126: `, r% l2 [0 _/ Z`."""
_JUNK_SIGN: Final = re.compile(r"[!-;](?= )")
JUNK_SIGNS: Final = 3
"""Different first signs: a list (A, B, C, D, E, F) has one. Of 2,000 made ones .99 have more."""

_TAG: Final = re.compile(r"""<([a-z]{1,10}) (?:id|class)=["']?\w{3,12}["']?></\1>""")
"""An empty element with a random name that was escaped: `<tt id="i2u0s"></tt>`."""

_LOOK_ALIKES: Final = "旳鉯嘚苐亽仩丅汏彵沵洅玍詤迣偠吥恠佷"
_LOOK_ALIKE: Final = re.compile(f"[{_LOOK_ALIKES}](?![瑟啵])")
"""What is put for 的 以 得 第 人 上 下 大 他 你 再 生 说 世 要 不 在 很, so that no search finds the copy.
嘚瑟 and 嘚啵 are words."""

_NUMERAL: Final = re.compile("壹(?=[个個种種次位家起项項条條批名年月日天些般样樣定直切方边邊面部件份场場])")
"""一 written as on cheques where nothing is counted in money."""

_RESIDUE: Final = "\ufee9"
OFTEN: Final = 2
"""Look-alikes and numerals from which on they are no quotation and no name: the 126 reference pages have no
noise of any kind."""

_WORD: Final = re.compile(r"\w")
_TELLING: Final = re.compile(f"[{_LOOK_ALIKES}壹{_RESIDUE}]")
"""What three of the kinds have one of and most texts none."""


def noise_in(text: str) -> tuple[str, ...]:
    """Kinds of noise in a text: `junk`, `tags`, `look_alikes`, `numerals`, `residue`, in this order."""
    found = {
        "junk": any(map(_is_junk, _JUNK.finditer(text))),
        "tags": "></" in text and _TAG.search(text),
    }
    if _TELLING.search(text):
        found["look_alikes"] = len(_LOOK_ALIKE.findall(text)) >= OFTEN
        found["numerals"] = len(_NUMERAL.findall(text)) >= OFTEN
        found["residue"] = _RESIDUE in text
    return tuple(kind for kind, there in found.items() if there)


def is_noise(text: str) -> bool:
    """Whether a line is nothing but junk and tags."""
    return text.isascii() and bool(noise_in(text)) and not _WORD.search(_JUNK.sub("", _TAG.sub("", text)))


def _is_junk(match: re.Match[str]) -> bool:
    return len(set(_JUNK_SIGN.findall(match[0]))) >= JUNK_SIGNS
