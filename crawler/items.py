"""What the spider yields and the pipelines pass on: the project's own records, as Scrapy items as they are.

A `Capture` leaves the spider; `ReadPipeline` makes it an `Article` or drops it. Both are frozen dataclasses,
which Scrapy's item adapter reads like any item; there is no second definition that could drift from them.
"""

from __future__ import annotations

from pipelines.records import Article, Capture

__all__ = ["Article", "Capture"]
