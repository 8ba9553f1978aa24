"""robots.txt fail-closed, Retry-After, back-off."""

from __future__ import annotations

import math
from email.utils import formatdate
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.manners import (
    MAX_CRAWL_DELAY,
    RETRY_AFTER_MOST,
    ROBOTS_LIMIT,
    HostManners,
    read_robots,
    retry_after,
)
from pipelines.sites import Pace

NOW = 1_800_000_000.0
SITE = "http://www.example.org"


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, None])
def test_robots_that_cannot_be_had_disallow_everything(status: int | None) -> None:
    robots = read_robots(status, b"User-agent: *\nAllow: /", NOW)
    assert not robots.allows(f"{SITE}/a")
    assert robots.until > NOW


def test_robots_are_asked_for_again_ever_later() -> None:
    waits = [read_robots(503, b"", NOW, failures).until - NOW for failures in range(12)]
    assert waits == sorted(waits)
    assert waits[0] == 5
    assert waits[-1] == 86_400


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 301])
def test_robots_that_are_not_there_allow(status: int) -> None:
    assert read_robots(status, b"User-agent: *\nDisallow: /", NOW).allows(f"{SITE}/a")


def test_rules_of_our_group_hold() -> None:
    body = b"User-agent: *\nDisallow: /\n\nUser-agent: IPNEWS\nDisallow: /private\nCrawl-delay: 7\n"
    robots = read_robots(200, body, NOW)
    assert robots.allows(f"{SITE}/a")
    assert not robots.allows(f"{SITE}/private/x")
    assert robots.crawl_delay == 7


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_rules_in_other_encodings_hold(encoding: str) -> None:
    rules = read_robots(200, "User-agent: *\nDisallow: /shut\nDisallow: /专利/\n".encode(encoding), NOW)
    assert not rules.allows("http://a.test/shut/1")
    assert rules.allows("http://a.test/open")
    assert not rules.allows(f"http://a.test/{quote('专利')}/1")


def test_longest_match_and_wildcards() -> None:
    robots = read_robots(200, b"User-agent: *\nDisallow: /*.php$\nAllow: /show.php\nDisallow: /a\n", NOW)
    assert robots.allows(f"{SITE}/show.php")
    assert not robots.allows(f"{SITE}/list.php")
    assert robots.allows(f"{SITE}/list.php?x=1")


def test_robots_are_cut_at_a_line_of_500_kib() -> None:
    filler = b"# " + b"x" * 61 + b"\n"
    body = b"User-agent: *\nDisallow: /a\n" + filler * (ROBOTS_LIMIT // len(filler) + 1) + b"Disallow: /b\n"
    robots = read_robots(200, body, NOW)
    assert not robots.allows(f"{SITE}/a")
    assert robots.allows(f"{SITE}/b")


@pytest.mark.parametrize("delay", [b"-5", b"nan", b"1e400", b"soon", b"86400"])
def test_strange_crawl_delays_stay_within_bounds(delay: bytes) -> None:
    robots = read_robots(200, b"User-agent: *\nCrawl-delay: " + delay, NOW)
    assert 0 <= robots.crawl_delay <= MAX_CRAWL_DELAY


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_robots_txt(body: bytes) -> None:
    read_robots(200, b"User-agent: *\n" + body, NOW).allows(f"{SITE}/a")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        (formatdate(NOW + 90, usegmt=True), 90.0),
        (formatdate(NOW - 90, usegmt=True), 0.0),
        ("999999999999999999999", RETRY_AFTER_MOST),
        ("Wed, 21 Oct 2099 07:28:00 GMT", RETRY_AFTER_MOST),
        ("-1", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("Wed, 99 Oct 2099 07:28:00 GMT", None),
    ],
)
def test_retry_after_in_both_forms(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


def test_one_connection_and_the_pause_between_requests() -> None:
    manners = HostManners(Pace(delay=3.0))
    assert manners.wait(NOW) == 0
    manners.started(f"{SITE}/a", NOW)
    assert manners.wait(NOW + 100) == math.inf
    manners.answered(f"{SITE}/a", 200, None, NOW + 1)
    assert manners.wait(NOW + 1) == 3


def test_crawl_delay_is_kept_where_it_is_longer() -> None:
    manners = HostManners(Pace(delay=1.0))
    manners.learn_robots(SITE, read_robots(200, b"User-agent: *\nCrawl-delay: 5", NOW), NOW - 2)
    assert manners.wait(NOW) == 3, "it counts from the answer that told it"
    manners.started(f"{SITE}/a", NOW)
    manners.answered(f"{SITE}/a", 200, None, NOW)
    assert manners.wait(NOW) == 5


@pytest.mark.parametrize("status", [429, 503])
def test_trouble_slows_the_host_and_good_answers_speed_it_up_again(status: int) -> None:
    manners = HostManners(Pace(delay=0.0))
    waits = []
    for turn, answer in enumerate([status, status, status, 200, 200, 200, 200, 200]):
        manners.started(f"{SITE}/a", NOW + turn * 1000)
        manners.answered(f"{SITE}/a", answer, None, NOW + turn * 1000)
        waits.append(manners.wait(NOW + turn * 1000))
    assert waits[:3] == [1, 2, 4]
    assert waits[3:] == [4, 2, 1, 0, 0]


def test_retry_after_is_obeyed_by_the_whole_host() -> None:
    manners = HostManners(Pace(delay=0.0))
    manners.started(f"{SITE}/a", NOW)
    manners.answered(f"{SITE}/a", 503, 120.0, NOW)
    assert manners.wait(NOW) == 120


def test_a_host_rests_when_it_wants_more_than_patience_and_its_pace() -> None:
    manners = HostManners(Pace(delay=0.0))
    manners.learn_robots(SITE, read_robots(200, b"User-agent: *\nCrawl-delay: 100", NOW), NOW)
    assert not manners.rests(NOW, patience=0.0), "a Crawl-delay is waited for"
    manners.answered(f"{SITE}/a", 429, 101.0, NOW)
    assert manners.rests(NOW, patience=0.0)
    assert not manners.rests(NOW, patience=101.0)
    assert not manners.rests(NOW + 1, patience=0.0)


def test_what_was_noted_of_a_host_counts_if_it_is_newer() -> None:
    manners = HostManners(Pace(delay=0.0))
    manners.recall(NOW + 60, 8.0, NOW)
    assert (manners.wait(NOW), manners.penalty) == (60, 8.0)
    manners.recall(NOW + 50, 0.0, NOW)
    assert (manners.wait(NOW), manners.penalty) == (60, 8.0)
    manners.recall(NOW + 1e9, 8.0, NOW)
    assert manners.wait(NOW) == RETRY_AFTER_MOST, "written by a clock gone wrong"


def test_silence_slows_the_host() -> None:
    manners = HostManners(Pace(delay=0.0))
    manners.started(f"{SITE}/a", NOW)
    manners.failed(f"{SITE}/a", NOW)
    assert manners.wait(NOW) == 1
