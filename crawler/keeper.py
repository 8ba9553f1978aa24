"""Answers into the WARC, on a thread of its own: only what stands on disk is shown to anything else."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType

from crawler.frontier import Address
from pipelines.archive.codings import CodingError, Headers, TooLarge, identity_payload
from pipelines.archive.warc import RevisitProfile, WarcWriter, payload_digest, target_uri
from pipelines.errors import IpnewsError
from pipelines.records import Capture, CaptureKind

MOST_AT_ONCE = 64
"""Answers that share one fsync. At 16 MiB each they could hold 1 GB; Scrapy's own bound on answers under way
(SCRAPER_SLOT_MAX_ACTIVE_SIZE, CONCURRENT_REQUESTS) keeps them far below."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as received, its body still in the codings of its headers."""

    url: str
    status: int
    headers: Headers
    body: bytes
    request_headers: Headers = ()
    ip: str | None = None
    kind: CaptureKind = "response"
    site: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that stands in the WARC. `profile` is set where only a revisit was written: then
    `capture.payload_digest` is that of the earlier capture, and a 304 has no payload."""

    capture: Capture
    profile: RevisitProfile | None = None


class Unkeepable(Exception):
    """The body cannot be undone or is too large; nothing of it was kept. `str(error)` is the reason."""


class Keeper:
    """One thread, one WarcWriter. `keep` may be called from any thread; `close` waits for what was queued."""

    def __init__(self, writer: WarcWriter, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._writer, self._now = writer, now
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="warc-keeper", daemon=True)
        self._thread.start()
        self.written = 0

    def keep(self, answer: Answer, address: Address | None = None) -> Future[Kept]:
        """Write one answer; the Future has it when it outlives a loss of power.

        With the address whose answer it is, an unchanged payload becomes a revisit. The Future raises
        Unkeepable for bombs and broken codings, ArchiveUnwritable when the disk takes no more.
        """
        job = _Job(answer, address, Future())
        job.future.set_running_or_notify_cancel()  # what is queued is written: nobody can cancel it
        self._queue.put(job)
        return job.future

    def close(self) -> None:
        """Finish what was queued and close the file."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        open_ = True
        while open_:
            jobs = [self._queue.get()]
            while len(jobs) < MOST_AT_ONCE and not self._queue.empty():
                jobs.append(self._queue.get())
            open_ = None not in jobs
            self._keep_all([job for job in jobs if job is not None])
        try:
            self._writer.close()
        except IpnewsError:
            # What was promised is synced already; a failing last fsync loses nothing that has a row.
            return

    def _keep_all(self, jobs: list[_Job]) -> None:
        kept: list[tuple[_Job, Kept]] = []
        for job in jobs:
            with _ToldTo([job]):
                kept.append((job, self._write(job.answer, job.address)))
        with _ToldTo([job for job, _ in kept]):
            self._writer.sync()
            for job, result in kept:
                job.future.set_result(result)

    def _write(self, answer: Answer, address: Address | None) -> Kept:
        payload = identity_payload(answer.headers, answer.body)
        moment = self._now().strftime("%Y-%m-%dT%H:%M:%SZ")
        capture = Capture(
            url=target_uri(answer.url), fetched_at=moment, payload=payload, payload_digest="",
            status=answer.status, headers=answer.headers, kind=answer.kind, site=answer.site,
        )  # fmt: skip
        profile = profile_of(capture, address)
        if profile is None:
            return Kept(
                self._written(self._writer.write_exchange(capture, answer.request_headers, ip=answer.ip))
            )
        assert address is not None
        assert address.changed_at is not None
        assert address.payload_digest is not None
        capture = replace(capture, payload_digest=address.payload_digest)
        pointer = self._writer.write_revisit(capture, profile, address.changed_at, answer.request_headers)
        return Kept(self._written(replace(capture, warc=pointer)), profile)

    def _written(self, capture: Capture) -> Capture:
        self.written += capture.warc.length if capture.warc else 0
        return capture


def profile_of(capture: Capture, address: Address | None) -> RevisitProfile | None:
    """Whether an answer only says that the known payload still stands: a 304, or the same bytes again."""
    if address is None or address.payload_digest is None or address.changed_at is None:
        return None
    if capture.status == 304:
        return "server-not-modified"
    same = capture.status == 200 and payload_digest(capture.payload) == address.payload_digest
    return "identical-payload-digest" if same else None


@dataclass(frozen=True, slots=True)
class _Job:
    answer: Answer
    address: Address | None
    future: Future[Kept]


class _ToldTo:
    """Hands what is raised to those who wait for it, whatever it is: were the thread to end with it, nobody
    would be answered any more, and a crawl that waits for its answers does not end."""

    def __init__(self, jobs: Sequence[_Job]) -> None:
        self._jobs = jobs

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, _: TracebackType | None
    ) -> bool:
        if isinstance(raised, CodingError | TooLarge):
            raised = Unkeepable(str(raised))
        for job in self._jobs if raised is not None else ():
            job.future.set_exception(raised)
        return raised is not None
