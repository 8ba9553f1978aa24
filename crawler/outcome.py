"""What an answer, or none, means for its address: state, next time, failures in a row. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from crawler.timing import DAY, GONE_BEFORE_DEAD, RETRIES_BEFORE_DEAD, next_interval, retry_after_failure

State = Literal["pending", "leased", "done", "failed", "dead"]

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PASSING = frozenset((408, 421, 425, 429))
"""4xx that speak of the moment, not of the page (RFC 9110, 15.5.9; RFC 6585, 4; RFC 8470, 5.2)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The row that an address gets. `attempts` counts failures in a row; `due` is seconds since the epoch."""

    state: State
    due: float
    interval: float | None
    attempts: int = 0
    failure: str | None = None


def after_answer(
    kind: str,
    status: int,
    attempts: int,
    interval: float | None,
    changed: bool,
    asked: float | None,
    now: float,
) -> Outcome:
    """The outcome of an answer. `changed`: its payload is another than the last; `asked`: its Retry-After."""
    if 200 <= status < 300 or status == 304 or status in _REDIRECTS:
        upcoming = next_interval(kind, interval, changed)
        return Outcome("done", now + max(upcoming, asked or 0.0), upcoming)
    if status >= 500 or status in _PASSING:
        return after_failure(f"HTTP {status}", attempts, interval, now, asked or 0.0)
    attempts += 1
    gone = status == 410 or attempts >= GONE_BEFORE_DEAD
    return Outcome(
        "dead" if gone else "failed", now + DAY * 7 ** (attempts - 1), interval, attempts, f"HTTP {status}"
    )


def after_failure(
    reason: str, attempts: int, interval: float | None, now: float, at_least: float = 0.0
) -> Outcome:
    """The outcome when no usable answer came; it is tried again, ever later, and then given up."""
    attempts += 1
    wait = max(at_least, retry_after_failure(attempts))
    return Outcome(
        "dead" if attempts >= RETRIES_BEFORE_DEAD else "pending", now + wait, interval, attempts, reason
    )


def refused(reason: str, interval: float | None, now: float) -> Outcome:
    """The outcome of an address that must not be fetched: by robots.txt, or by the guard."""
    return Outcome("failed", now + 7 * DAY, interval, 0, reason)


def is_redirect(status: int) -> bool:
    """Whether a status sends the client to its Location."""
    return status in _REDIRECTS
