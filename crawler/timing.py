"""When an address is due again. Pure: times are seconds, `now` is given.

An interval doubles after an unchanged visit and halves after a changed one. Equal factors settle where a
visit finds a change half of the time, which for changes that come at rate r is at ln 2 / r seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """First, shortest and longest interval of a kind of address, in seconds."""

    first: float
    shortest: float
    longest: float


_BOUNDS = {
    "feed": Bounds(HOUR, 10 * MINUTE, 7 * DAY),
    "sitemap": Bounds(6 * HOUR, HOUR, 14 * DAY),
    "list": Bounds(2 * HOUR, 15 * MINUTE, 14 * DAY),
    "article": Bounds(2 * DAY, 6 * HOUR, 180 * DAY),
}
_OTHER = Bounds(DAY, HOUR, 90 * DAY)
"""Feeds and lists are where news appears, hence minutes; mirrors rarely touch an article, hence months."""

RETRIES_BEFORE_DEAD = 8
"""Failures in a row, each at double the distance of the one before: the last comes after about 8 days."""
_FIRST_RETRY = 2.0
_LONGEST_RETRY = 7 * DAY
GONE_BEFORE_DEAD = 3
"""A page that answers 404 three times, a day apart, is gone; 410 says so itself (RFC 9110, 15.5.11)."""


def next_interval(kind: str, before: float | None, changed: bool) -> float:
    """Seconds until an address that answered is due again; `before` is its last interval, None at first."""
    bounds = _BOUNDS.get(kind, _OTHER)
    if before is None:
        return bounds.first
    return min(bounds.longest, max(bounds.shortest, before / 2 if changed else before * 2))


def retry_after_failure(attempts: int) -> float:
    """Seconds until the next try after `attempts` failures in a row: 2, 8, 32, 128 ... up to a week.

    The factor 4 gives a stumbling server three tries within a minute and a dead one eight in a month.
    """
    return float(min(_LONGEST_RETRY, _FIRST_RETRY * 4.0 ** min(attempts - 1, 12)))
