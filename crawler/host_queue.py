"""The leased addresses of one host: filled from the frontier, emptied by turns, or by what the host wants."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from sqlalchemy import Connection

from crawler import frontier, hosts
from crawler.frontier import Address
from crawler.manners import HostManners, origin_of

HELD_RETRY = 5.0
"""Seconds until a host that another crawler holds is asked for again."""


@dataclass(frozen=True, slots=True)
class Refill:
    """What a look into the frontier gave: leased addresses, when the next one is due (None: there is none),
    and what was noted of the host (`hosts.asked_for`)."""

    addresses: list[Address]
    due: float | None
    asked_for: tuple[float, float] | None


def refill(connection: Connection, host: str, room: int, owner: str, now: float) -> Refill:
    """Lease up to `room` addresses of a host."""
    leased = frontier.lease(connection, host, room, owner, now)
    # Where all the room was filled more may be due: looking for it costs a look at all that is pending.
    due = now if leased and len(leased) == room else frontier.next_due(connection, [host])
    return Refill(leased, due, hosts.asked_for(connection, host) if leased else None)


@dataclass(slots=True)
class HostQueue:
    """The leased addresses of one host. `due_at`: when the next one not leased yet is due, if none is now."""

    host: str
    manners: HostManners
    addresses: deque[Address] = field(default_factory=deque)
    exhausted: bool = False
    asking_robots: bool = False
    due_at: float = math.inf

    @property
    def busy(self) -> bool:
        """Whether this crawler holds addresses of the host."""
        return bool(self.addresses) or self.manners.active > 0

    def fill(self, given: Refill, now: float) -> None:
        """Take over what was leased, and what an earlier crawl or another crawler noted of the host."""
        self.addresses.extend(given.addresses)
        if given.asked_for is not None:
            self.manners.recall(*given.asked_for, now)
        self.due_at = given.due if given.due is not None else math.inf
        if self.due_at <= now:
            if given.addresses:
                self.exhausted = False
            else:
                self.due_at = now + HELD_RETRY

    def give_back(self) -> list[str]:
        """Empty the queue until the host may be asked again; returns the addresses that were in it."""
        urls = [address.url for address in self.addresses]
        self.addresses.clear()
        self.exhausted, self.due_at = True, self.manners.next_at
        return urls

    def put_off(self, origin: str, until: float) -> None:
        """Drop the addresses of one origin, which are due again at `until`; those of the others stay."""
        self.addresses = deque(each for each in self.addresses if origin_of(each.url) != origin)
        self.due_at = min(self.due_at, until)
