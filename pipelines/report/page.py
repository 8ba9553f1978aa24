"""The report as one HTML file: no network, no script, what came from pages escaped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipelines.archive.catalog import Catalog
from pipelines.archive.settled import appearances
from pipelines.report import gather
from pipelines.report.sharing import MOST, Sharing, host_count, matrix, sharings, strips


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the template names."""

    title: str
    made_at: str
    archive: str
    tiles: tuple[tuple[str, int, str], ...]
    hosts: tuple[gather.HostRow, ...]
    drops: tuple[gather.DropRow, ...]
    failures: tuple[gather.DropRow, ...]
    sharings: tuple[Sharing, ...]
    cluster_count: int
    clusters: tuple[gather.Cluster, ...]
    shown: tuple[gather.Shown, ...]
    runs: tuple[Any, ...]


def collect(catalog: Catalog, made_at: str, title: str = "What the mirrors hold") -> Report:
    """Read the catalog in one consistent view. `made_at` is the caller's clock, ISO 8601."""
    with catalog.read() as connection:
        host_rows, drop_rows = gather.hosts(connection), gather.drop_rows(connection)
        return Report(
            title=title,
            made_at=made_at,
            archive=catalog.where,
            tiles=_tiles(host_rows, drop_rows),
            hosts=host_rows,
            drops=drop_rows,
            failures=gather.failures(connection),
            sharings=sharings(appearances(connection)),
            cluster_count=gather.cluster_count(connection),
            clusters=gather.clusters(connection),
            shown=gather.shown(connection),
            runs=tuple(gather.run_rows(connection)),
        )


def render(report: Report) -> str:
    """The HTML text of a report."""
    environment = Environment(
        loader=PackageLoader("pipelines.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_grouped,
    )
    environment.filters["moment"] = _moment
    style = (Path(__file__).parent / "templates" / "report.css").read_text(encoding="utf-8")
    return environment.get_template("report.html.j2").render(
        report=report,
        style=Markup(style),
        matrix=Markup(matrix(report.sharings)),
        strips=Markup(strips(report.sharings)),
        sharing_hosts=host_count(report.sharings),
        drawn=MOST,
    )


def _grouped(value: object) -> object:
    """Whole numbers with separators of thousands, wherever the template prints one."""
    return f"{value:,}" if isinstance(value, int) else value


def _moment(date: str | None) -> str:
    """A date as people write it, in the zone of the print; midnight stands for a day without a time."""
    return (date or "")[:16].replace("T", " ").removesuffix(" 00:00")


def _tiles(
    hosts: tuple[gather.HostRow, ...], drops: tuple[gather.DropRow, ...]
) -> tuple[tuple[str, int, str], ...]:
    articles, stories = sum(row.articles for row in hosts), sum(row.canonicals for row in hosts)
    edits, lost = sum(row.edits for row in hosts), sum(row.lost for row in hosts)
    return (
        ("pages captured", sum(row.captures for row in hosts), f"from {len(hosts)} hosts"),
        ("articles", articles, "newest version of each address"),
        ("stories", stories, f"{articles - stories:,} pages are copies of another"),
        ("damaged places", edits, f"{lost:,} of them lost in their copy"),
        ("dropped", sum(row.count for row in drops), f"for {len({row.reason for row in drops})} reasons"),
    )
