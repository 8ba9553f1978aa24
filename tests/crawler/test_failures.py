"""Why a request came to nothing, in words."""

from __future__ import annotations

import pytest
from OpenSSL import SSL
from scrapy.exceptions import CannotResolveHostError, DownloadFailedError, ResponseDataLossError
from service_identity import VerificationError
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure
from twisted.web._newclient import BadResponseVersion, ResponseNeverReceived

from crawler.failures import reason_of
from crawler.middlewares import NotFetched


def failed(*causes: BaseException) -> Failure:
    """As Scrapy gives it: its own error raised from Twisted's, which holds what it met."""
    twisted = ResponseNeverReceived([Failure(cause) for cause in causes])
    error = DownloadFailedError(str(twisted))
    error.__cause__ = twisted
    return Failure(error)


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (failed(SSL.Error([("SSL routines", "", "certificate verify failed")])), "verify_tls = false"),
        (failed(SSL.Error([("SSL routines", "", "wrong version number")])), "no TLS connection: "),
        (failed(VerificationError(errors=())), "another host's; verify_tls = false"),
        (failed(ConnectionDone()), "closed before the answer was whole"),
        (failed(BadResponseVersion("x", b"ICY")), "no HTTP/1 answer: "),
        (failed(ValueError("two lengths")), "no HTTP/1 answer: two lengths"),
        (failed(ResponseNeverReceived([Failure(ConnectionDone())])), "closed before the answer was whole"),
        (Failure(ResponseDataLossError()), "shorter than it says"),
        (Failure(CannotResolveHostError("no such\nname")), "CannotResolveHostError: no such name"),
        (Failure(NotFetched("guard: no")), "guard: no"),
    ],
)
def test_reasons(failure: Failure, words: str) -> None:
    assert words in reason_of(failure)


def test_a_reason_is_a_line_that_can_be_kept() -> None:
    reason = reason_of(Failure(OSError("long\r\n" * 1_000)))
    assert len(reason) == 300
    assert "\n" not in reason
