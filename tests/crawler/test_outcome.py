"""States and times of addresses after answers and failures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.outcome import after_answer, after_failure
from crawler.timing import DAY, RETRIES_BEFORE_DEAD, next_interval, retry_after_failure

NOW = 1_800_000_000.0
KINDS = ["feed", "sitemap", "list", "article", "unknown"]


@given(st.sampled_from(KINDS), st.lists(st.booleans(), max_size=40))
def test_intervals_follow_the_changes_and_stay_within_bounds(kind: str, changes: list[bool]) -> None:
    interval = next_interval(kind, None, True)
    for changed in changes:
        following = next_interval(kind, interval, changed)
        assert 600 <= following <= 180 * DAY
        assert following <= interval if changed else following >= interval
        interval = following


@pytest.mark.parametrize("kind", KINDS)
def test_half_of_the_visits_changed_keeps_the_interval(kind: str) -> None:
    first = next_interval(kind, None, True)
    assert next_interval(kind, next_interval(kind, first, False), True) == first


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 408])
def test_passing_trouble_is_tried_again_and_given_up_in_the_end(status: int) -> None:
    attempts, dues = 0, []
    while True:
        outcome = after_answer("article", status, attempts, None, True, None, NOW)
        dues.append(outcome.due)
        attempts = outcome.attempts
        if outcome.state == "dead":
            break
        assert outcome.state == "pending"
    assert attempts == RETRIES_BEFORE_DEAD
    assert dues == sorted(dues)


def test_retry_after_of_an_address_is_obeyed() -> None:
    assert after_answer("article", 503, 0, None, True, 77.0, NOW).due == NOW + 77


def test_404_is_asked_thrice_and_410_once() -> None:
    first = after_answer("article", 404, 0, None, True, None, NOW)
    assert (first.state, first.attempts) == ("failed", 1)
    assert after_answer("article", 404, 2, None, True, None, NOW).state == "dead"
    assert after_answer("article", 410, 0, None, True, None, NOW).state == "dead"


@pytest.mark.parametrize("status", [200, 206, 301, 302, 304, 307, 308])
def test_good_answers_forget_failures(status: int) -> None:
    outcome = after_answer("list", status, 5, None, True, None, NOW)
    assert (outcome.state, outcome.attempts, outcome.failure) == ("done", 0, None)


def test_three_tries_within_a_minute() -> None:
    assert sum(retry_after_failure(attempt) for attempt in (1, 2)) < 60
    assert after_failure("silence", 0, None, NOW).due == NOW + 2
