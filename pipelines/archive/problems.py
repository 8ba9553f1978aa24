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


READ_AGAIN = "put the file back, or read what is left of it: ipnews backfill --own"
TAKE_IN = "take it in: ipnews backfill ARCHIVE/warc"
REREAD = "read it again: ipnews backfill --own"
SETTLE_ANEW = "settle all anew: ipnews copies --rebuild"
