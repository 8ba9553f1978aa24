"""WARC files on object stores and web servers: looked at, listed, opened as seekable streams.

Credentials come from the usual environment variables and are read by the store itself.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from pipelines.errors import SourceError
from pipelines.object_stores import (
    VARIABLES,
    Refusal,
    endpoint_of,
    in_brief,
    in_clear_text,
    refusal_of,
    said_by,
)
from pipelines.reading.addresses import without_credentials

SCHEMES = ("s3", "az", "gs", "http", "https")
_AHEAD = 4 << 20
"""Bytes fetched by one request while a file is read from front to back."""

_FACTS: dict[Refusal, str] = {
    "no_place": "the server has no such bucket or container",
    "absent": "the server has no such object",
    "credentials": "the server did not accept the credentials ({variables})",
    "failing": "the server failed again and again",
    "no_answer": "no whole answer from {server}",
}
"""What is said of each refusal that reading can meet; whoever asked says what to type."""

_OTHERWISE_READ = str.maketrans({"%": "%25", "#": "%23", "?": "%3F"})

_RETRY = {"max_retries": 4, "retry_timeout": timedelta(seconds=60)}
"""Four tries more, with the store's own growing pauses: some seconds, a server's restart."""


def open_remote(address: str) -> BinaryIO:
    """A seekable stream of one object; only what is read is fetched. Raises OSError, SourceError."""
    store, name = _store(address)
    with _as_os_error(address):
        reader = _obstore().open_reader(store, name, buffer_size=_AHEAD)
    return io.BufferedReader(_Stream(reader, address), 1 << 16)


def look_at(address: str) -> tuple[int, str]:
    """(size in bytes, ETag or time of change) of one object. Raises OSError, SourceError."""
    store, name = _store(address)
    with _as_os_error(address):
        about = _obstore().head(store, name)
    return int(about["size"]), str(about["e_tag"] or about["last_modified"])


def list_below(address: str) -> Iterator[str]:
    """Addresses of the objects below one that ends in `/`. Raises OSError, SourceError.

    A key may hold what an address reads otherwise, so that is percent-encoded, and nothing else: people have
    to find the name again.
    """
    store, _ = _store(address)
    with _as_os_error(address):
        for batch in _obstore().list(store):
            yield from (address + about["path"].translate(_OTHERWISE_READ) for about in batch)


class _Stream(io.RawIOBase):
    """obstore's reader as Python's files are: it cannot be closed, nor be left with `with`."""

    def __init__(self, reader: Any, address: str) -> None:
        self._reader, self._address = reader, address

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _as_os_error(self._address):
            piece = bytes(self._reader.read(len(buffer)))
        buffer[: len(piece)] = piece
        return len(piece)

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._reader.seek(offset, whence))


def _store(address: str) -> tuple[Any, str]:
    """The store that holds an object, and the object's name in it."""
    if _scheme(address) not in SCHEMES:
        raise SourceError(f"{address}: unknown kind of address; use a path, s3://, az://, gs:// or https://")
    if without_credentials(address) != address:
        # It would stand in the catalog and in messages.
        raise SourceError(
            f"{without_credentials(address)}: no name and password in an address; fetch the file, name that"
        )
    module = _obstore()
    base, _, name = address.rpartition("/")
    options = {
        "allow_http": address.lower().startswith("http://") or in_clear_text(_scheme(address)),
        "connect_timeout": timedelta(seconds=10),
        "timeout": timedelta(minutes=5),
    }
    with _as_os_error(address):
        return module.store.from_url(base, client_options=options, retry_config=_RETRY), unquote(name)


def _obstore() -> Any:
    try:
        import obstore
        import obstore.store
    except ImportError:
        raise SourceError("object stores need the extra: pip install 'ipnews[export]'") from None
    return obstore


@contextmanager
def _as_os_error(address: str) -> Iterator[None]:
    """What a store refuses, as one line of an OSError: callers treat it as they treat a disk's."""
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, OSError, ValueError) as error:
        said = said_by(error)
        kind = refusal_of(said)
        if kind in _FACTS:
            scheme = _scheme(address)
            server = endpoint_of(scheme) or f"{scheme}://{urlsplit(address).netloc}"
            raise OSError(
                _FACTS[kind].format(variables=VARIABLES.get(scheme, "none"), server=server)
            ) from None
        raise OSError(in_brief(said) or type(error).__name__) from None


def _scheme(address: str) -> str:
    return urlsplit(address).scheme.lower()
