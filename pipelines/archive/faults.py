"""What a database says, as one line that tells the user what to do."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from pipelines.archive.disk_faults import SPACE
from pipelines.errors import ArchiveBusy, ArchiveError, ArchiveUnwritable, IpnewsError

REBUILD = "restore the file from a copy, or make a new archive: ipnews backfill OLD/warc --archive NEW"
_LOCKED = (
    "database is locked",
    "database table is locked",
    "lock timeout",
    "could not obtain lock",
    "deadlock detected",
)
_UNWRITABLE = (
    "disk is full",
    "readonly database",
    "read-only",
    "unable to open",
    "disk i/o",
    "no space",
)
_DAMAGED = ("malformed", "not a database", "corrupt")


def explained(error: SQLAlchemyError, where: str) -> IpnewsError:
    """The member of the error tree that says what happened at `where` and what to type."""
    said = " ".join(str(error.orig if isinstance(error, DBAPIError) else error).split())
    seen = said.lower()
    if any(sign in seen for sign in _LOCKED):
        return ArchiveBusy(f"{where}: {said}; another command writes here: wait for it and try again")
    if any(sign in seen for sign in _UNWRITABLE):
        return ArchiveUnwritable(f"{where}: {said}; {SPACE}")
    if any(sign in seen for sign in _DAMAGED):
        return ArchiveError(f"{where}: {said}; {REBUILD}")
    if is_lost_connection(error):
        return ArchiveUnwritable(f"{where}: {said}; check that the database runs and is reachable")
    return ArchiveError(f"{where}: {said}; see what is damaged: ipnews verify")


def is_passing(error: BaseException) -> bool:
    """Whether the same work can be tried again: the database went away, or of two transactions that waited
    for each other it has undone this one."""
    undone = isinstance(error, DBAPIError) and type(error.orig).__name__ == "DeadlockDetected"
    return undone or is_lost_connection(error)


def is_lost_connection(error: BaseException) -> bool:
    """Whether the database went away."""
    if not isinstance(error, DBAPIError):
        return False
    name = type(error.orig).__name__
    return (
        error.connection_invalidated
        or name in ("AdminShutdown", "CannotConnectNow")
        or (name == "OperationalError" and type(error.orig).__module__.startswith("psycopg"))
    )
