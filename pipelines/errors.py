"""Every error a user can meet, in one tree.

A message says what was seen, where, and what to type next. The exit code of the process is a property of
the class, so that no caller has to know a second list: 1 done with failures, 2 wrong use or configuration,
3 stopped and resumable, 4 archive damaged.
"""

from __future__ import annotations


class IpnewsError(Exception):
    """The root. `str(error)` is one line that can be shown to a user as it is."""

    exit_code = 1


class UsageError(IpnewsError):
    """Wrong use of a command, or a setting that cannot be meant."""

    exit_code = 2


class SiteFileError(UsageError):
    """A declaration in `data/sites/` cannot be used; names the file, the key and the remedy."""

    def __init__(self, file: str, key: str, seen: str, remedy: str) -> None:
        super().__init__(f"{file}: {key}: {seen}; {remedy}")
        self.file, self.key, self.seen, self.remedy = file, key, seen, remedy


class TableError(UsageError):
    """A table shipped with the project does not match its digest or cannot be read."""


class SourceError(UsageError):
    """A backfill source that cannot be opened at all (a damaged record inside one is a Drop)."""


class ArchiveError(IpnewsError):
    """The archive cannot be trusted as it lies there."""

    exit_code = 4


class ArchiveUnwritable(UsageError):
    """No space, no permission, a read-only file system. What was written before is valid."""


class ArchiveBusy(UsageError):
    """Another crawl holds this archive."""


class SchemaError(UsageError):
    """The archive or an export has a schema that this version cannot read."""


class ExportError(UsageError):
    """The destination refused: credentials, bucket, space, or content that reads back differently."""


class Stopped(IpnewsError):
    """A limit or a signal ended the work early; the same command goes on from here."""

    exit_code = 3
