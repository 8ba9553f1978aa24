"""How one host is treated: robots.txt read fail-closed (RFC 9309), pace, Retry-After, back-off.

Pure apart from the state that a `HostManners` is; `now` is always given, in seconds since the epoch.
"""

from __future__ import annotations

import codecs
import math
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

from protego import Protego

from crawler.timing import DAY, HOUR
from pipelines.sites import Pace

AGENT_TOKEN = "ipnews"
"""The product token that robots.txt groups are matched against (RFC 9309, 2.2.1)."""

ROBOTS_LIMIT = 500 * 1024
"""Bytes of robots.txt that are read: the least that RFC 9309 (2.5) allows to parse."""
ROBOTS_HOPS = 5
"""Redirects followed for robots.txt; beyond them it counts as unavailable (RFC 9309, 2.3.1.2)."""
ROBOTS_LIFETIME = DAY
"""A copy of robots.txt is not used for longer than 24 hours (RFC 9309, 2.4)."""
ROBOTS_RETRY = 5.0
"""Seconds until robots.txt is asked for again when it could not be had: 5, 40, 320 ... up to a day. The first
distance is for a connection that was cut, the next ones for a server in trouble."""
MAX_CRAWL_DELAY = HOUR
"""A longer Crawl-delay is taken for a wish not to be crawled in this run: one page an hour at most."""

_SLOW_START, _SLOW_MOST = 1.0, HOUR
"""Back-off of a host that says 429, 503 or nothing: 1 s, doubled for each in a row. Half of it goes with each
good answer, so that a host that just recovered is not run over at once."""
SHORT_PAUSE = 30.0
"""Seconds that every crawl waits for a host: five failures in a row, a short overload."""
RETRY_AFTER_MOST = DAY
"""A longer Retry-After is cut to this: the address would otherwise be lost to a clock gone wrong."""

Verdict = Literal["allow", "disallow", "rules"]


@dataclass(frozen=True, slots=True)
class Robots:
    """What robots.txt of one origin says. `verdict` disallow: it could not be had, nothing may be taken.

    `failures`: how often in a row it could not be had.
    """

    verdict: Verdict
    until: float
    parser: Protego | None = None
    crawl_delay: float = 0.0
    failures: int = 0

    def allows(self, url: str) -> bool:
        """Whether an address of this origin may be fetched; robots.txt itself always may."""
        if self.verdict != "rules" or self.parser is None:
            return self.verdict == "allow"
        return bool(self.parser.can_fetch(url, AGENT_TOKEN))

    def sitemaps(self) -> tuple[str, ...]:
        """The Sitemap lines."""
        return tuple(self.parser.sitemaps) if self.parser else ()


def read_robots(status: int | None, body: bytes, now: float, failures: int = 0) -> Robots:
    """Robots.txt from the answer to it; `status` None: no answer. `failures` in a row before this one.

    4xx: there are no rules. 5xx, 429 and silence: everything is disallowed until it is asked for again
    (RFC 9309, 2.3.1.4; 429 is counted with them because it says nothing about the rules).
    """
    if status is not None and 200 <= status < 300:
        return _parsed(body, now)
    if status is not None and 300 <= status < 500 and status != 429:
        return Robots("allow", now + ROBOTS_LIFETIME)
    wait = min(DAY, ROBOTS_RETRY * 8.0 ** min(failures, 10))
    return Robots("disallow", now + wait, failures=failures + 1)


def _parsed(body: bytes, now: float) -> Robots:
    if len(body) > ROBOTS_LIMIT:
        body = body[: body.rfind(b"\n", 0, ROBOTS_LIMIT) + 1]
    parser = Protego.parse(_decoded(body))
    delay = parser.crawl_delay(AGENT_TOKEN) or 0.0
    rate = parser.request_rate(AGENT_TOKEN)
    if rate and rate.requests:
        delay = max(delay, rate.seconds / rate.requests)
    if not math.isfinite(delay) or delay < 0:
        delay = 0.0
    return Robots("rules", now + ROBOTS_LIFETIME, parser, min(delay, MAX_CRAWL_DELAY))


