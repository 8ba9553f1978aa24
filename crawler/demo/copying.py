"""What a mirror's copying tool makes of a text: modelled damage, or an honest Traditional edition."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

import opencc

from crawler.demo.fate import lot
from crawler.demo.hosts import Host
from pipelines.repair.channel import Channel


def copyist(host: Host, seed: int, *key: str | int) -> Callable[[str], str]:
    """The function that a host applies to a text or to HTML; `key` decides which places are cut.

    A host without a tool shows the text as printed. Damage comes from the one forward model of the project,
    never from a second one here.
    """
    if host.tool:
        return Channel(
            level=host.level,
            cut=host.cut_rate,
            seed=lot(seed, host.name, *key),
            variant=host.variant,
            drop_user_rows=host.drops_user_rows,
        ).damage
    return _traditional().convert if host.traditional else str


@cache
def _traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2tw")


@lru_cache(maxsize=8192)
def say(host: Host, seed: int, words: str) -> str:
    """A host's own words (labels, navigation, headlines of links): the same everywhere on the host."""
    return copyist(host, seed, words)(words)
