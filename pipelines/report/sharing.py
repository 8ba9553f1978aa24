"""Which hosts share text, and how late, as one SVG: a matrix of shared stories beside strips of delays.

Pure: numbers in, markup out; every name is escaped. Rows are the hosts that had a story first, columns those
that had it later. Delays are in days, drawn on a logarithmic scale because mirrors copy after minutes or
after years.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from statistics import median

from pipelines.dedupe.hosts import Appearance, moment

_CELL = 30
_CHARACTER = 7
"""Room for a letter of a label, at 12 px: looked at with DejaVu Sans, which is a wide font."""
_LONGEST = 36
"""Letters of a name that are drawn; its cells and dots tell it whole."""
_SLANT = math.radians(50)
_STRIP = 430
_TICKS = (
    (1 / 24, "1 h"),
    (1.0, "1 day"),
    (7.0, "1 week"),
    (30.0, "1 month"),
    (365.0, "1 year"),
    (3650.0, "10 y"),
)


@dataclass(frozen=True, slots=True)
class Sharing:
    """Stories that `earlier` had before `later`; `delays` in days, one a story whose dates are known."""

    earlier: str
    later: str
    stories: int
    delays: tuple[float, ...] = ()


def sharings(clusters: Iterable[Sequence[Appearance]]) -> tuple[Sharing, ...]:
    """Who had stories before whom. A host counts once a story, with its earliest appearance that has a date;
    delays are those behind the story's first appearance, so that a chain of copies is not counted twice."""
    stories: Counter[tuple[str, str]] = Counter()
    delays: dict[tuple[str, str], list[float]] = {}
    for members in clusters:
        seen: dict[str, float] = {}
        for member in members:
            if member.date is None:
                continue
            day = moment(member.date)
            seen[member.host] = min(day, seen.get(member.host, day))
        ordered = sorted(seen.items(), key=lambda host: (host[1], host[0]))
        for number, (later, day) in enumerate(ordered):
            stories.update((earlier, later) for earlier, before in ordered[:number] if before < day)
            if number and day > ordered[0][1]:
                delays.setdefault((ordered[0][0], later), []).append(day - ordered[0][1])
    return tuple(
        Sharing(*pair, count, tuple(sorted(delays.get(pair, ())))) for pair, count in sorted(stories.items())
    )


MOST = 24
"""Hosts that are drawn: so many labels fit a page. `ipnews copies --hosts --json` has every pair."""


def host_count(sharings: Sequence[Sharing]) -> int:
    """Hosts that share any story."""
    return len({host for sharing in sharings for host in (sharing.earlier, sharing.later)})


def matrix(sharings: Sequence[Sharing], most: int = MOST) -> str:
    """The matrix, for the `most` hosts that share most; "" when nothing is shared."""
    hosts = _hosts(sharings, most)
    count = {(s.earlier, s.later): s.stories for s in sharings}
    if not hosts:
        return ""
    top = max(count[pair] for pair in count)
    left = _label_width(hosts)
    above = 10 + int(left * math.sin(_SLANT))
    body = [_column_label(host, left + number * _CELL + 19, above - 8) for number, host in enumerate(hosts)]
    for row, earlier in enumerate(hosts):
        y = above + row * _CELL
        body.append(_row_label(left, y + 20, earlier))
        for column, later in enumerate(hosts):
            body.append(_cell(left + column * _CELL, y, count.get((earlier, later), 0), top, earlier, later))
    width, height = left + _CELL * len(hosts) + int(left * math.cos(_SLANT)), above + _CELL * len(hosts)
    return _svg(width, height, "Stories that the host of the row had before the host of the column", body)


