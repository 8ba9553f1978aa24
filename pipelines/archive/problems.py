"""A fault that was found, and what to type for the commonest ones."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: where, what was seen, and what to type or do."""

    where: str
    seen: str
    remedy: str

    def line(self) -> str:
        """The problem in one line."""
        return f"{self.where}: {self.seen}; {self.remedy}"


PUT_BACK = "put the file back, or make a new archive of what is left: ipnews backfill OLD/warc --archive NEW"
TAKE_IN = "take it in: ipnews backfill ARCHIVE/warc --again"
"""Again, or what a backfill has brought would count as done."""
REREAD = "read it again: ipnews backfill --own --host {host}"
"""With the host, or nothing would be: --own alone takes what another version of the rules has read."""
SETTLE_ANEW = "settle all anew: ipnews copies --rebuild"
