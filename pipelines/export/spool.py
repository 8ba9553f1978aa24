"""Rows waiting on the local disk, to be taken out month by month.

A table's files belong to one month each, and the rows come in the order of their ids: kept in memory until
their month is complete, a million of them took 3 GB. Here they go to one Arrow file in slices of one month,
and come back through a memory map.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

_KEPT_BYTES = 128 << 20
"""Of rows that wait in memory to be sorted by their months: about 14,000 articles. Each month of each sorting
is a slice with some 150 buffers of its own: with slices of 28 rows instead of 100, spooling a row took 1.7
times as long (48,000 articles of 145 months)."""


class Spool:
    """Write batches with `add`, leave the `with` block, then read them with `batches`."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path, self._count, self._kept = path, 0, 0
        self._slices: defaultdict[str, list[int]] = defaultdict(list)
        self._waiting: list[pa.RecordBatch] = []
        self._months: list[str] = []
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        self._writer = pa.ipc.new_file(str(path), schema, options=options)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._sort()
        self._writer.close()

    @property
    def months(self) -> list[str]:
        """The months that have rows, in order."""
        return sorted(self._slices)

    def add(self, batch: pa.RecordBatch, months: list[str]) -> None:
        """Keep a batch whose i-th row belongs to `months[i]`; rows of one month stay in their order."""
        self._waiting.append(batch)
        self._months += months
        self._kept += batch.nbytes
        if self._kept >= _KEPT_BYTES:
            self._sort()

    def batches(self, month: str) -> Iterator[pa.RecordBatch]:
        """The rows of a month in the order in which they were added."""
        with pa.memory_map(str(self._path)) as source:
            reader = pa.ipc.open_file(source)
            for number in self._slices.get(month, ()):
                yield reader.get_batch(number)

    def _sort(self) -> None:
        """Write what waits, a slice for each month."""
        months, self._months = self._months, []
        waiting, self._waiting, self._kept = self._waiting, [], 0
        if not waiting:
            return
        order = sorted(range(len(months)), key=months.__getitem__)
        rows = pa.concat_batches(waiting).take(pa.array(order, pa.int32()))
        first = 0
        for month, places in groupby(order, months.__getitem__):
            count = len(list(places))
            self._writer.write_batch(rows.slice(first, count))
            self._slices[month].append(self._count)
            self._count += 1
            first += count
