"""`ipnews backfill SOURCE...`: captures made by others, or with `--own` those of this archive anew."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import cast

from crawler.addresses import canonical
from crawler.commands.after import finish
from crawler.commands.inputs import existing
from crawler.config import Config, load_config
from crawler.console import counted, emit, pairs, say, ticker
from crawler.guard import Refused, check_url
from pipelines.archive.catalog import Catalog
from pipelines.archive.spellings import host_name
from pipelines.errors import UsageError
from pipelines.runner.backfill import Progress, Result, backfill
from pipelines.runner.engines import Engine
from pipelines.runner.pending import queue_again
from pipelines.runner.work import Selection
from pipelines.sites import load_sites
from pipelines.sources.expand import expand, is_address_list, read_addresses
from pipelines.version import PIPELINE_VERSION

_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def run(
    source: list[str] | None = None,
    own: bool = False,
    engine: str = "local",
    workers: int | None = None,
    shard: str | None = None,
    since: str | None = None,
    until: str | None = None,
    host: list[str] | None = None,
    copy: bool = False,
    again: bool = False,
    archive: Path | None = None,
    json: bool = False,
) -> int:
    """Read, settle, say what came of it; 1 when something is to be looked at."""
    if own == bool(source):
        raise UsageError(
            "name what to read (ipnews backfill FILE...), or type --own for the archive's captures"
        )
    if own:
        return _again(existing(archive), [host_name(one) for one in host or []], json)
    if lists := [Path(name) for name in source or [] if is_address_list(name)]:
        return _fetch(lists, source or [], archive, json)
    if engine not in ("local", "ray"):
        raise UsageError(f"--engine {engine}: type --engine local or --engine ray")
    config = load_config(archive)
    selection = _selection(since, until, host or ())
    share = _shard(shard)
    sites = load_sites(config.sites)
    files = expand(source or [])  # a slip in a name makes no archive
    with Catalog.open(config.catalog_location) as catalog, ticker("Reading") as show:
        result = backfill(
            files,
            config.archive,
            catalog,
            sites=sites,
            engine=cast(Engine, engine),
            workers=workers,
            shard=share,
            selection=selection,
            copy=copy,
            again=again,
            on_progress=lambda progress: show(_shown(progress)),
        )
    after, code = finish(config)
    _show(result, after, json)
    if shard and not result.ranges + result.skipped:
        say(f"Nothing of these sources falls into part {shard}; the other parts have it")
    return code or result.exit_code


def _fetch(lists: list[Path], source: list[str], archive: Path | None, json: bool) -> int:
    """Addresses go through the crawler, with its manners and its frontier."""
    from crawler.commands.crawl import run as crawl

    if len(lists) < len(source):
        raise UsageError("lists of addresses and files of captures are two jobs; give one after the other")
    good, refused = _fetchable(lists)
    if not good:
        raise UsageError(f"{', '.join(map(str, lists))}: no address that can be fetched")
    return crawl(url=good, archive=archive, json=json) or int(refused > 0)


def _fetchable(lists: list[Path]) -> tuple[list[str], int]:
    """The addresses of the lists that may be asked for, and how many may not, each of which is told."""
    good, refused = [], 0
    for path in lists:
        for number, url in read_addresses(path):
            try:
                check_url(canonical(url))
            except Refused as reason:
                say(f"{path}, line {number}: {url}: {reason}; passed over")
                refused += 1
            else:
                good.append(url)
    return good, refused


def _again(config: Config, hosts: list[str], json: bool) -> int:
    """What another version read, and all of `hosts`: for a declaration that changed, which is no version."""
    with Catalog.open(config.catalog_location) as catalog:
        queued = queue_again(catalog, PIPELINE_VERSION, hosts)
    after, code = finish(config)
    if json:
        emit({"queued": queued, **after})
    elif queued:
        pairs(f"{queued:,} captures read anew", after)
    else:
        say(
            "Every capture was read by this version of the rules already. "
            "Where a declaration changed: ipnews backfill --own --host HOST"
        )
    return code


def _show(result: Result, after: dict[str, int], json: bool) -> None:
    if json:
        emit({**asdict(result), "archive": after})
        return
    counts = {name: value for name, value in asdict(result.counts).items() if value}
    skipped = {"ranges done before": result.skipped} if result.skipped else {}
    pairs("Backfill", {"files": result.files, **skipped, **counts, **after})
    for problem in result.problems:
        say(problem)
    for record in result.damaged:
        if not any(problem.startswith(record) for problem in result.problems):
            say(record)
    if (more := result.counts.damaged - len(result.damaged)) > 0:
        say(f"and {counted(more, 'damaged record', 'damaged records')} more")


def _shown(progress: Progress) -> dict[str, int]:
    counts = progress.counts
    files = {f"of {progress.files_total:,} files": progress.files}
    return files | {"captures": counts.captures, "articles": counts.articles, "drops": counts.drops}


def _shard(shard: str | None) -> tuple[int, int]:
    if shard is None:
        return (0, 1)
    match = re.fullmatch(r"(\d+)/(\d+)", shard)
    if not match or match[2] == "0":
        raise UsageError(f"--shard {shard}: type it as I/N; of four parts 0/4, 1/4, 2/4 and 3/4")
    if int(match[1]) >= int(match[2]):
        last = int(match[2]) - 1
        raise UsageError(f"--shard {shard}: parts count from 0; the last of {match[2]} is {last}/{match[2]}")
    return int(match[1]), int(match[2])


def _selection(since: str | None, until: str | None, hosts: Iterable[str]) -> Selection:
    if since and until and until < since[: len(until)]:
        raise UsageError(f"--since {since} is after --until {until}: no day lies between; swap them")
    # The last day itself is inside: what is put behind it sorts behind every moment of it.
    named = tuple(map(host_name, hosts))
    return Selection(_day("since", since), _day("until", until) + "T99" if until else "", named)


def _day(name: str, day: str | None) -> str:
    """A day, month or year. Raises UsageError for what is none."""
    if day is None:
        return ""
    try:
        if _DAY.fullmatch(day):
            date.fromisoformat(f"{day}-01-01"[:10])
            return day
    except ValueError:
        pass
    raise UsageError(f"--{name} {day}: no such day; type it as YYYY-MM-DD")
