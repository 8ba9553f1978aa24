"""Results of other threads, waited for in an event loop."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import Any

import pytest

from pipelines.awaiting import result_of


def test_the_result_of_another_thread_is_waited_for() -> None:
    future: Future[int] = Future()

    async def waiting() -> int:
        threading.Thread(target=future.set_result, args=(7,)).start()
        return await result_of(future)

    assert asyncio.run(waiting()) == 7


def test_what_another_thread_raises_is_raised() -> None:
    future: Future[int] = Future()
    future.set_exception(KeyError("x"))
    with pytest.raises(KeyError):
        asyncio.run(result_of(future))


@pytest.mark.parametrize("told", [Future.set_result, Future.set_exception])
def test_who_tells_a_loop_that_was_closed_notices_nothing(
    told: Any, caplog: pytest.LogCaptureFixture
) -> None:
    future: Future[Any] = Future()
    waiting = result_of(future)

    async def begin() -> None:
        waiting.send(None)

    asyncio.run(begin())
    told(future, OSError("x"))
    waiting.close()
    assert not caplog.records
