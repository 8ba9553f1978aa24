"""The state of a Delta table: which row stands in which file, and how a file's row is known to be unchanged.

Ids and digests of ten million rows take 700 MB as arrays; as Python objects, 2.5 GB.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from pipelines.errors import ExportError, SchemaError
from pipelines.export.address import table_location
from pipelines.export.refusals import refusal
from pipelines.export.rows import SCHEMA
from pipelines.export.store import Store

DIGEST = "row_digest"
MONTH = "month"
FILE_SCHEMA = SCHEMA.append(pa.field(DIGEST, pa.string(), False))
"""Columns inside a table's files: those of a row, and the digest by which a change is seen."""

DATA_FILE = re.compile(rf"{MONTH}=(?:\d{{4}}-\d\d|unknown)/[0-9a-f]{{8}}-[0-9a-f]{{32}}\.parquet")
"""Paths that an export gives to a table's files. Anything else below the address is not ours to delete."""

LOG = "_delta_log"
_DAMAGED_LOG = re.compile(
    r"Kernel error: (?:Generic delta kernel error: )?"
    r"((?:Json error|No table metadata|Expected contiguous|Invalid Checkpoint|Parquet error|Arrow error)"
    r"[^:\n]*)"
)
"""What the Delta library says of a log that it has read and cannot follow."""

TABLE_SCHEMA = FILE_SCHEMA.append(pa.field(MONTH, pa.string(), False))


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of the table's newest version."""

    path: str
    month: str
    size: int
    rows: int


@dataclass(frozen=True, slots=True)
class TableState:
    """The newest version. `ids` ascend; `digests` and `file_of` (number in `files`) run beside them.

    `broken` are numbers of files that are missing or clipped: their rows count as not there.
    """

    table: DeltaTable | None
    files: tuple[DataFile, ...]
    ids: npt.NDArray[Any]
    digests: npt.NDArray[Any]
    file_of: npt.NDArray[np.int32]
    broken: tuple[int, ...] = ()


def open_table(store: Store) -> DeltaTable | None:
    """The Delta table at a destination, None when there is none.

    Raises ExportError when the store refuses or the table needs a reader that we are not, SchemaError when
    its log is damaged.
    """
    location, options = table_location(store.address)
    if not store.sizes(LOG):
        return None
    try:
        table = DeltaTable(location, storage_options=options)
        features = table.protocol().reader_features
    except TableNotFoundError:
        return None
    except (DeltaError, OSError) as error:
        if damage := _DAMAGED_LOG.match(str(error)):
            log = f"{store.address.uri}/{LOG}"
            raise SchemaError(f"{log}: damaged ({damage[1]}); delete it, then export there again") from None
        raise refusal(error, store.address) from None
    if features:
        raise ExportError(
            f"{store.address.uri}: another tool switched on {', '.join(features)}; export to another address"
        )
    return table


def data_files(table: DeltaTable) -> tuple[DataFile, ...]:
    """The files of a table's version, in the order of their paths."""
    actions = pa.table(table.get_add_actions(flatten=True)).to_pylist()
    files = [
        DataFile(unquote(a["path"]), a[f"partition.{MONTH}"], a["size_bytes"], a["num_records"])
        for a in actions
    ]
    return tuple(sorted(files, key=lambda file: file.path))


def last_filters(table: DeltaTable, store: Store) -> dict[str, Any]:
    """What the newest commit was asked to take; empty where it does not say, as another tool's may not.

    Read from the log's own file, not by `table.history`: that holds the interpreter's lock while it waits for
    the store, and fails with the library's own errors. Raises ExportError when the store refuses.
    """
    log = store.read(f"{LOG}/{table.version():020}.json") or b""
    try:
        told = [
            action["commitInfo"] for action in map(json.loads, log.splitlines()) if "commitInfo" in action
        ]
        filters = json.loads(told[0]["filters"]) if told else {}
    except (ValueError, TypeError, KeyError):
        return {}
    return filters if isinstance(filters, dict) else {}


def read_state(store: Store) -> TableState:
    """Read ids and digests of every row. Raises SchemaError for a table with other columns than ours."""
    table = open_table(store)
    if table is not None:
        _check_columns(table, store)
    files = data_files(table) if table is not None else ()
    there = store.sizes() if files else {}
    ids, digests, lengths = [np.empty(0, "S32")], [np.empty(0, "S32")], []
    for file in files:
        whole = there.get(file.path) == file.size
        if whole:
            columns = pq.ParquetFile(store.reader(file.path, file.size)).read(columns=["id", DIGEST])
            ids.append(fixed(columns.column("id")))
            digests.append(fixed(columns.column(DIGEST)))
        lengths.append(len(ids[-1]) if whole else 0)
    every = np.concatenate(ids)
    order = np.argsort(every, kind="stable")
    numbers = np.repeat(np.arange(len(files), dtype=np.int32), lengths)
    broken = tuple(n for n, file in enumerate(files) if there.get(file.path) != file.size)
    return TableState(table, files, every[order], np.concatenate(digests)[order], numbers[order], broken)


def fixed(column: Any) -> npt.NDArray[Any]:
    """A column of 32-digit texts as an array of 32-byte strings, which sorts and compares without objects."""
    return np.array(column.to_pylist(), dtype="S32")


def _check_columns(table: DeltaTable, store: Store) -> None:
    held = {field.name for field in table.schema().fields}
    if held != set(TABLE_SCHEMA.names):
        other = ", ".join(sorted(held ^ set(TABLE_SCHEMA.names))[:5])
        raise SchemaError(
            f"{store.address.uri}: a Delta table with other columns ({other}); export to another address"
        )
