"""The `ipnews` command: what can be typed, and where errors end.

A command's parameters are the keywords of `crawler.commands.<name>.run`, passed on as they are; the
module is imported when its command is called, so that `--help` and `restore` answer at once. Exit codes:
0 done, 1 done with failures to look at, 2 wrong use or configuration, 3 stopped and resumable, 4 archive
damaged.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crawler.cli_sites import sites
from crawler.ending import leave, run
from crawler.interrupt import stop_in_two_steps
from crawler.options import (
    Archive,
    CapturedSince,
    CapturedUntil,
    Json,
    Names,
    PublishedSince,
    PublishedUntil,
    Version,
)

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(sites, name="sites")


@app.callback()
def ipnews(_version: Version = False) -> None:
    """What China's IP press printed, restored from the copies on mirror sites."""


@app.command()
def demo(
    articles: Annotated[
        int | None, typer.Option(help="Stories in the network; the written ones unless given.", min=1)
    ] = None,
    mirrors: Annotated[int | None, typer.Option(help="Mirrors in the network.", min=1)] = None,
    seed: Annotated[int, typer.Option(help="The number from which everything follows.")] = 1,
    archive: Archive = None,
    json: Json = False,
) -> None:
    """Run the whole job against the bundled mirror network, on this machine alone."""
    run("demo", **locals())


@app.command()
def crawl(
    site: Names = None,
    url: Annotated[
        list[str] | None, typer.Option("--url", help="One address, declared or not.", metavar="URL")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Not only what is due.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on until stopped.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what is due, fetch nothing.")] = False,
    pages: Annotated[int | None, typer.Option(help="Stop after so many pages.", min=1)] = None,
    minutes: Annotated[float | None, typer.Option(help="Stop after so many minutes.", min=0)] = None,
    archive: Archive = None,
    json: Json = False,
) -> None:
    """Fetch what is due of the enabled sites, read it, settle the archive."""
    run("crawl", **locals())


@app.command()
def backfill(
    source: Annotated[
        list[str] | None, typer.Argument(help="WARC, WACZ, folder, glob, address of an object.")
    ] = None,
    own: Annotated[bool, typer.Option("--own", help="Read the archive's own captures anew.")] = False,
    engine: Annotated[str, typer.Option(help="local or ray.")] = "local",
    workers: Annotated[
        int | None, typer.Option(help="Processes beside this one; the cores there are unless given.", min=0)
    ] = None,
    shard: Annotated[str | None, typer.Option(help="Only part i of n.", metavar="I/N")] = None,
    since: CapturedSince = None,
    until: CapturedUntil = None,
    host: Annotated[
        list[str] | None,
        typer.Option(help="Only captures of this host; with --own: its captures whatever version read them."),
    ] = None,
    copy: Annotated[bool, typer.Option("--copy", help="Copy foreign WARC files into the archive.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Read what is done already, too.")] = False,
    archive: Archive = None,
    json: Json = False,
) -> None:
    """Read captures made by others (or, with --own, by this archive) and settle the archive."""
    run("backfill", **locals())


@app.command()
def export(
    to: Annotated[str, typer.Option("--to", help="file://, s3://, az:// or gs:// address, or a folder.")],
    form: Annotated[str, typer.Option("--format", help="delta, parquet, jsonl or warc.")] = "parquet",
    copies: Annotated[bool, typer.Option("--copies", help="All copies, not only canonicals.")] = False,
    topics: Annotated[str, typer.Option(help="ip or all.")] = "ip",
    site: Names = None,
    source: Annotated[list[str] | None, typer.Option(help="Only of this publisher.")] = None,
    since: PublishedSince = None,
    until: PublishedUntil = None,
    archive: Archive = None,
    json: Json = False,
) -> None:
    """Write the articles to a folder or object storage; again writes nothing."""
    run("export", **locals())


@app.command()
def restore(
    file: Annotated[str, typer.Argument(help="Text or HTML; - is standard input.")] = "-",
    keep_script: Annotated[bool, typer.Option("--keep-script", help="Stay Traditional.")] = False,
    html: Annotated[
        bool | None, typer.Option("--html/--text", help="Say what it is; else it is looked at.")
    ] = None,
    json: Json = False,
) -> None:
    """Damaged text or HTML in, restored Simplified text out."""
    run("restore", **locals())


@app.command()
def extract(
    file: Annotated[str, typer.Argument(help="A page; - is standard input.")],
    url: Annotated[str, typer.Option("--url", help="The address it was fetched from.")],
    fetched_at: Annotated[
        str | None, typer.Option(help="When, as 2026-01-31T08:00:00Z; now unless given.")
    ] = None,
    content_type: Annotated[str | None, typer.Option(help="The header, with its charset.")] = None,
    archive: Archive = None,
) -> None:
    """One page in, one Article as JSON out."""
    run("extract", **locals())


@app.command()
def explain(
    target: Annotated[
        str, typer.Argument(help="An id or address in the archive, or a file.", metavar="ID|URL|FILE")
    ],
    archive: Archive = None,
    json: Json = False,
) -> None:
    """Every decision about one record."""
    run("explain", **locals())


@app.command()
def copies(
    target: Annotated[str | None, typer.Argument(help="An id or address; all clusters without.")] = None,
    hosts: Annotated[
        bool, typer.Option("--hosts", help="Which hosts share text, how much, how late.")
    ] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Settle the whole archive anew.")] = False,
    archive: Archive = None,
    json: Json = False,
) -> None:
    """Clusters of copies and their witnesses."""
    run("copies", **locals())


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help="Words that must stand side by side.")],
    limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = 20,
    archive: Archive = None,
    json: Json = False,
) -> None:
    """Full text, two-character words included."""
    run("search", **locals())


@app.command()
def status(archive: Archive = None, json: Json = False) -> None:
    """Runs, backlog, what is due and what failed."""
    run("status", **locals())


@app.command()
def report(
    to: Annotated[
        Path | None, typer.Option("--to", help="File to write; report.html in the archive unless given.")
    ] = None,
    archive: Archive = None,
) -> None:
    """One static HTML file that shows the archive."""
    run("report", **locals())


@app.command()
def verify(
    uri: Annotated[str | None, typer.Argument(help="An export; the archive itself without.")] = None,
    archive: Archive = None,
    json: Json = False,
) -> None:
    """What is damaged, where, and what to type."""
    run("verify", **locals())


@app.command()
def merge(
    archives: Annotated[
        list[Path], typer.Argument(help="Archives to take in.", exists=True, file_okay=False)
    ],
    archive: Archive = None,
    json: Json = False,
) -> None:
    """Take other archives into this one, and settle it."""
    run("merge", **locals())


@app.command()
def withdraw(
    target: Annotated[
        str | None, typer.Argument(help="An article's id, an address, or a host.", metavar="ID|URL|HOST")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Kept with the tombstone.")] = "",
    purge: Annotated[
        bool, typer.Option("--purge", help="Take the captures out of the WARC files too.")
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="What was ever withdrawn, and why.")] = False,
    lifted: Annotated[bool, typer.Option("--lift", help="Let it in again.")] = False,
    archive: Archive = None,
    json: Json = False,
) -> None:
    """Take something out for good: never taken in again, gone from the next export."""
    run("withdraw", **locals())


def main() -> None:
    """Entry point."""
    stop_in_two_steps()
    leave(app)


if __name__ == "__main__":
    main()
