"""Figures of a text in its comparable form, where `LOST` stands for a lacuna."""

from __future__ import annotations

import re

from pipelines import text

LOST = "\ua66e"
"""Letter that no Chinese page holds; stands for the lacuna sign, which the plain form would drop."""

NUMERALS = "".join(sorted(text.CHINESE_NUMERALS))
NO_DIGITS = re.compile("[^0-9]+")
NO_FIGURE = re.compile(f"[0-9{LOST}年月日]+")
OF_FIGURES = re.compile(f"[0-9{LOST}{NUMERALS}年月日]")
FIGURE = re.compile(rf"[0-9{LOST}]+|[{NUMERALS}{LOST}]+")


def figures_of(plain: str) -> frozenset[str]:
    """Figures of at least two digits without a lost one: the quick look before an alignment."""
    return frozenset(found for found in FIGURE.findall(plain) if len(found) > 1 and LOST not in found)
