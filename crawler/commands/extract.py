"""`ipnews extract FILE --url URL`: one page in, one Article (or Drop) as JSON out."""

from __future__ import annotations

import re
from pathlib import Path

from crawler.commands.inputs import declared_sites, now, read_bytes
from crawler.console import emit, say
from pipelines.archive.warc import payload_digest
from pipelines.errors import UsageError
from pipelines.read import read
from pipelines.reading.addresses import without_credentials
from pipelines.records import Capture, Drop, Reason
from pipelines.sites import site_of

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def run(
    file: str,
    url: str,
    fetched_at: str | None = None,
    content_type: str | None = None,
    archive: Path | None = None,
) -> int:
    """Read one page; 1 when it is no article."""
    if not re.match(r"https?://[^/\s]+", url):
        raise UsageError(f"--url {url}: type the whole address, with http:// or https://")
    if fetched_at and not _MOMENT.fullmatch(fetched_at):
        raise UsageError(f"--fetched-at {fetched_at}: type it as 2026-01-31T08:00:00Z")
    payload = read_bytes(file)
    headers = (("Content-Type", content_type),) if content_type else ()
    capture = Capture(
        without_credentials(url), fetched_at or now(), payload, payload_digest(payload), headers=headers
    )
    outcome = read(capture, site_of(declared_sites(archive).values(), url))
    emit(outcome)
    if isinstance(outcome, Drop):
        say(f"No article: {outcome.reason} at {outcome.stage}. {outcome.detail}")
        if outcome.reason == Reason.UNDECODABLE and not content_type:
            say("If you know its encoding, name it: --content-type 'text/html; charset=shift_jis'")
        return 1
    return 0
