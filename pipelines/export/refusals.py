"""What a store said when an export failed, turned into one line that says what to type."""

from __future__ import annotations

import re

from pipelines.errors import ExportError
from pipelines.export.address import Address
from pipelines.object_stores import Refusal, in_brief, refusal_of, said_by

_TRANSIENT = re.compile(
    r"error sending request|error decoding|request or response body|timed? ?out|reset|"
    r"Server returned non-2xx status code: (?:5\d\d|429)|connection",
    re.IGNORECASE,
)
_RETRIED = re.compile(r"after \d+ retries")

_REMEDIES: dict[Refusal | None, str] = {
    "no_place": "{place} does not exist on the server; make it first, or name another with --to",
    "no_space": "no space left at the destination; make room, then the same command again",
    "credentials": "the server did not accept the credentials; set {variables}",
    "not_writable": "the directory cannot be written; give yourself the right to, or name another with --to",
    "not_a_folder": "a file stands where a directory is wanted; name another with --to",
    "failing": (
        "the server failed again and again; nothing half done is visible: the same command again, later"
    ),
    "no_answer": (
        "no whole answer from {server}; look at the network and the endpoint, then the same command again"
    ),
}


def is_transient(error: BaseException) -> bool:
    """Whether the same operation may succeed when tried again."""
    return bool(_TRANSIENT.search(said_by(error)))


def already_retried(error: BaseException) -> bool:
    """Whether the store has used up its own retries on this."""
    return bool(_RETRIED.search(said_by(error)))


def refusal(error: BaseException, address: Address) -> ExportError:
    """The ExportError for what a store raised: the destination, the kind of refusal, the remedy."""
    said = said_by(error)
    if remedy := _REMEDIES.get(refusal_of(said)):
        return ExportError(f"{address.uri}: {remedy.format(**_names(address))}")
    brief = in_brief(said) or type(error).__name__
    return ExportError(f"{address.uri}: {brief}; check the address, then the same command again")


def _names(address: Address) -> dict[str, str]:
    kind = "container" if address.scheme == "az" else "bucket"
    return {
        "place": f"{kind} {address.bucket}" if address.bucket else address.path,
        "variables": address.variables,
        "server": address.endpoint or "the server",
    }
