"""Why a request came to nothing, in one line for a person: what was seen and, where something helps, what."""

from __future__ import annotations

from OpenSSL import SSL
from scrapy.exceptions import DownloadFailedError, IgnoreRequest, ResponseDataLossError
from service_identity import VerificationError
from twisted.internet.error import ConnectionClosed
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError

MOST_SHOWN = 300
"""Characters: a line is kept with its address."""
_TRUST = "verify_tls = false in the declaration takes it as it is"
_IN_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (VerificationError, f"the certificate is another host's; {_TRUST}"),
    (ConnectionClosed, "the connection was closed before the answer was whole"),
    (ResponseDataLossError, "the answer is shorter than it says"),
)


def reason_of(failure: Failure) -> str:
    """What a failed download comes down to."""
    error = failure.value
    if error is None or isinstance(error, IgnoreRequest):
        return str(error or "")
    cause = _cause(error)
    told = next((words for kind, words in _IN_WORDS if isinstance(cause, kind)), None) or _of_protocol(cause)
    return (told or f"{type(cause).__name__}: {_line(cause)}")[:MOST_SHOWN]


def _cause(error: BaseException) -> BaseException:
    """Below the wrapping of Scrapy (`from`) and Twisted (`reasons`): what happened first."""
    if isinstance(error, DownloadFailedError) and error.__cause__ is not None:
        error = error.__cause__
    reasons: list[Failure] = getattr(error, "reasons", None) or []
    return next((_cause(one.value) for one in reasons if one.value is not None), error)


def _of_protocol(cause: BaseException) -> str | None:
    if isinstance(cause, SSL.Error):
        if "certificate verify failed" in _line(cause):
            return f"the certificate is self-signed, expired or of an unknown authority; {_TRUST}"
        return f"no TLS connection: {_line(cause)}"
    # What Twisted's parser stumbles over.
    return f"no HTTP/1 answer: {_line(cause)}" if isinstance(cause, ParseError | ValueError) else None


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())
