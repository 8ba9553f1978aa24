"""What a thread will have done, waited for in an event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def result_of(future: Future[T]) -> T:
    """The result of a Future of another thread, or what it raises.

    `asyncio.wrap_future` takes twice as long, for a link back by which the Future can be cancelled: a page
    of a crawl waits for five of them, and none is cancelled.
    """
    loop = asyncio.get_running_loop()
    waiting: asyncio.Future[None] = loop.create_future()

    def tell(_: Future[T]) -> None:
        # A crawl's second signal closes the loop, at any moment, and nobody waits then: it may be closed even
        # between a look whether it is and this call.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_wake, waiting)

    future.add_done_callback(tell)
    await waiting
    return future.result()


def _wake(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)