def _decoded(body: bytes) -> str:
    """UTF-8 as RFC 9309 (2.3) has it, with or without its mark; else what a mark says, or what mirrors save
    their files in, GB18030."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        marked = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        text = body.decode("utf-16" if marked else "gb18030", errors="replace")
    return text.replace("\x00", "")


def retry_after(value: str | None, now: float) -> float | None:
    """Seconds to wait by a Retry-After: delay-seconds or HTTP-date (RFC 9110, 10.2.3); None if unusable."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return min(float(value[:12]), RETRY_AFTER_MOST)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    at = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(0.0, at.timestamp() - now), RETRY_AFTER_MOST)


@dataclass(slots=True)
class HostManners:
    """One host: what it allows and when it may be asked next. `pace` is its declaration's."""

    pace: Pace
    robots: dict[str, Robots] = field(default_factory=dict)
    active: int = 0
    next_at: float = 0.0
    penalty: float = 0.0

    def delay(self, origin: str) -> float:
        """Seconds between two requests: the larger of declaration and robots.txt, and the back-off."""
        robots = self.robots.get(origin)
        return max(self.pace.delay, robots.crawl_delay if robots else 0.0, self.penalty)

    def wait(self, now: float) -> float:
        """Seconds until a request may go; 0 is now, infinite while all connections are in use."""
        if self.active >= self.pace.connections:
            return math.inf
        return max(0.0, self.next_at - now)

    def rests(self, now: float, patience: float) -> bool:
        """Whether the host wants to be left alone for longer than `patience` seconds, and than pauses that
        every crawl waits for. Its pace is one: else no page would ever come after a long Crawl-delay."""
        wait = self.next_at - now
        if wait <= max(patience, SHORT_PAUSE, self.pace.delay):
            return False
        return wait > max((robots.crawl_delay for robots in self.robots.values()), default=0.0)

    def recall(self, next_at: float, penalty: float, now: float) -> None:
        """Take over what was noted of the host, by an earlier crawl or another crawler, if it is newer."""
        next_at = min(next_at, now + RETRY_AFTER_MOST)
        if next_at > self.next_at:
            self.next_at, self.penalty = next_at, penalty

    def started(self, url: str, now: float) -> None:
        """A request goes out."""
        self.active += 1
        self.next_at = max(self.next_at, now + self.delay(origin_of(url)))

    def answered(self, url: str, status: int, asked_to_wait: float | None, now: float) -> None:
        """An answer came. `asked_to_wait`: seconds of its Retry-After, which is obeyed under any status."""
        self.active = max(0, self.active - 1)
        if status in (429, 503):
            self.slow_down()
        else:
            self.penalty = self.penalty / 2 if self.penalty > _SLOW_START else 0.0
        if status in (429, 503) or (asked_to_wait and status >= 300):
            self.next_at = max(self.next_at, now + max(asked_to_wait or 0.0, self.penalty))
        # The pause is counted from the answer too: a server that needs long for a page is not pressed.
        self.next_at = max(self.next_at, now + self.delay(origin_of(url)))

    def failed(self, url: str, now: float) -> None:
        """No answer came: connection refused or lost, or no end of waiting."""
        self.active = max(0, self.active - 1)
        self.slow_down()
        self.next_at = max(self.next_at, now + self.delay(origin_of(url)))

    def slow_down(self) -> None:
        """Double the back-off (429, 503, silence, a page that shows a block or a captcha)."""
        self.penalty = min(_SLOW_MOST, max(_SLOW_START, self.penalty * 2))

    def robots_for(self, url: str, now: float) -> Robots | None:
        """The rules in force for an address; None when robots.txt has to be asked for first."""
        robots = self.robots.get(origin_of(url))
        return robots if robots and now < robots.until else None

    def robots_failures(self, origin: str) -> int:
        """How often in a row the robots.txt of an origin could not be had."""
        robots = self.robots.get(origin)
        return robots.failures if robots else 0

    def learn_robots(self, origin: str, robots: Robots, now: float) -> None:
        """Keep what robots.txt said; its Crawl-delay counts from the answer that told it."""
        self.robots[origin] = robots
        self.next_at = max(self.next_at, now + self.delay(origin))


@lru_cache(maxsize=1_024)
def origin_of(url: str) -> str:
    """Scheme, host and port: what one robots.txt holds for (RFC 9309, 2.3)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"
