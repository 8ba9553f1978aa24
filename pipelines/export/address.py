"""Addresses of destinations: a folder, `file:///dir`, `s3://bucket/path`, `az://container/path`, `gs://bucket/path`.

Credentials come from the environment variables of each provider and are read by the store itself; this
module never holds one, so that no message can print one. `gs://` is built like the others and has not been
tested against a server.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from obstore.store import AzureStore, GCSStore, LocalStore, S3Store

from pipelines.errors import ExportError
from pipelines.object_stores import VARIABLES, endpoint_of, in_clear_text

if TYPE_CHECKING:  # obstore has these names for type checkers only
    from obstore.store import ClientConfig, RetryConfig

_HINT = "type --to file:///DIRECTORY, s3://BUCKET/PATH, az://CONTAINER/PATH or gs://BUCKET/PATH"

RETRY: RetryConfig = {
    "max_retries": 6,
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=10), "base": 2},
    "retry_timeout": timedelta(minutes=2),
}
"""Six tries after the first wait 0.1 to 6.4 s with jitter, 13 s together: longer than a server's restart or
a throttled minute's worst slot, shorter than a person's patience with a wrong address. The timeout stays
below the five minutes for which a signed request is valid."""


_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed destination: scheme, bucket or container (empty for files), path without slashes around it."""

    uri: str
    scheme: str
    bucket: str
    path: str

    @property
    def variables(self) -> str:
        """The environment variables that carry the credentials of this kind of store."""
        return VARIABLES.get(self.scheme, "none")

    @property
    def endpoint(self) -> str | None:
        """Another server than the provider's own, where the environment names one."""
        return endpoint_of(self.scheme)

    @property
    def clear_text(self) -> bool:
        """Whether the environment names an endpoint without TLS, as local test servers are."""
        return in_clear_text(self.scheme)


def parse_address(uri: str) -> Address:
    """Parse a destination.

    Raises ExportError, with the line to type instead, for an empty address, an unknown scheme, a missing
    bucket or a user name in the address.
    """
    try:
        parts = urlsplit(uri)
    except ValueError as error:
        raise ExportError(f"{uri!r} is not an address ({error}); {_HINT}") from None
    if not parts.scheme:
        if not uri.strip():
            raise ExportError(f"an empty address; {_HINT}")
        return Address(uri, "file", "", str(Path(uri).absolute()))
    if parts.username or parts.password:
        variables = VARIABLES.get(parts.scheme, "no credentials")
        raise ExportError(f"the {parts.scheme} address holds a user name; take it out and set {variables}")
    if parts.query or parts.fragment:
        raise ExportError(f"{uri!r} has a part behind ? or #, which no store knows; take it out")
    if parts.scheme == "file":
        return _file_address(uri, parts.netloc, unquote(parts.path))
    if parts.scheme not in VARIABLES:
        raise ExportError(f"{uri!r} has the unknown scheme {parts.scheme!r}; {_HINT}")
    if not parts.netloc:
        raise ExportError(f"{uri!r} names no bucket; {_HINT}")
    return Address(uri, parts.scheme, parts.netloc, unquote(parts.path).strip("/"))


def _file_address(uri: str, host: str, path: str) -> Address:
    if host not in ("", "localhost"):
        raise ExportError(f"{uri!r} names the host {host!r}; type --to file:///{host}{path}")
    if not path.strip("/"):
        raise ExportError(f"{uri!r} names the root of the file system; {_HINT}")
    return Address(uri, "file", "", os.path.normpath(path))


def connect(address: Address) -> AzureStore | GCSStore | LocalStore | S3Store:
    """The object store behind an address; nothing is sent yet (a local directory is made)."""
    client: ClientConfig = {
        "allow_http": address.clear_text,
        "connect_timeout": timedelta(seconds=5),
        "read_timeout": timedelta(seconds=30),
        "timeout": timedelta(minutes=10),
    }
    prefix = address.path or None
    if address.scheme == "file":
        return LocalStore(address.path, mkdir=True)
    if address.scheme == "s3":
        return S3Store(
            address.bucket,
            prefix=prefix,
            config={
                "conditional_put": "etag",
                **({"endpoint": address.endpoint} if address.endpoint else {}),
            },
            client_options=client,
            retry_config=RETRY,
        )
    if address.scheme == "az":
        return AzureStore(address.bucket, prefix=prefix, client_options=client, retry_config=RETRY)
    return GCSStore(address.bucket, prefix=prefix, client_options=client, retry_config=RETRY)


def table_location(address: Address) -> tuple[str, dict[str, str]]:
    """(address, storage options) under which the Delta library finds the same place.

    Raises ExportError for a path that it cannot find: it undoes what looks like an escape once too often.
    """
    if escape := _ESCAPE.search(address.path):
        raise ExportError(
            f"{address.uri}: the Delta library reads {escape[0]} in a path as another character; "
            "name another address with --to, or type --format parquet"
        )
    if address.scheme == "file":
        return address.path, {}
    options = {"allow_http": "true"} if address.clear_text else {}
    if address.scheme == "s3":
        options |= {"aws_conditional_put": "etag"}
        options |= {"aws_endpoint_url": address.endpoint} if address.endpoint else {}
    return f"{address.scheme}://{address.bucket}/{quote(address.path)}", options
