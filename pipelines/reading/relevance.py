"""How much a text is news about intellectual property: a lexicon with weights, no model."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path

from pipelines.errors import TableError

TABLE = Path(__file__).with_name("relevance.tsv")

HEADLINE = 4.0
"""A word of the headline counts as this many in the body: of our own reviewed pages, no headline with a word
of weight 3 stands over an article of another field."""

HALF = 6.0
"""Weight per 1,000 characters at which the relevance is one half."""


@cache
def _lexicon() -> tuple[re.Pattern[str], dict[str, float]]:
    """(pattern of all words, longest first; word -> weight). Raises TableError for a line that is no row."""
    weights: dict[str, float] = {}
    for number, line in enumerate(TABLE.read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            word, _, weight = line.partition("\t")
            try:
                weights[word] = float(weight)
            except ValueError:
                raise TableError(
                    f"{TABLE.name}:{number}: {line!r}: want a word, a tab and a number"
                ) from None
    return re.compile("|".join(sorted(map(re.escape, weights), key=len, reverse=True))), weights


def relevance(headline: str, body: str) -> float:
    """0 (another field) to 1 (nothing but IP), of Simplified text; three decimals.

    Repetitions of a word count with their logarithm, so that one word said often is no field.
    """
    pattern, weights = _lexicon()
    counts: dict[str, float] = {}
    for text, factor in ((headline, HEADLINE), (body, 1.0)):
        for word in pattern.findall(text):
            counts[word] = counts.get(word, 0.0) + factor
    if not counts:
        return 0.0
    mass = sum(weights[word] * math.log1p(count) for word, count in counts.items())
    density = mass * 1000 / max(400, min(2000, len(headline) + len(body)))
    return round(density / (density + HALF), 3)
