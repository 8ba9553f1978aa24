"""Which hosts share text: for each pair of hosts how many stories, how late, and with which damage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import combinations
from statistics import median

CHINA = timezone(timedelta(hours=8))
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Appearance:
    """One member of a cluster. `date`: of publication, None where it is not known: a capture tells when
    we came, years later. `damage`: places that repair left open in a thousand characters."""

    host: str
    date: str | None
    damage: float


@dataclass(frozen=True, slots=True)
class HostPair:
    """Two hosts that share `stories`. `first` has them earlier more often (`ahead` times, `behind` times
    later, the rest at the same time or without both dates); `delay_days` is the median lateness of `second`
    in the stories with both dates, None where there is none. The damages are means.
    """

    first: str
    second: str
    stories: int
    ahead: int
    behind: int
    delay_days: float | None
    damage_first: float
    damage_second: float


def host_pairs(clusters: Iterable[Sequence[Appearance]]) -> list[HostPair]:
    """Pairs of different hosts by number of shared stories, then by name. A host counts once a story, with
    its earliest appearance."""
    shared: defaultdict[tuple[str, str], list[tuple[Appearance, Appearance]]] = defaultdict(list)
    for members in clusters:
        earliest: dict[str, Appearance] = {}
        for member in sorted(members, key=_order):
            earliest.setdefault(member.host, member)
        for a, b in combinations(sorted(earliest), 2):
            shared[a, b].append((earliest[a], earliest[b]))
    pairs = [_pair(a, b, both) for (a, b), both in shared.items()]
    return sorted(pairs, key=lambda pair: (-pair.stories, pair.first, pair.second))


def _order(member: Appearance) -> tuple[bool, float, str, float]:
    """Earliest first, what has no date last."""
    date = member.date or "0001"
    return (member.date is None, moment(date), date, member.damage)


def moment(date: str) -> float:
    """Days since the epoch of an ISO 8601 date of any precision; +08:00 where it names no zone."""
    padded = date + "0001-01-01"[len(date) :] if len(date) < 10 else date
    try:
        parsed = datetime.fromisoformat(padded)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC).timestamp() / DAY
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=CHINA)
    return aware.timestamp() / DAY


def _pair(first: str, second: str, both: list[tuple[Appearance, Appearance]]) -> HostPair:
    delays = [moment(b.date) - moment(a.date) for a, b in both if a.date and b.date]
    ahead, behind = sum(delay > 0 for delay in delays), sum(delay < 0 for delay in delays)
    if behind > ahead:
        return _pair(second, first, [(b, a) for a, b in both])
    return HostPair(
        first=first,
        second=second,
        stories=len(both),
        ahead=ahead,
        behind=behind,
        delay_days=round(median(delays), 3) + 0.0 if delays else None,
        damage_first=round(sum(a.damage for a, _ in both) / len(both), 3),
        damage_second=round(sum(b.damage for _, b in both) / len(both), 3),
    )
