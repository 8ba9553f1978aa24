"""Which articles an export takes: current canonical articles about IP, unless told otherwise."""

from __future__ import annotations

import re
import shlex
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from pipelines.archive.spellings import host_of
from pipelines.errors import UsageError
from pipelines.export.rows import Derived, ExportRow
from pipelines.records import Article, Settled

RELEVANCE_FLOOR = 0.2
"""Below it an article is taken for news of another field. Measured: of the 66 stories on IP written for the
bundled network the least relevant has 0.23, the 5 others have 0.00; of 126 general news pages (the reference
set of 2011-12) 3 lie above. Missing an article is worse here than one too many: the score goes along."""

Topics = Literal["ip", "all"]
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Filters:
    """What to take. Days are inclusive, of the date of publication as printed; unknown dates fall outside
    any window. `sites` are declared names or hosts; `sources` are publishers as printed or normalised.

    Raises UsageError for a day that is none and for an unknown topic.
    """

    copies: bool = False
    topics: Topics = "ip"
    sites: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None

    def __post_init__(self) -> None:
        if self.topics not in ("ip", "all"):
            raise UsageError(f"--topics {self.topics}: type --topics ip or --topics all")
        for name in ("since", "until"):
            _check_day(name, getattr(self, name))
        if self.since and self.until and self.since > self.until:
            raise UsageError(
                f"--since {self.since} is after --until {self.until}: no day lies between; swap them"
            )

    def selects(self, article: Article | ExportRow, settled: Settled | Derived | None) -> bool:
        """Whether an article belongs to the export. A version that a newer one supersedes never does, nor a
        page that asks for no archived copy."""
        if article.noarchive:
            return False
        if settled is not None:
            if settled.superseded_by is not None:
                return False
            if not self.copies and not settled.canonical:
                return False
        if self.topics == "ip" and article.relevance < RELEVANCE_FLOOR:
            return False
        return self._from_wanted_place(article) and self._in_window(article, settled)

    def _from_wanted_place(self, article: Article | ExportRow) -> bool:
        if self.sites and article.site not in self.sites and host_of(article.url) not in self.sites:
            return False
        return not self.sources or not {article.source, *article.sources}.isdisjoint(self.sources)

    def _in_window(self, article: Article | ExportRow, settled: Settled | Derived | None) -> bool:
        if not (self.since or self.until):
            return True
        published = article.date_published or (settled and settled.date_published)
        if not published:
            return False
        day = published[:10]
        # A date known to the month or the year alone is inside when the whole of it is.
        first, last = day + "-01-01"[len(day) - 4 :], _last_day(day)
        return (not self.since or first >= self.since) and (not self.until or last <= self.until)

    def as_json(self) -> dict[str, Any]:
        """For the manifest: the filters and the floor that decided."""
        return asdict(self) | {"relevance_floor": RELEVANCE_FLOOR if self.topics == "ip" else 0.0}


def _last_day(day: str) -> str:
    """The last day of a day, month or year."""
    whole = day + "-12-31"[len(day) - 4 :]
    year, month, last = map(int, whole.split("-"))
    return f"{whole[:8]}{min(last, monthrange(year, month)[1]):02}"


def typed(filters: Mapping[str, Any]) -> str:
    """The options that take what these filters took (`as_json` of a manifest, of a commit), each behind a
    blank: the export given again without them would become another one."""
    words = ["--copies"] if filters.get("copies") else []
    words += ["--topics", "all"] if filters.get("topics") == "all" else []
    for name in ("site", "source"):
        words += [word for value in filters.get(f"{name}s") or () for word in (f"--{name}", str(value))]
    for name in ("since", "until"):
        words += [f"--{name}", str(filters[name])] if filters.get(name) else []
    return "".join(f" {shlex.quote(word)}" for word in words)


def _check_day(name: str, day: str | None) -> None:
    try:
        if day is not None and (not _DAY.fullmatch(day) or not date.fromisoformat(day)):
            raise ValueError
    except ValueError:
        raise UsageError(f"--{name} {day}: no such day; type it as YYYY-MM-DD") from None
