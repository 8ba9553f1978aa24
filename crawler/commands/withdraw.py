"""`ipnews withdraw ID|URL|HOST --reason`: out of the archive for good, and out of the next export."""

from __future__ import annotations

import re
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from sqlalchemy import select

from crawler import clock
from crawler.addresses import canonical
from crawler.commands.after import finish
from crawler.commands.explain import resolve
from crawler.commands.inputs import existing, now
from crawler.config import Config
from crawler.console import counted, emit, say
from crawler.lock import without_crawlers
from pipelines.archive import tombstones
from pipelines.archive.captures import newest
from pipelines.archive.catalog import Catalog
from pipelines.archive.cdxj import forget_indexes
from pipelines.archive.purge import purge as purge_records
from pipelines.archive.schema import addresses
from pipelines.archive.schema import tombstones as stones
from pipelines.archive.settling import settling_alone
from pipelines.archive.tombstones import HOST_PREFIX, LIFTED
from pipelines.archive.withdraw import (
    Target,
    address_of,
    covered_places,
    lift,
    stones_on,
    target_of,
    withdraw,
)
from pipelines.errors import ArchiveBusy, UsageError

_BEGINNING = re.compile(r"[0-9a-f]{12,31}")


def run(
    target: str | None = None,
    reason: str = "",
    purge: bool = False,
    listed: bool = False,
    lifted: bool = False,
    archive: Path | None = None,
    json: bool = False,
) -> int:
    """Set the tombstones, take out what they cover, settle what is left; or list them, or lift some."""
    config = existing(archive)
    if listed:
        return _list(config, json)
    if target is None:
        raise UsageError("name what to withdraw: an article's id, an address or a host")
    if json:
        raise UsageError("--json is for --list; what a withdrawal did is told on stderr")
    with _alone(config, purge), Catalog.open(config.catalog_location) as catalog:
        if purge:
            _refuse_beside_leases(catalog)
        for chosen in _targets(catalog, target):
            if lifted:
                _lift(config, catalog, chosen, reason)
            else:
                _withdraw(config, catalog, chosen, reason, purge)
    _, code = finish(config)
    say("Exports follow with their next run: ipnews export --to URI")
    return code


def _targets(catalog: Catalog, text: str) -> list[Target]:
    """What a text stands for: a host, or an address as the frontier keeps it and, where that is another page
    and a capture made by others has it so, as it was typed. An id stands for its address."""
    named = target_of(_whole_id(catalog, text))
    if named.kind == "host":
        return [named]
    with catalog.read() as connection:
        url = address_of(connection, named.value) if named.kind == "id" else named.value
        if url is None:
            raise UsageError(f"no capture here has the id {named.value}; give the address or the host")
        forms = [canonical(url)]
        if not tombstones.of("url", forms[0]).cover(url) and newest(connection, url) is not None:
            forms.append(url)
    if named.kind == "id":
        say(f"{named.value} stands for its page, in all its versions: {url}")
    return [Target("url", form) for form in forms]


def _withdraw(config: Config, catalog: Catalog, chosen: Target, reason: str, purge: bool) -> None:
    with settling_alone(catalog):
        gone = catalog.write(lambda connection: withdraw(connection, chosen, reason, now())).result()
    if gone.articles or gone.captures:
        gone_of = counted(gone.articles, "article", "articles"), counted(gone.captures, "capture", "captures")
        say(f"Withdrawn {chosen.kind} {chosen.value}: {', '.join(gone_of)}")
    else:
        say(
            f"Nothing in the archive is withdrawn by this; {chosen.value} is barred from now on. "
            f"Should it not be: ipnews withdraw --lift {chosen.value} --reason WHY"
        )
    if purge:
        _purge(config, catalog, chosen)


def _lift(config: Config, catalog: Catalog, chosen: Target, reason: str) -> None:
    with catalog.read() as connection:
        kinds = {stone.kind for stone in stones_on(connection, chosen)}
        files = covered_places(connection, chosen)
    forget_indexes(config.archive, files)
    if kinds == {LIFTED}:
        # No slip: a command that was killed is given again, and what it let in waits to be read.
        say(f"Was let in before: {chosen.value}")
        return
    with settling_alone(catalog):
        waiting = catalog.write(lambda connection: lift(connection, chosen, reason, now())).result()
    say(f"Let in again: {chosen.kind} {chosen.value}; {waiting:,} of its captures are read again")


def _list(config: Config, json: bool) -> int:
    """Every tombstone, lifted ones too."""
    with Catalog.open(config.catalog_location, read_only=True) as catalog, catalog.read() as connection:
        rows = connection.execute(select(stones).order_by(stones.c.withdrawn_at, stones.c.target)).all()
    for row in rows:
        what = row.target.removeprefix(HOST_PREFIX)
        if json:
            emit({**row._mapping, "target": what})
            continue
        purged = ", purged" if row.purged else ""
        sys.stdout.write(f"{row.withdrawn_at}  {row.kind}{purged}  {what}  {row.reason}\n")
    if not rows:
        say("Nothing was ever withdrawn from this archive.")
    return 0


def _whole_id(catalog: Catalog, target: str) -> str:
    """The id that a beginning of twelve digits or more stands for: as search and copies print ids."""
    if not _BEGINNING.fullmatch(target):
        return target
    with catalog.read() as connection:
        return resolve(connection, target)


def _alone(config: Config, purge: bool) -> AbstractContextManager[object]:
    """A purge rewrites WARC files: no crawler may append to them meanwhile."""
    if not purge:
        return nullcontext()
    return without_crawlers(config.archive, shared=isinstance(config.catalog_location, str))


def _refuse_beside_leases(catalog: Catalog) -> None:
    """Of crawlers of other machines, which may write into a folder they share, only leases tell."""
    living = select(addresses.c.lease_owner).where(
        addresses.c.state == "leased", addresses.c.lease_until >= clock.now()
    )
    with catalog.read() as connection:
        owner = connection.scalar(living.limit(1)) if catalog.dialect == "postgresql" else None
    if owner is not None:
        raise ArchiveBusy(f"{owner} holds addresses of this frontier; stop that crawler before --purge")


def _purge(config: Config, catalog: Catalog, chosen: Target) -> None:
    purged = purge_records(config.archive, catalog, chosen)
    files = counted(len(purged.files), "WARC file", "WARC files")
    say(f"Purged: {counted(purged.records, 'record', 'records')} of {files}")
    for name in purged.foreign:
        say(f"{name} holds such records too, but is not this archive's to change")
    for url in purged.needed_by:
        also = f"ipnews withdraw {url} --purge --reason WHY"
        say(f"{url} has its page from such a record, which stays until: {also}")