def strips(sharings: Sequence[Sharing], most: int = MOST) -> str:
    """How late each host copies: a dot a story, a bar at the median; "" when no delay is known."""
    delays: dict[str, list[float]] = {}
    for sharing in sharings:
        delays.setdefault(sharing.later, []).extend(sharing.delays)
    rows = sorted(((median(days), host, days) for host, days in delays.items() if days))[:most]
    if not rows:
        return ""
    left, height = _label_width([host for _, host, _ in rows]), 40 + 26 * len(rows)
    body = [_tick(left + _x(days), height, name) for days, name in _TICKS]
    for number, (middle, host, days) in enumerate(rows):
        body += _strip(left, 46 + 26 * number, host, days, middle)
    return _svg(left + _STRIP + 40, height, "Delay of each copied story behind its first appearance", body)


def _hosts(sharings: Sequence[Sharing], most: int) -> list[str]:
    shared: dict[str, int] = {}
    first: dict[str, int] = {}
    for sharing in sharings:
        for host in (sharing.earlier, sharing.later):
            shared[host] = shared.get(host, 0) + sharing.stories
        first[sharing.earlier] = first.get(sharing.earlier, 0) + sharing.stories
    kept = sorted(shared, key=lambda host: (-shared[host], host))[:most]
    return sorted(kept, key=lambda host: (-first.get(host, 0), host))


def _label_width(hosts: Iterable[str]) -> int:
    return 14 + _CHARACTER * max(len(_short(host)) for host in hosts)


def _short(host: str) -> str:
    return host if len(host) <= _LONGEST else host[: _LONGEST - 1] + "…"


def _row_label(left: int, y: int, host: str) -> str:
    return f'<text x="{left - 8}" y="{y}" text-anchor="end">{escape(_short(host))}</text>'


def _column_label(host: str, x: int, y: int) -> str:
    slant = math.degrees(_SLANT)
    return f'<text transform="translate({x} {y}) rotate(-{slant:.0f})">{escape(_short(host))}</text>'


def _tick(x: float, height: int, name: str) -> str:
    return (
        f'<g class="tick"><line x1="{x:.1f}" x2="{x:.1f}" y1="24" y2="{height - 6}"/>'
        f'<text x="{x:.1f}" y="16" text-anchor="middle">{name}</text></g>'
    )


def _cell(x: int, y: int, stories: int, top: int, earlier: str, later: str) -> str:
    shade = math.log1p(stories) / math.log1p(top)
    title = f"{stories} stories: {earlier} first, {later} later"
    label = f'<text x="{x + 14}" y="{y + 19}" text-anchor="middle">{stories}</text>' if stories else ""
    strong = ' class="strong"' if shade > 0.55 else ""
    return (
        f'<g{strong}><title>{escape(title)}</title><rect x="{x}" y="{y}" width="28" height="28" rx="3" '
        f'style="fill-opacity:{shade:.2f}"/>{label}</g>'
    )


def _strip(left: int, y: int, host: str, days: Sequence[float], middle: float) -> Iterator[str]:
    yield _row_label(left, y + 4, host)
    for value in days:
        yield f'<circle cx="{left + _x(value):.1f}" cy="{y}" r="4"/>'
    bar = f'x="{left + _x(middle) - 1.5:.1f}" y="{y - 9}" width="3" height="18"'
    yield f"<rect {bar}><title>{escape(host)}: median {middle:.1f} days</title></rect>"


def _x(days: float) -> float:
    """Position of a delay: logarithmic from an hour to ten years, earlier ones at the left edge."""
    low, high = math.log(1 / 24), math.log(3650)
    share = (math.log(max(days, 1 / 24)) - low) / (high - low)
    return 10 + _STRIP * min(share, 1.0)


def _svg(width: int, height: int, label: str, body: Sequence[str]) -> str:
    """As wide as there is room, within a size at which letters can be read and not above the page's."""
    size = f"min-width: {0.88 * width:.0f}px; max-width: {1.25 * width:.0f}px"
    return (
        f'<svg viewBox="0 0 {width} {height}" style="{size}" role="img" aria-label="{escape(label)}">'
        f"{''.join(body)}</svg>"
    )
