"""Which member of a cluster stands for the story: a fixed rule, and the reason in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ABOUT = 0.02
"""Lengths that differ by less count as equally complete: a byline, a place line, a lost character."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the rule looks at. `confirmed`: another member has the text from beginning to end as well.

    `doubtful` counts lacunae and places that repair did not settle exactly. `date` is when it was published,
    else when it was fetched.
    """

    id: str
    host: str
    characters: int
    doubtful: int
    date: str
    confirmed: bool
    origins: frozenset[str] = frozenset()


def choose(members: Sequence[Candidate]) -> tuple[str, str]:
    """(id, reason). Does not depend on the order of members. Raises ValueError for none.

    1. A member on a host that other members (or itself) name as the origin. 2. The most complete; where some
    extent is confirmed by a second copy, longer ones that nobody confirms are padded, not more complete.
    3. The least damaged. 4. The earliest. 5. The smallest id, so that there is always one.
    """
    if not members:
        raise ValueError("a cluster has at least one member")
    if len(members) == 1:
        return members[0].id, "only copy"
    origins = frozenset(host for member in members for host in member.origins)
    left, reason = _at_origin(members, origins)
    for name, keep in (
        ("most complete", _complete),
        ("least damaged", _least_damaged),
        ("earliest", _earliest),
    ):
        if len(left) == 1:
            break
        fewer = keep(left)
        if len(fewer) < len(left):
            left, reason = fewer, f"{reason}, {name}" if reason else name
    chosen = min(left, key=lambda member: member.id)
    if len(left) > 1:
        reason = f"{reason}, smallest id" if reason else "smallest id"
    return chosen.id, reason


def _at_origin(members: Sequence[Candidate], origins: frozenset[str]) -> tuple[list[Candidate], str]:
    at_origin = [member for member in members if member.host in origins]
    return (at_origin, "original publisher") if at_origin else (list(members), "")


def _complete(members: list[Candidate]) -> list[Candidate]:
    pool = [member for member in members if member.confirmed] or members
    longest = max(member.characters for member in pool)
    return [member for member in pool if member.characters >= longest * (1 - ABOUT)]


def _least_damaged(members: list[Candidate]) -> list[Candidate]:
    return _least(members, [member.doubtful for member in members])


def _earliest(members: list[Candidate]) -> list[Candidate]:
    return _least(members, [member.date for member in members])


def _least(members: list[Candidate], marks: Sequence[int] | Sequence[str]) -> list[Candidate]:
    best = min(marks)
    return [member for member, mark in zip(members, marks, strict=True) if mark == best]
