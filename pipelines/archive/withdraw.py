"""Withdraw an article, an address or a host: a tombstone, and everything under it out of the catalog."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, Table, bindparam, delete, or_, select, true, update

from pipelines.archive import settled, tombstones
from pipelines.archive.articles import remove_article
from pipelines.archive.drops import remove_drops
from pipelines.archive.record import named_uri
from pipelines.archive.schema import addresses, articles, captures, drops, links, revisits
from pipelines.archive.schema import tombstones as stones
from pipelines.archive.spellings import host_name, host_of, rough_path, written_hosts
from pipelines.errors import UsageError

Kind = Literal["id", "url", "host"]

_ID = re.compile(r"[0-9a-f]{32}")
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z0-9-]+")
_PLAIN_RUN = re.compile(r"[A-Za-z0-9.-]+")


DEAD = {"state": "dead", "failure": tombstones.FAILURE, "lease_owner": None, "lease_until": None}
"""The state of a withdrawn address in the frontier."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is withdrawn. `value`: the id, an address in one of its spellings, or the host by `host_name`."""

    kind: Kind
    value: str

    @property
    def key(self) -> str:
        """Primary key of its tombstone."""
        return f"{tombstones.HOST_PREFIX}{self.value}" if self.kind == "host" else self.value


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What a withdrawal took out of the catalog."""

    target: Target
    articles: int
    captures: int


def target_of(text: str) -> Target:
    """An article's id, a whole address, or a host. Raises UsageError for anything else."""
    text = text.strip()
    if _ID.fullmatch(text):
        return Target("id", text)
    if text.lower().startswith(("http://", "https://")) and host_of(text):
        return Target("url", named_uri(text))
    if _HOST.fullmatch(host := host_name(text)) or _is_ip_address(host := host.strip("[]")):
        return Target("host", host)
    raise UsageError(f"{text!r}: give an article's id (32 hex digits), a whole address, or a host name")


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def address_of(connection: Connection, capture_id: str) -> str | None:
    """The address that a version is of; None where no capture has this id."""
    return connection.scalar(select(captures.c.url).where(captures.c.id == capture_id))


def withdraw(connection: Connection, target: Target, reason: str, at: str) -> Withdrawn:
    """Set the tombstone and take out what it covers, in this transaction.

    The id of a version here stands for its address: the version before would take the place of the one that
    is gone, and a page where one byte changes has another id. What was settled of others forgets what is gone
    at once. The captures' rows stay, marked, so that the archive still accounts for its records; `purge`
    removes those too. Doing it twice changes nothing. The caller holds `settling_alone`. Raises UsageError
    without a reason.
    """
    reason = _given(reason)
    if target.kind == "id" and (url := address_of(connection, target.value)) is not None:
        target = Target("url", url)
    _bar(connection, target, reason, at)
    going = _ids(connection, articles, target)
    clusters = settled.clusters_of(connection, going)
    gone = [one for one in going if remove_article(connection, one)]
    settled.forget(connection, clusters, set(gone))
    rows = _ids(connection, captures, target)
    remove_drops(connection, rows)
    connection.execute(delete(drops).where(_covered(connection, drops, target)))
    marked = update(captures).where(_covered(connection, captures, target)).values(read_state="withdrawn")
    connection.execute(marked)
    if target.kind != "id":
        connection.execute(delete(links).where(_covered(connection, links, target)))
        connection.execute(update(addresses).where(_covered(connection, addresses, target)).values(**DEAD))
    return Withdrawn(target, len(gone), len(rows))


def lift(connection: Connection, target: Target, reason: str, at: str) -> int:
    """Let a target in again; returns how many of its captures wait to be read again.

    Its tombstones, under whatever spelling, stay as the audit lines. What another tombstone covers stays out.
    Raises UsageError without a reason, and for what is not withdrawn.
    """
    reason = _given(reason)
    standing = [stone for stone in stones_on(connection, target) if stone.kind != tombstones.LIFTED]
    if not standing:
        raise UsageError(f"{target.value} is not withdrawn; what is: ipnews withdraw --list")
    for stone in standing:
        this, audit = stones.c.target == stone.target, f"{stone.reason}; lifted {at}: {reason}"
        connection.execute(update(stones).where(this).values(kind=tombstones.LIFTED, reason=audit))
    left = tombstones.load(connection)
    covered = select(captures.c.id, captures.c.url).where(_covered(connection, captures, target))
    rows = connection.execute(covered.where(captures.c.read_state == "withdrawn")).all()
    free = [{"wanted": row.id} for row in rows if not left.cover(row.url, row.id)]
    if free:
        again = update(captures).where(captures.c.id == bindparam("wanted")).values(read_state="pending")
        connection.execute(again, free)
    if target.kind != "id":
        _let_in(connection, target, left)
    return len(free)


