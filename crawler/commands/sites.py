"""`ipnews sites list|check|record|enable`: the declarations, and the pages recorded for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from crawler.commands.inputs import newest_capture
from crawler.config import Config, load_config
from crawler.console import counted, emit, say, table
from crawler.whole_files import write_whole
from pipelines.archive.disk_faults import unwritable
from pipelines.errors import SiteFileError, UsageError
from pipelines.sites import Site, load_sites, parse_site, site_of


def run(
    action: str,
    name: str | None = None,
    url: str | None = None,
    archive: Path | None = None,
    json: bool = False,
) -> int:
    """Do one of the four actions; 1 when a check finds something to look at."""
    config = load_config(archive) if archive else load_config()
    if action == "list":
        return list_sites(config, json)
    if action == "check":
        return check_sites(config, name, json)
    assert name is not None, "the command line makes the name obligatory here"
    return enable_site(config, name) if action == "enable" else record_page(config, name, str(url))


def list_sites(config: Config, json: bool) -> int:
    """A line a site."""
    declared = load_sites(config.sites).values()
    sites = [site for site in declared if not site.demo]
    if json:
        for site in sites:
            emit(site)
        return 0
    rows = [
        (s.name, _yes(s.enabled), s.verified or "never", s.valid_until or "", ", ".join(s.hosts))
        for s in sites
    ]
    table("Declared sites", ("name", "enabled", "verified live", "valid until", "hosts"), rows)
    if hidden := len(declared) - len(sites):
        say(f"{counted(hidden, 'declaration', 'declarations')} of the demo network not listed: ipnews demo")
    if not any(site.enabled for site in sites):
        say("None is enabled. Look at one, set its `verified`, then type: ipnews sites enable NAME")
    return 0


def check_sites(config: Config, name: str | None, json: bool) -> int:
    """Read every declaration and every recorded page; say what does not hold."""
    today = datetime.now(UTC).date()
    faults: list[dict[str, str]] = []
    paths = sorted(config.sites.glob("*.toml"))
    if name and config.sites / f"{name}.toml" not in paths:
        raise UsageError(f"no declaration {config.sites / name}.toml; see them with: ipnews sites list")
    for path in paths:
        if name in (None, path.stem):
            faults += [{"site": path.stem, "fault": fault} for fault in _faults(path, today)]
    for fault in faults:
        if json:
            emit(fault)
        else:
            say(f"{fault['site']}: {fault['fault']}")
    if not json:
        read = counted(len(paths) if name is None else 1, "declaration", "declarations")
        say(f"{read} read, {counted(len(faults), 'thing', 'things')} to look at")
    return 1 if faults else 0


def enable_site(config: Config, name: str) -> int:
    """Set `enabled = true` in the file, leaving everything else in it as it stands."""
    path = config.sites / f"{name}.toml"
    site = _load(path)
    if site.demo:
        raise UsageError(f"{name} is part of the demo network; run it with: ipnews demo")
    if site.enabled:
        say(f"{name} is enabled already")
        return 0
    text = path.read_text(encoding="utf-8")
    changed, places = re.subn(r"(?m)^enabled\s*=\s*false\b", "enabled = true", text)
    changed = changed if places else "enabled = true\n" + text
    parse_site(name, changed, str(path))
    try:
        write_whole(path, changed)
    except OSError as error:
        raise unwritable(error, str(path)) from None
    if site.verified is None:
        say(f"{name} was never verified live: look at {site.start[0]} and its robots.txt,")
        say(f"then set `verified` in {path}")
    say(f"{name} is enabled; try it with: ipnews crawl --site {name} --pages 20")
    return 0


def record_page(config: Config, name: str, url: str) -> int:
    """Keep one page, fetched by the crawl with its manners, as bytes, headers and an empty expectation."""
    site = _load(config.sites / f"{name}.toml")
    if site_of([site], url) is None:
        raise UsageError(f"{url} is on no host of {name}; its hosts are {', '.join(site.hosts)}")
    folder = config.sites / "pages" / name / _fetch_and_keep(config, url)
    say(f"Recorded in {folder}. Read the page, correct expected.json by hand,")
    say("and put your name and the day into `reviewed`.")
    return 0


def _fetch_and_keep(config: Config, url: str) -> str:
    from crawler.commands.crawl import run as crawl
    from crawler.recorded import keep_page
    from pipelines.read import read

    crawl(url=[url], pages=1, archive=config.archive)
    capture = newest_capture(config, url)
    if capture is None:
        raise UsageError(f"{url} gave nothing that could be archived; see: ipnews status")
    site = site_of(load_sites(config.sites).values(), url)
    assert site is not None, "record_page has looked"
    folder = config.sites / "pages" / site.name / capture.id[:12]
    keep_page(folder, capture, read(capture, site))
    return capture.id[:12]


def _faults(path: Path, today: date) -> Iterator[str]:
    from crawler.plan import refused_starts
    from crawler.recorded import page_faults

    try:
        site = _load(path)
    except SiteFileError as error:
        yield str(error)
        return
    yield from refused_starts(site)
    if site.valid_until and site.valid_until < today:
        yield f"valid_until {site.valid_until} has passed; look at the site again and set a new day"
    if site.enabled and site.verified is None:
        yield "enabled but never verified live; look at the site and set `verified`"
    for folder in sorted((path.parent / "pages" / site.name).glob("*/")):
        yield from page_faults(site, folder)


def _load(path: Path) -> Site:
    if not path.is_file():
        raise UsageError(f"no declaration {path}; see them with: ipnews sites list")
    return parse_site(path.stem, path.read_text(encoding="utf-8"), str(path))


def _yes(value: bool) -> str:
    return "yes" if value else "no"
