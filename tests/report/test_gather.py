"""What the report reads from the catalog."""

from __future__ import annotations

from pathlib import Path

from pipelines.archive.catalog import Catalog
from pipelines.archive.drops import store_drops
from pipelines.records import Drop, Reason, Stage
from pipelines.report.gather import DropRow, drop_rows


def test_an_example_is_one_drop_and_redirects_are_counted_apart(tmp_path: Path) -> None:
    """The first address beside the first detail is an example of nothing."""
    made = [
        Drop(Stage.CAPTURE, Reason.HTTP_STATUS, "404", "http://a.test/2", "a"),
        Drop(Stage.CAPTURE, Reason.HTTP_STATUS, "302", "http://a.test/1", "b"),
        Drop(Stage.CAPTURE, Reason.HTTP_STATUS, "403", "http://a.test/3", "c"),
    ]
    with Catalog.open(tmp_path) as catalog:
        catalog.write(lambda connection: store_drops(connection, made)).result()
        with catalog.read() as connection:
            rows = drop_rows(connection)
    assert rows == (
        DropRow("http_status", "capture", 2, "http://a.test/2", "404"),
        DropRow("redirect", "capture", 1, "http://a.test/1", "302"),
    )
