"""The two file formats of a snapshot: how rows become bytes. Byte for byte the same for the same rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.export.columns import batch_of
from pipelines.export.rows import SCHEMA, ExportRow, lines_of

SnapshotFormat = Literal["parquet", "jsonl"]

ROW_GROUP = 2_048
"""Rows in a row group of a Parquet part: 2,048 articles are about 16 MB in memory."""

ZSTD_LEVEL = 1
"""Measured on the articles of 126 real pages: level 2 takes 1.4 times as long and saves 13 % of the bytes,
level 3 1.7 times and 16 %."""

_DICTIONARY = ["date_precision", "encoding", "in_language", "pipeline_version", "relation", "site", "source"]
"""Columns with few values. A dictionary over bodies only fills up and is thrown away."""


class FileWriter(Protocol):
    """An open file of one format; closing it makes it whole."""

    def write(self, prepared: Any) -> object:
        """Append what `prepare` made of a batch of rows."""

    def close(self) -> object:
        """Finish the file."""


class _Parquet:
    suffix = "parquet"

    @staticmethod
    def prepare(rows: list[ExportRow]) -> pa.RecordBatch:
        return batch_of(rows)

    @staticmethod
    def open(path: Path) -> FileWriter:
        return _ParquetFile(path)


class _JsonLines:
    suffix = "jsonl.zst"

    @staticmethod
    def prepare(rows: list[ExportRow]) -> bytes:
        return lines_of(rows)

    @staticmethod
    def open(path: Path) -> FileWriter:
        return _CompressedFile(path)


class _ParquetFile:
    """Row groups of ROW_GROUP rows, however few come at a time."""

    def __init__(self, path: Path) -> None:
        self._writer = parquet_writer(path, SCHEMA)
        self._waiting: list[pa.RecordBatch] = []

    def write(self, prepared: pa.RecordBatch) -> None:
        self._waiting.append(prepared)
        if sum(map(len, self._waiting)) >= ROW_GROUP:
            self._end_group()

    def close(self) -> None:
        self._end_group()
        self._writer.close()

    def _end_group(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting, SCHEMA))
            self._waiting = []


class _CompressedFile:
    """One zstd frame (RFC 8878): some readers stop at the end of the first frame."""

    def __init__(self, path: Path) -> None:
        self._file = pa.OSFile(str(path), "wb")
        self._stream = pa.CompressedOutputStream(self._file, "zstd")

    def write(self, prepared: bytes) -> None:
        self._stream.write(prepared)

    def close(self) -> None:
        self._stream.close()
        self._file.close()


def parquet_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A Parquet file as all exports write it: zstd, page checksums, statistics for ids and dates."""
    names = set(schema.names)
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=ZSTD_LEVEL,
        use_dictionary=[name for name in _DICTIONARY if name in names],
        write_statistics=["date_published", "fetched_at", "id", "relevance", "url"],
        write_page_checksum=True,
    )


FORMATS: dict[SnapshotFormat, type[_Parquet] | type[_JsonLines]] = {"parquet": _Parquet, "jsonl": _JsonLines}
