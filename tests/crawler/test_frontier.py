"""The frontier on SQLite and on PostgreSQL: leases, order, exclusion, expiry, and a model for random runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Executable, delete, event, select

from crawler import census, frontier, hosts
from crawler.discover import Found, priority
from crawler.frontier import LEASE_SECONDS
from crawler.manners import HostManners
from crawler.outcome import after_answer, after_failure
from pipelines.archive.catalog import Catalog
from pipelines.archive.schema import addresses
from pipelines.sites import Pace, Site

NOW = 1_800_000_000.0
HOST = "www.example.org"
Do = Callable[..., Any]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def catalog(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    where: Path | str
    if request.param == "sqlite":
        where = tmp_path_factory.mktemp("archive")
    else:
        where = request.getfixturevalue("database")("frontier")
    with Catalog.open(where) as opened:
        yield opened


@pytest.fixture
def do(catalog: Catalog) -> Do:
    """Runs a function of the frontier in a transaction of its own, on an empty frontier."""

    def run(function: Any, *args: Any, **kwargs: Any) -> Any:
        return catalog.write(lambda connection: function(connection, *args, **kwargs)).result()

    run(lambda connection: connection.execute(delete(addresses)))
    return run


def found(number: int, kind: str = "article", host: str = HOST, depth: int = 1) -> tuple[Found, str | None]:
    url = f"http://{host}/{kind}/{number}"
    return Found(url, host, "example", kind, priority(kind, depth), depth), None  # type: ignore[arg-type]


def urls(leased: list[frontier.Address]) -> list[str]:
    return [address.url for address in leased]


def test_lists_come_before_articles_and_each_is_leased_once(do: Do) -> None:
    do(frontier.add, [found(1), found(2), found(1, "list"), found(1, "feed")], NOW)
    first = do(frontier.lease, HOST, 3, "a", NOW)
    assert [address.kind for address in first] == ["feed", "list", "article"]
    assert urls(do(frontier.lease, HOST, 3, "a", NOW)) == [f"http://{HOST}/article/2"]
    assert do(frontier.lease, HOST, 3, "a", NOW) == []


@pytest.mark.parametrize(
    ("name", "given"),
    [("_DUE", {"of": HOST, "now": NOW, "most": 9}), ("_NEXT_DUE", {"of": [HOST]})],
)
def test_a_look_for_one_host_reads_no_other(tmp_path: Path, name: str, given: dict[str, Any]) -> None:
    """On SQLite, which knows nothing of the rows; PostgreSQL chooses by what it has counted."""
    statement: Executable = getattr(frontier, name)
    with Catalog.open(tmp_path) as opened, opened.read() as connection:
        sql: list[Any] = []
        event.listen(connection, "before_cursor_execute", lambda *seen: sql.append(seen[2:4]))
        connection.execute(statement, given)
        text, bound = sql[-1]  # after BEGIN
        steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", bound)]
    assert len(steps) == 1, "nothing is sorted"
    assert "addresses_next (host=? AND state=?)" in steps[0]


def test_adding_again_changes_nothing_and_counts_what_is_new(do: Do) -> None:
    assert do(frontier.add, [found(1), found(2), found(1, "list")], NOW) == {
        (HOST, True): 2,
        (HOST, False): 1,
    }
    assert do(frontier.add, [found(1), found(3)], NOW) == {(HOST, True): 1}
    assert do(census.known, [HOST]) == {(HOST, True): 3, (HOST, False): 1}


def test_an_outcome_ends_the_lease_and_the_due_time_brings_it_back(do: Do) -> None:
    do(frontier.add, [found(1)], NOW)
    (address,) = do(frontier.lease, HOST, 9, "a", NOW)
    outcome = after_answer("article", 200, 0, None, True, None, NOW)
    do(frontier.conclude, [(address.url, outcome, {"etag": '"x"', "payload_digest": "sha256:1"})])
    assert do(frontier.lease, HOST, 9, "a", NOW) == []
    assert do(frontier.promote, [HOST], NOW) == 0
    later = outcome.due + 1
    assert do(frontier.promote, [HOST], later) == 1
    (again,) = do(frontier.lease, HOST, 9, "a", later)
    assert (again.etag, again.payload_digest, again.interval) == ('"x"', "sha256:1", outcome.interval)


def test_a_failure_waits_and_a_dead_address_stays_dead(do: Do) -> None:
    do(frontier.add, [found(1), found(2)], NOW)
    first, second = do(frontier.lease, HOST, 9, "a", NOW)
    do(frontier.conclude, [(first.url, after_failure("silence", 0, None, NOW), {})])
    do(frontier.conclude, [(second.url, after_answer("article", 410, 0, None, True, None, NOW), {})])
    assert do(frontier.lease, HOST, 9, "a", NOW) == []
    assert do(frontier.next_due, [HOST]) == NOW + 2
    assert urls(do(frontier.lease, HOST, 9, "a", NOW + 3)) == [first.url]
    assert do(frontier.promote, [HOST], NOW, everything=True) == 0
    assert do(frontier.ask_again, [second.url], NOW) == 1


def test_more_addresses_are_asked_for_again_than_a_statement_can_name(do: Do) -> None:
    do(frontier.add, [found(1)], NOW)
    many = [f"http://{HOST}/{n}" for n in range(260_000)]
    assert do(frontier.ask_again, [*many, found(1)[0].url], NOW) == 1


def test_expired_leases_return_and_renewed_ones_stay(do: Do) -> None:
    do(frontier.add, [found(1), found(2)], NOW)
    do(frontier.lease, HOST, 9, "a", NOW)
    do(frontier.renew, "a", NOW + LEASE_SECONDS / 2)
    assert do(frontier.expire, NOW + LEASE_SECONDS + 1, all_owners=False) == 0
    assert do(frontier.expire, NOW + 2 * LEASE_SECONDS, all_owners=False) == 2
    do(frontier.lease, HOST, 9, "a", NOW)
    assert do(frontier.expire, NOW, all_owners=True) == 2


def test_addresses_are_given_back_and_hosts_put_off(do: Do) -> None:
    do(frontier.add, [found(1), found(2), found(3, host="b.example.org")], NOW)
    leased = do(frontier.lease, HOST, 1, "a", NOW)
    assert do(frontier.release, urls(leased)) == 1
    assert do(frontier.postpone, HOST, f"http://{HOST}", NOW + 600, "robots.txt cannot be had") == 2
    for other in (f"https://{HOST}", f"http://{HOST}:8080", "http://www.example.or"):
        assert do(frontier.postpone, HOST, other, NOW + 900, "robots.txt cannot be had") == 0
    assert do(frontier.lease, HOST, 9, "a", NOW + 599) == []
    assert len(do(frontier.lease, "b.example.org", 9, "a", NOW)) == 1
    assert len(do(frontier.lease, HOST, 9, "a", NOW + 601)) == 2
    assert do(frontier.release_all, "a") == 3


def test_what_a_host_asks_for_is_noted_and_overwritten(do: Do) -> None:
    manners = {name: HostManners(Pace()) for name in (HOST, "b.example.org")}
    manners[HOST].recall(NOW + 60, 4.0, NOW)
    do(hosts.note, manners, [HOST, HOST])
    assert do(hosts.asked_for, HOST) == (NOW + 60, 4.0)
    assert do(hosts.asked_for, "b.example.org") is None
    manners[HOST].recall(NOW + 90, 0.0, NOW)
    do(hosts.note, manners, manners)
    assert do(hosts.asked_for, HOST) == (NOW + 90, 0.0)


def test_seeding_keeps_what_is_known(do: Do) -> None:
    site = Site(hosts=(HOST,), name="example", start=(f"http://{HOST}/",), feeds=(f"http://{HOST}/feed",))
    assert do(frontier.seed, site, [], NOW) == {(HOST, False): 2}
    (feed, start) = do(frontier.lease, HOST, 9, "a", NOW)
    assert (feed.kind, start.kind) == ("feed", "list")
    assert do(frontier.seed, site, [f"http://{HOST}", f"http://{HOST}/x", "http://b.example.org/"], NOW) == {
        (HOST, False): 1
    }
    assert urls(do(frontier.lease, HOST, 9, "a", NOW)) == [f"http://{HOST}/x"]


def test_on_postgresql_a_host_belongs_to_one_crawler_and_nothing_is_leased_twice(
    database: Callable[[str], str],
) -> None:
    where = database("several")
    hosts = [f"h{n}.example.org" for n in range(6)]
    with Catalog.open(where) as one, Catalog.open(where) as two, Catalog.open(where) as three:
        one.write(
            lambda c: frontier.add(c, [found(n, host=h) for h in hosts for n in range(30)], NOW)
        ).result()

        def take(opened: Catalog, owner: str) -> list[tuple[str, str]]:
            taken = []
            for turn in range(20):
                host = hosts[(turn + len(owner)) % len(hosts)]
                leased = opened.write(lambda c, h=host: frontier.lease(c, h, 7, owner, NOW)).result()
                taken += [(address.host, address.url) for address in leased]
            return taken

        with ThreadPoolExecutor(3) as pool:
            lists = list(pool.map(take, (one, two, three), ("a", "bb", "ccc")))
    everything = [url for taken in lists for _, url in taken]
    assert len(everything) == len(set(everything)) > 0
    owners = [{host for host, _ in taken} for taken in lists]
    assert not any(mine & theirs for n, mine in enumerate(owners) for theirs in owners[n + 1 :])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["add", "lease", "good", "bad", "release", "later"]), st.integers(0, 9)),
        max_size=30,
    )
)
def test_it_behaves_like_a_dictionary(do: Do, steps: list[tuple[str, int]]) -> None:
    """Against a plain model: what is leased is due and not leased, and nothing is ever lost."""
    do(lambda connection: connection.execute(delete(addresses)))
    model: dict[str, list[Any]] = {}  # url -> [state, due, attempts]
    now = NOW
    for step, number in steps:
        url = found(number)[0].url
        if step == "add":
            do(frontier.add, [found(number)], now)
            model.setdefault(url, ["pending", now, 0])
        elif step == "lease":
            ready = sorted(
                (row[1], key) for key, row in model.items() if row[0] == "pending" and row[1] <= now
            )
            expected = [key for _, key in ready][:number]
            assert urls(do(frontier.lease, HOST, number, "a", now)) == expected
            for key in expected:
                model[key][0] = "leased"
        elif step in ("good", "bad") and model.get(url, [""])[0] == "leased":
            row = model[url]
            outcome = (
                after_answer("article", 200, row[2], None, True, None, now)
                if step == "good"
                else after_failure("silence", row[2], None, now)
            )
            do(frontier.conclude, [(url, outcome, {})])
            model[url] = [outcome.state, outcome.due, outcome.attempts]
        elif step == "release":
            do(frontier.release_all, "a")
            for row in model.values():
                row[0] = "pending" if row[0] == "leased" else row[0]
        elif step == "later":
            now += 3600.0 * number
            do(frontier.promote, [HOST], now)
            for row in model.values():
                row[0] = "pending" if row[0] in ("done", "failed") and row[1] <= now else row[0]
    stored = do(
        lambda c: {row.url: row.state for row in c.execute(select(addresses.c.url, addresses.c.state))}
    )
    assert stored == {url: row[0] for url, row in model.items()}