def stones_on(connection: Connection, target: Target) -> list[Row[Any]]:
    """The tombstones of a target, lifted ones too: of an address those of each of its spellings."""
    if target.kind != "url":
        return list(connection.execute(select(stones).where(stones.c.target == target.key)))
    covered, rows = tombstones.of("url", target.value), connection.execute(select(stones))
    return [row for row in rows if "://" in row.target and covered.cover(row.target)]


def _let_in(connection: Connection, target: Target, left: tombstones.Tombstones) -> None:
    dead = select(addresses.c.url).where(_covered(connection, addresses, target))
    urls = connection.scalars(dead.where(addresses.c.failure == tombstones.FAILURE)).all()
    if free := [{"wanted": url} for url in urls if not left.cover(url)]:
        alive = {"state": "pending", "failure": None, "attempts": 0}
        connection.execute(
            update(addresses).where(addresses.c.url == bindparam("wanted")).values(**alive), free
        )


def _given(reason: str) -> str:
    if not reason.strip():
        raise UsageError("a withdrawal needs a reason: --reason 'asked for by the publisher, 2026-11-22'")
    return reason.strip()


def _bar(connection: Connection, target: Target, reason: str, at: str) -> None:
    this = stones.c.target == target.key
    known = connection.execute(select(stones.c.kind, stones.c.reason).where(this)).first()
    values = {"kind": target.kind, "reason": reason, "withdrawn_at": at, "purged": False}
    if known is None:
        connection.execute(stones.insert().values(target=target.key, **values))
    elif known.kind == tombstones.LIFTED:
        values["reason"] = f"{known.reason}; {reason}"
        connection.execute(update(stones).where(this).values(**values))


def covered_places(connection: Connection, target: Target) -> dict[str, set[int]]:
    """WARC file -> offsets of the records under a target: captures and revisits."""
    places: dict[str, set[int]] = {}
    for table in (captures, revisits):
        columns = (table.c.warc_file, table.c.warc_offset)
        for file, offset in connection.execute(select(*columns).where(_covered(connection, table, target))):
            places.setdefault(file, set()).add(offset)
    return places


def _ids(connection: Connection, table: Table, target: Target) -> list[str]:
    return sorted(connection.scalars(select(table.c.id).where(_covered(connection, table, target))))


def _covered(connection: Connection, table: Table, target: Target) -> ColumnElement[bool]:
    """Rows of a table under a target, as `Tombstones.cover` has it."""
    if target.kind == "id":
        key = {"captures": "id", "articles": "id"}.get(table.name, "capture_id")
        return table.c[key] == target.value
    host = target.value if target.kind == "host" else host_of(target.value)
    names = written_hosts(host)
    if target.kind == "host" and "host" in table.c:
        return or_(*(table.c.host == name for name in names), *(table.c.host.like(f"%.{n}") for n in names))
    # No column tells it whole: a LIKE would also meet paths that contain a host's name, and pages of like
    # names. What it meets is looked at one by one.
    near = table.c.host.in_(names) if "host" in table.c else _near_host(table, host)
    if target.kind == "url":
        near &= _near_page(table, target.value)
    covering = tombstones.of(target.kind, target.value)
    urls = connection.scalars(select(table.c.url).where(near).distinct())
    return table.c.url.in_([url for url in urls if covering.cover(url)])


def _near_host(table: Table, host: str) -> ColumnElement[bool]:
    """What may be an address of a host; of one beyond ASCII, which has many spellings, every address."""
    return true() if "xn--" in host else table.c.url.icontains(host, autoescape=True)


def _near_page(table: Table, url: str) -> ColumnElement[bool]:
    """What may be an address in other words: it has the longest plain stretch of the path, or escapes."""
    longest = max(_PLAIN_RUN.findall(rough_path(url)), key=len, default="")
    escaped = table.c.url.contains("%", autoescape=True)
    return or_(table.c.url.contains(longest, autoescape=True), escaped) if longest else true()
