"""What is wrong with an export: digests, counts, schema, duplicates, orphans. Changes nothing."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.archive.problems import Problem
from pipelines.archive.reader import Found, read_captures
from pipelines.errors import ExportError, SchemaError
from pipelines.export.address import parse_address
from pipelines.export.filters import typed
from pipelines.export.manifest import MANIFEST, Manifest, Part, parse_manifest
from pipelines.export.parts import PART_NAME
from pipelines.export.store import Store
from pipelines.export.table import LOG, DataFile, data_files, last_filters, open_table, read_state

_AGAIN = "export there again: ipnews export --to {uri} --format {form}{options}"
_NO_EXPORT = (
    "{uri}: no export there ({seen}); name the folder or address of one, write one with "
    "ipnews export --to {uri}, or look at the archive itself: ipnews verify --archive DIR"
)
_FILE_DIGEST = re.compile(r"-([0-9a-f]{32})\.")


def verify_export(uri: str) -> Iterator[Problem]:
    """The problems of an export of any format; none when it can be trusted.

    Raises ExportError where there is no export, or the destination cannot be reached.
    """
    address = parse_address(uri)
    if address.scheme == "file" and not Path(address.path).is_dir():
        raise ExportError(_NO_EXPORT.format(uri=uri, seen="no such folder"))
    store = Store.open(uri)
    data = store.read(MANIFEST)
    try:
        if data is not None:
            yield from _snapshot(store, parse_manifest(data, uri))
        elif store.sizes(LOG):
            yield from _table(store)
        else:
            raise ExportError(_NO_EXPORT.format(uri=uri, seen="no manifest and no Delta log"))
    except SchemaError as error:
        yield _refused(uri, str(error))


def _refused(uri: str, line: str) -> Problem:
    """The place, what is there and what to type, out of the line that refuses to read an export."""
    place, _, rest = line.removeprefix(uri).partition(": ")
    seen, _, remedy = rest.rpartition("; ")
    return Problem(uri + place, seen, remedy)


def _snapshot(store: Store, manifest: Manifest) -> Iterator[Problem]:
    uri, there = store.address.uri, store.sizes()
    again = _AGAIN.format(uri=uri, form=manifest.format, options=typed(manifest.filters))
    for part in manifest.parts:
        where = f"{uri}/{part.name}"
        if part.name not in there:
            yield Problem(where, "named by the manifest and not there", again)
        elif there[part.name] != part.size:
            yield Problem(where, f"{there[part.name]:,} bytes, the manifest says {part.size:,}", again)
        elif store.digest(part.name) != part.sha256:
            yield Problem(where, "its bytes do not match its sha256", f"delete it, then {again}")
        else:
            yield from _content(store, manifest, part, again)
    named = {part.name for part in manifest.parts}
    for name in sorted(there.keys() - named):
        if PART_NAME.fullmatch(name):
            yield Problem(f"{uri}/{name}", "a part that no manifest names: left by a killed export", again)
    if manifest.rows != sum(part.rows for part in manifest.parts):
        yield Problem(f"{uri}/{MANIFEST}", "its rows are not the sum of its parts", again)


def _content(store: Store, manifest: Manifest, part: Part, again: str) -> Iterator[Problem]:
    """Whether a part whose bytes are right holds what the manifest says: rows, fields, records."""
    where = f"{store.address.uri}/{part.name}"
    if part.name.endswith(".parquet"):
        file = pq.ParquetFile(store.reader(part.name, part.size))
        rows = file.metadata.num_rows
        if {field.name: str(field.type) for field in file.schema_arrow} != manifest.fields:
            yield Problem(where, "its columns are not those of the manifest", again)
    elif part.name.endswith(".jsonl.zst"):
        lines = pa.CompressedInputStream(pa.PythonFile(store.reader(part.name, part.size), "r"), "zstd")
        rows = sum(chunk.count(b"\n") for chunk in iter(lambda: lines.read(2**20), b""))
    elif part.name.endswith(".warc.gz"):
        rows = 0
        for item in read_captures(io.BufferedReader(store.reader(part.name, part.size)), part.name):
            rows += isinstance(item, Found)
            if isinstance(item, Found) and not _payload_matches(item):
                yield Problem(where, f"the record of {item.capture.url} does not match its digest", again)
    else:
        return
    if rows != part.rows:
        yield Problem(where, f"{rows:,} rows, the manifest says {part.rows:,}", again)


def _payload_matches(item: Found) -> bool:
    return item.capture.payload_digest == f"sha256:{hashlib.sha256(item.capture.payload).hexdigest()}"


def _table(store: Store) -> Iterator[Problem]:
    uri, table = store.address.uri, open_table(store)
    again = _AGAIN.format(uri=uri, form="delta", options=typed(last_filters(table, store) if table else {}))
    if table is None:
        yield Problem(f"{uri}/{LOG}", "holds no whole commit", f"delete it, then {again}")
        return
    there = store.sizes()
    files = data_files(table)
    faults = [problem for file in files for problem in _data_file(store, file, there, again)]
    yield from faults
    if faults:
        return
    ids = read_state(store).ids
    twice = int(np.count_nonzero(ids[1:] == ids[:-1]))
    if twice:
        yield Problem(uri, f"{twice:,} articles stand there twice", again)


def _data_file(store: Store, file: DataFile, there: dict[str, int], again: str) -> Iterator[Problem]:
    where = f"{store.address.uri}/{file.path}"
    named = _FILE_DIGEST.search(file.path)
    if file.path not in there:
        yield Problem(where, "named by the table and not there", again)
    elif there[file.path] != file.size:
        yield Problem(where, f"{there[file.path]:,} bytes, the table says {file.size:,}", again)
    elif named and not (store.digest(file.path) or "").startswith(named[1]):
        yield Problem(where, "its bytes do not match the digest in its name", f"delete it, then {again}")
    elif pq.ParquetFile(store.reader(file.path, file.size)).metadata.num_rows != file.rows:
        yield Problem(where, "its rows are not as many as the table says", again)
