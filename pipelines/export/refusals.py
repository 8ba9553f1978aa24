"""What a store said, turned into one line that says what to type.

A server's answer may carry the key's name and the signed text, and an address may carry a signature: only
the kind of the refusal is passed on, never the answer.
"""

from __future__ import annotations

import re

from pipelines.errors import ExportError
from pipelines.export.address import Address

_TRANSIENT = re.compile(
    r"error sending request|error decoding|request or response body|timed? ?out|reset|"
    r"Server returned non-2xx status code: (?:5\d\d|429)|connection",
    re.IGNORECASE,
)
_RETRIED = re.compile(r"after \d+ retries")

_KINDS: tuple[tuple[str, str], ...] = (
    (
        r"NoSuchBucket|ContainerNotFound|bucket does not exist",
        "{place} does not exist on the server; make it first, or name another with --to",
    ),
    (
        r"QuotaExceeded|StorageFull|status code: 507|os error (?:27|28|122)\b",
        "no space left at the destination; make room, then the same command again",
    ),
    (
        r"InvalidAccessKeyId|SignatureDoesNotMatch|AuthenticationFailed|AuthorizationFailure|InvalidToken|ExpiredToken"
        r"|AccessDenied|status code: 40[13]|169\.254\.169\.254|latest/api/token"
        r"|[Mm]issing ?[Cc]redential|[Aa]ccount",
        "the server did not accept the credentials; set {variables}",
    ),
    (
        r"os error (?:1|13|30)\b|Permission denied|Read-only file system",
        "the directory cannot be written; give yourself the right to, or name another with --to",
    ),
    (
        r"os error (?:17|20)\b|Not a directory|File exists",
        "a file stands where a directory is wanted; name another with --to",
    ),
    (
        r"status code: (?:5\d\d|429)",
        "the server failed again and again; nothing half done is visible: the same command again, later",
    ),
    (
        r"error sending request|timed? ?out|dns|connect|request or response body|error decoding",
        "no whole answer from {server}; look at the network and the endpoint, then the same command again",
    ),
)


def is_transient(error: BaseException) -> bool:
    """Whether the same operation may succeed when tried again."""
    return bool(_TRANSIENT.search(_said(error)))


def already_retried(error: BaseException) -> bool:
    """Whether the store has used up its own retries on this."""
    return bool(_RETRIED.search(_said(error)))


def refusal(error: BaseException, address: Address) -> ExportError:
    """The ExportError for what a store raised: the destination, the kind of refusal, the remedy."""
    said = _said(error)
    for pattern, remedy in _KINDS:
        if re.search(pattern, said):
            return ExportError(f"{address.uri}: {remedy.format(**_names(address))}")
    brief = re.sub(r"\?\S*|<.*", "", said.splitlines()[0] if said else type(error).__name__)[:200]
    return ExportError(f"{address.uri}: {brief.strip()}; check the address, then the same command again")


def _names(address: Address) -> dict[str, str]:
    kind = "container" if address.scheme == "az" else "bucket"
    return {
        "place": f"{kind} {address.bucket}" if address.bucket else address.path,
        "variables": address.variables,
        "server": address.endpoint or "the server",
    }


def _said(error: BaseException) -> str:
    """The message without the debugging dump that obstore appends."""
    return str(error).partition("\n\nDebug source")[0]
