"""`ipnews demo`: the whole job against the bundled mirror network, on this machine alone."""

from __future__ import annotations

import json as jsonlib
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from crawler.commands.after import finish
from crawler.commands.export import export_archive
from crawler.commands.report import write_report
from crawler.commands.status import gather
from crawler.config import PROJECT, Config, find_scrapy_cfg
from crawler.console import aside, emit, pairs, say, ticker
from crawler.demo.declare import PREFIX
from pipelines.archive.catalog import Catalog
from pipelines.archive.schema import captures
from pipelines.errors import ArchiveUnwritable, UsageError
from pipelines.sites import load_sites

EXAMPLES = 5
"""Lines of damaged and restored text that the demo ends with."""


_WITHOUT_BROWSER = {"needs_browser": "needs_browser (as fetched without one)"}
"""What a browser rendered is a capture of its own; the empty page before it stays among the dropped."""


@dataclass(frozen=True, slots=True)
class Network:
    """The mirror network as a process of its own: where its names lead to, and its declarations."""

    resolve: Mapping[str, tuple[str, int]]
    pages: int


def run(
    articles: int | None = None,
    mirrors: int | None = None,
    seed: int = 1,
    archive: Path | None = None,
    json: bool = False,
) -> int:
    """Start the mirrors, crawl, read, settle, export, report; say what came out."""
    from crawler.run import crawl

    started = time.monotonic()
    folder = archive or _here() / "data" / "archive" / "demo"
    config = Config(archive=folder, sites=folder / "sites")
    options = _options(articles, mirrors, seed)
    _refuse_foreign(config)
    _declare(options, config)
    known = (config.archive / "catalog.db").exists()
    with mirror_network(options) as network, ticker("Fetching from the mirrors") as show:
        say(f"{'Again' if known else 'First run'}: {network.pages:,} pages on {len(network.resolve)} hosts")
        sites = load_sites(config.sites)
        result = crawl(
            config.archive,
            sites,
            site_names=tuple(sites),
            everything=True,
            resolve=network.resolve,
            progress=show,
        )
    if result.stop_reason:
        say(f"Stopped: {result.stop_reason}. The same command goes on from here; so far:")
    after, code = finish(config)
    export = export_archive(config, str(config.archive / "export"), "jsonl")
    report = config.archive / "report.html"
    with Catalog.open(config.catalog_location, read_only=True) as catalog:
        write_report(catalog, report)
        with catalog.read() as connection:
            state = gather(connection, time.time())
            lines = _examples(connection)
    seconds = time.monotonic() - started
    facts = _facts(result.counts, after, state, export.rows, seconds)
    if json:
        emit(facts | {"dropped_because": state["dropped_because"], "report": report.resolve().as_uri()})
    else:
        _show(facts, state, lines, report)
    return code or result.exit_code


def _here() -> Path:
    """The project's folder, else the one the command is typed in: never the program's own, which may be
    another's or read-only."""
    file = find_scrapy_cfg(Path.cwd())
    return file.parent if file else Path.cwd()


def _refuse_foreign(config: Config) -> None:
    """Raises UsageError for an archive that holds what no demo made. Hosts of a demo end in .test, as none of
    the internet does (RFC 2606)."""
    for name, site in load_sites(config.sites).items():
        if not (site.demo and name.startswith(PREFIX)):
            raise _foreign(config, f"the declaration {name}.toml")
    if not (config.archive / "catalog.db").exists():
        if any((config.archive / "warc").glob("*")):
            raise _foreign(config, "captures that no catalog.db lists")
        return
    with Catalog.open(config.archive, read_only=True) as catalog, catalog.read() as connection:
        foreign = select(captures.c.host).where(~captures.c.host.like("%.test")).limit(1)
        if (host := connection.scalar(foreign)) is not None:
            raise _foreign(config, f"captures of {host}")


def _foreign(config: Config, what: str) -> UsageError:
    return UsageError(
        f"{config.archive} holds {what}: it is not the demo's; "
        "give the demo a folder of its own: ipnews demo --archive DIR"
    )


def _options(articles: int | None, mirrors: int | None, seed: int) -> list[str]:
    options = ["--seed", str(seed)]
    if articles is not None:
        options += ["--articles", str(articles)]
    return options + (["--mirrors", str(mirrors)] if mirrors is not None else [])


def _declare(options: list[str], config: Config) -> None:
    """Write the declarations of this network in place of an earlier one's: other options give other hosts."""
    for name in load_sites(config.sites):
        (config.sites / f"{name}.toml").unlink()
    try:
        config.sites.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveUnwritable(
            f"{config.archive}: {error.strerror}; name another folder with --archive DIR"
        ) from None
    command = [sys.executable, "-m", "crawler.demo", *options, "--write-sites", str(config.sites.resolve())]
    subprocess.run(command, check=True, cwd=PROJECT)


@contextmanager
def mirror_network(options: list[str]) -> Iterator[Network]:
    """Run the network beside this process for as long as the context lasts."""
    command = [sys.executable, "-m", "crawler.demo", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=PROJECT) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise UsageError("the mirror network did not start; see the line above")
            said = jsonlib.loads(line)
            hosts = (*said["hosts"], "traps.test")
            yield Network(dict.fromkeys(hosts, ("127.0.0.1", said["port"])), said["pages"])
        finally:
            process.terminate()


def _facts(
    fetched: Mapping[str, int],
    after: Mapping[str, int],
    state: Mapping[str, object],
    rows: int,
    seconds: float,
) -> dict[str, object]:
    chosen = ["captures", "articles_current", "stories", "drops", "addresses_disallowed", "addresses_failed"]
    return {
        "pages asked for": fetched.get("answers", 0),
        "new versions": fetched.get("new versions", 0),
        "unchanged": fetched.get("unchanged", 0),
        **{name.replace("_", " "): state[name] for name in chosen},
        "waiting for a browser": fetched.get("waiting for a browser", 0),
        **after,
        "exported": rows,
        "seconds": round(seconds, 1),
    }


def _show(
    facts: Mapping[str, object], state: Mapping[str, object], lines: list[tuple[str, str]], report: Path
) -> None:
    waiting = facts["waiting for a browser"]
    shown = {name: value for name, value in facts.items() if value or name != "waiting for a browser"}
    pairs("The mirror network, crawled and settled", shown)
    reasons = state["dropped_because"]
    if isinstance(reasons, dict) and reasons:
        rows = [(_WITHOUT_BROWSER.get(reason, reason), count) for reason, count in reasons.items()]
        aside("Dropped, and why", ("reason", "captures"), rows)
    if lines:
        aside("As found, as restored", ("found", "restored"), lines)
    if waiting:
        say("No Chromium was found, so the page that needs a browser waits for one.")
        say("Install one (Debian: apt-get install chromium; elsewhere: playwright install chromium)")
    say(f"Look around: ipnews search 专利 --archive {report.parent}; ipnews copies --archive {report.parent}")
    say(f"Report: {report.resolve().as_uri()}")


def _examples(connection: object) -> list[tuple[str, str]]:
    from pipelines.report.gather import examples, shown

    return list(examples(shown(connection), EXAMPLES))  # type: ignore[arg-type]
