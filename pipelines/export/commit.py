"""The one transaction of a Delta export."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from deltalake import CommitProperties, DeltaTable, Schema
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions

from pipelines.errors import ExportError
from pipelines.export.address import table_location
from pipelines.export.refusals import refusal
from pipelines.export.store import Store
from pipelines.export.table import (
    DATA_FILE,
    MONTH,
    TABLE_SCHEMA,
    DataFile,
    TableState,
    data_files,
    open_table,
)


@dataclass(frozen=True, slots=True)
class Change:
    """Files that the next version has and this one has not, and the other way round. `restored` ones both
    have: they were missing or clipped."""

    added: tuple[DataFile, ...]
    removed: tuple[DataFile, ...]
    restored: tuple[DataFile, ...] = ()


def commit(store: Store, state: TableState, change: Change, filters: dict[str, Any]) -> int:
    """Commit a change, or nothing when there is none; returns the table's version.

    Raises ExportError when another writer committed since `state` was read: never retried over it, because
    two exports that both append the same article would leave it twice.
    """
    if state.table is not None and not (change.added or change.removed):
        _clear(state.table, store)
        return state.table.version()
    properties = CommitProperties(max_commit_retries=0, custom_metadata={"filters": json.dumps(filters)})
    try:
        if state.table is None:
            _create(store, change, properties)
        else:
            _update(state.table, change, properties)
    except (DeltaError, OSError) as error:
        _check_committed(store, state, change, error)
    table = open_table(store)
    if table is None:
        raise ExportError(f"{store.address.uri}: the table is gone after the commit; the same command again")
    _clear(table, store)
    return table.version()


def _clear(table: DeltaTable, store: Store) -> None:
    """Delete our files that no version of the last week names, so that withdrawn text does not stay for ever.

    A week (Delta's own default) lets readers of older versions finish; left by killed exports, too. The table
    only lists them: left to delete by itself it takes every old file below it, whosever that is.
    """
    try:
        unnamed = table.vacuum(full=True, dry_run=True)
    except (DeltaError, OSError) as error:
        raise refusal(error, store.address) from None
    store.delete(name for name in unnamed if DATA_FILE.fullmatch(name))


def _create(store: Store, change: Change, properties: CommitProperties) -> None:
    location, options = table_location(store.address)
    create_table_with_add_actions(
        location,
        Schema.from_arrow(TABLE_SCHEMA),
        [_add(file) for file in change.added],
        mode="error",
        partition_by=[MONTH],
        name="ipnews",
        storage_options=options,
        commit_properties=properties,
    )


def _update(table: DeltaTable, change: Change, properties: CommitProperties) -> None:
    now = int(time.time() * 1000)
    removes = [RemoveAction(file.path, True, now, file.size, {MONTH: file.month}) for file in change.removed]
    table.create_write_transaction(
        [*(_add(file) for file in change.added), *removes],
        mode="append",
        schema=table.schema(),
        partition_by=[MONTH],
        commit_properties=properties,
    )


def _add(file: DataFile) -> AddAction:
    return AddAction(
        path=file.path,
        size=file.size,
        partition_values={MONTH: file.month},
        modification_time=int(time.time() * 1000),
        data_change=True,
        stats=json.dumps({"numRecords": file.rows}),
    )


def _check_committed(store: Store, state: TableState, change: Change, error: Exception) -> None:
    """A commit whose answer was lost has happened all the same: look before saying that it has not."""
    table = open_table(store)
    wanted = {file.path for file in (*state.files, *change.added)} - {file.path for file in change.removed}
    if table is not None and {file.path for file in data_files(table)} == wanted:
        return
    if table is not None and (state.table is None or table.version() > state.table.version()):
        raise ExportError(
            f"{store.address.uri}: another export committed meanwhile; run one at a time, this one again"
        ) from None
    raise refusal(error, store.address) from None
