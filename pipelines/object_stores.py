"""What every use of an object store shares: where its server and credentials are named, what a refusal means.

A server's answer may carry the key's name and the signed text, and an address may carry a signature: of a
refusal only the kind is passed on, never the answer.
"""

from __future__ import annotations

import os
import re
from typing import Literal

VARIABLES = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (AWS_ENDPOINT_URL for another server)",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS",
}
"""The environment variables that carry the credentials of each kind of store; the store reads them itself."""

_ENDPOINTS = {
    "s3": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"),
    "az": ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"),
}

Refusal = Literal[
    "no_place", "absent", "no_space", "credentials", "not_writable", "not_a_folder", "failing", "no_answer"
]

_REFUSALS: tuple[tuple[Refusal, str], ...] = (
    ("no_place", r"NoSuchBucket|ContainerNotFound|bucket does not exist"),
    ("absent", r"^Object at location .* not found"),
    ("no_space", r"QuotaExceeded|StorageFull|status code: 507|os error (?:27|28|122)\b"),
    (
        "credentials",
        r"InvalidAccessKeyId|SignatureDoesNotMatch|AuthenticationFailed|AuthorizationFailure|InvalidToken|ExpiredToken"
        r"|AccessDenied|status code: 40[13]|169\.254\.169\.254|latest/api/token"
        r"|[Mm]issing ?[Cc]redential|[Aa]ccount",
    ),
    ("not_writable", r"os error (?:1|13|30)\b|Permission denied|Read-only file system"),
    ("not_a_folder", r"os error (?:17|20)\b|Not a directory|File exists"),
    ("failing", r"status code: (?:5\d\d|429)"),
    ("no_answer", r"error sending request|timed? ?out|dns|connect|request or response body|error decoding"),
)
"""The first that fits."""


def endpoint_of(scheme: str) -> str | None:
    """Another server than the provider's own, where the environment names one."""
    return next((os.environ[name] for name in _ENDPOINTS.get(scheme, ()) if os.environ.get(name)), None)


def in_clear_text(scheme: str) -> bool:
    """Whether the environment names an endpoint without TLS, as local test servers are."""
    if scheme == "az" and os.environ.get("AZURE_STORAGE_USE_EMULATOR", "").lower() in ("1", "true"):
        return True
    return (endpoint_of(scheme) or "").startswith("http://")


def said_by(error: BaseException) -> str:
    """The message of a store's error without the debugging dump that obstore appends."""
    return str(error).partition("\n\nDebug source")[0]


def refusal_of(said: str) -> Refusal | None:
    """What a store's message means; None where it is told by its own words only."""
    return next((kind for kind, pattern in _REFUSALS if re.search(pattern, said)), None)


def in_brief(said: str) -> str:
    """The first line of a store's message, without signed addresses and the body of an answer."""
    return re.sub(r"\?\S*|<.*", "", said.partition("\n")[0])[:200].strip()
