"""Rows waiting on the local disk, to be taken out month by month.

A table's files belong to one month each, and the rows come in the order of their ids: kept in memory until
their month is complete, a million of them took 3 GB. Here they go to one Arrow file in slices of one month,
and come back through a memory map.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa


class Spool:
    """Write batches with `add`, leave the `with` block, then read them with `batches`."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path, self._count = path, 0
        self._slices: defaultdict[str, list[int]] = defaultdict(list)
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        self._writer = pa.ipc.new_file(str(path), schema, options=options)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._writer.close()

    @property
    def months(self) -> list[str]:
        """The months that have rows, in order."""
        return sorted(self._slices)

    def add(self, batch: pa.RecordBatch, months: list[str]) -> None:
        """Keep a batch whose i-th row belongs to `months[i]`; rows of one month stay in their order."""
        places: defaultdict[str, list[int]] = defaultdict(list)
        for place, month in enumerate(months):
            places[month].append(place)
        for month, rows in places.items():
            self._writer.write_batch(batch.take(pa.array(rows, pa.int32())))
            self._slices[month].append(self._count)
            self._count += 1

    def batches(self, month: str) -> Iterator[pa.RecordBatch]:
        """The rows of a month in the order in which they were added."""
        with pa.memory_map(str(self._path)) as source:
            reader = pa.ipc.open_file(source)
            for number in self._slices.get(month, ()):
                yield reader.get_batch(number)
