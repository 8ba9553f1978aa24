"""The event loop of a crawl: uvloop's."""

from __future__ import annotations

import asyncio

import uvloop


class Loop(uvloop.Loop):
    """Closes the default loop that Scrapy makes, only to see that it is not of this class, and leaves open:
    the collector would meet its sockets before it, and complain at the end of a command."""

    def __init__(self) -> None:
        if not (current := asyncio.get_event_loop()).is_running():
            current.close()
        super().__init__()
