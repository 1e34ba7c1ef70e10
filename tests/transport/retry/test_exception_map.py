from __future__ import annotations

import errno
import ssl

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from yarl import URL

from uipath_odata.errors import ConnectionFailed, DecodeError, QueryError, RequestTimeout
from uipath_odata.transport.retry.exception_map import failure_of

KEY = ConnectionKey("o.example.com", 443, True, True, None, None, None)
INFO = aiohttp.RequestInfo(
    URL("https://o.example.com/odata/Jobs?secret=value"), "GET", {"Authorization": "Bearer eyJsecret"}
)
SECRET = "eyJsecret"
ORIGIN = URL("https://o.example.com")


def connector(kind, os_error):
    return kind(KEY, os_error)


@pytest.mark.parametrize(
    ("error", "kind", "sent", "again"),
    [
        (connector(aiohttp.ClientConnectorError, OSError(111, SECRET)), ConnectionFailed, False, True),
        (connector(aiohttp.ClientConnectorDNSError, OSError(-2, SECRET)), ConnectionFailed, False, True),
        (connector(aiohttp.ClientProxyConnectionError, OSError(111, SECRET)), ConnectionFailed, False, True),
        (connector(aiohttp.ClientConnectorSSLError, ssl.SSLError(1, SECRET)), ConnectionFailed, False, False),
        (
            aiohttp.ClientConnectorCertificateError(KEY, ssl.SSLCertVerificationError(1, SECRET)),
            ConnectionFailed,
            False,
            False,
        ),
        (aiohttp.ClientHttpProxyError(INFO, (), status=407), ConnectionFailed, False, False),
        (aiohttp.ClientHttpProxyError(INFO, (), status=502), ConnectionFailed, False, True),
        (aiohttp.ConnectionTimeoutError(SECRET), RequestTimeout, False, True),
        (aiohttp.SocketTimeoutError(SECRET), RequestTimeout, True, True),
        (TimeoutError(SECRET), RequestTimeout, True, True),
        (aiohttp.ServerDisconnectedError(SECRET), ConnectionFailed, True, True),
        (aiohttp.ClientOSError(errno.ECONNRESET, SECRET), ConnectionFailed, True, True),
        (ConnectionResetError(SECRET), ConnectionFailed, True, True),
        (aiohttp.ClientPayloadError(SECRET), ConnectionFailed, True, True),
        (aiohttp.ClientResponseError(INFO, (), status=400, message=SECRET), ConnectionFailed, True, True),
        (aiohttp.InvalidURL("https://o.example.com/?" + SECRET), QueryError, False, False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_what_an_exception_means_is_said_without_its_words(error, kind, sent, again):
    """R03, R04, R06, R10, R17, R113."""
    fault = failure_of(error, ORIGIN)
    assert (type(fault.error), fault.sent, fault.again, fault.error.retryable) == (kind, sent, again, again)
    assert "o.example.com:443" in fault.what
    assert str(fault.error).lower().startswith(f"{fault.what.lower()}: ")
    assert "secret" not in str(fault.error)
    assert fault.error.__cause__ is fault.error.__context__ is None


@pytest.mark.parametrize(
    ("error", "stale"),
    [
        (aiohttp.ServerDisconnectedError(), True),
        (aiohttp.ClientOSError(errno.EPIPE, ""), True),
        (aiohttp.ClientPayloadError(), False),
        (TimeoutError(), False),
    ],
)
def test_r11_a_connection_is_stale_when_no_answer_began(error, stale):
    assert failure_of(error, ORIGIN).stale is stale


def test_an_unreadable_answer_keeps_its_own_words():
    error = DecodeError("The body is longer than 5 bytes: ask for fewer rows")
    fault = failure_of(error, ORIGIN)
    assert (fault.error, fault.sent, fault.again) == (error, True, False)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            connector(aiohttp.ClientConnectorError, OSError(errno.ECONNREFUSED, SECRET)),
            "it refuses connections",
        ),
        (
            connector(aiohttp.ClientConnectorError, OSError(errno.ENETUNREACH, SECRET)),
            "there is no route to it",
        ),
        (connector(aiohttp.ClientConnectorDNSError, OSError(-2, SECRET)), "its name is not found"),
        (
            connector(aiohttp.ClientConnectorError, OSError(None, SECRET)),
            "no connection to o.example.com:443: check",
        ),
    ],
)
def test_the_reason_is_said_in_words(error, reason):
    assert reason in str(failure_of(error, ORIGIN).error)
