"""Killed at several moments and started again by the same command: nothing lost, nothing twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from typing import Any

from pipelines.export.rows import VOLATILE

MOMENTS = (12, 60)
"""Numbers of the requests at which the server's answer meets a killed crawl, counted from the first crawl."""


def steady(lines: bytes) -> list[dict[str, Any]]:
    """The rows without what differs between two crawls of unchanged pages."""
    rows = [json.loads(line) for line in lines.splitlines()]
    return [{name: value for name, value in row.items() if name not in VOLATILE} for row in rows]


def test_killed_again_and_again_the_archive_is_the_same(crawled: Any, live: Callable[..., Any]) -> None:
    project, server = live()
    handle, requests = server.hub.handle, count(1)  # the server's own count passes over one of two at once
    for moment in MOMENTS:
        process: list[Any] = []

        def watched(request: Any, connection: int, moment: int = moment, process: list[Any] = process) -> Any:
            if next(requests) == moment:
                process[0].kill()
            return handle(request, connection)

        server.hub.handle = watched
        process.append(project.start("crawl", "--all"))
        process[0].wait(timeout=60)
        assert process[0].returncode == -9
    server.hub.handle = handle
    project.done("crawl", "--all")
    assert steady(project.exported()) == steady((crawled.folder / "first.jsonl").read_bytes())
    project.done("verify")
