"""A quick reader for tests of the runner: what the page says to the runner, it does."""

from __future__ import annotations

import os
import re
import signal

from pipelines.records import Article, Capture, Drop, Reason, Stage, work_id
from pipelines.sites import Site

_TAG = re.compile(r"<[^>]*>")


def read(capture: Capture, site: Site | None) -> Article | Drop:
    if capture.status != 200:
        return Drop(Stage.CAPTURE, Reason.HTTP_STATUS, str(capture.status), capture.url, capture.id)
    if b"kill-the-worker" in capture.payload:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"hang-the-worker" in capture.payload:
        signal.pause()
    if b"raise-a-bug" in capture.payload:
        raise ZeroDivisionError("a fault of the reader")
    body = _TAG.sub("", capture.payload.decode("utf-8", "replace"))
    return Article(
        id=capture.id,
        work_id=work_id(capture.url),
        url=capture.url,
        fetched_at=capture.fetched_at,
        payload_digest=capture.payload_digest,
        headline=body[:10],
        article_body=body,
        article_body_raw=body,
        site=capture.site,
        warc=capture.warc,
        pipeline_version=VERSION,
    )


VERSION = "plain-1"
