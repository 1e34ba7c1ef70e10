"""What aiohttp's exceptions mean: was anything sent, and is another attempt worth while."""

from __future__ import annotations

import errno
import re
import ssl
from typing import TYPE_CHECKING, Any

import aiohttp
import attrs

from uipath_odata.errors import ConnectionFailed, DecodeError, OrchestratorError, QueryError, RequestTimeout
from uipath_odata.transport.retry.policy import AttemptFailure

if TYPE_CHECKING:
    from yarl import URL

__all__ = ["FAILURES", "failure_of"]

FAILURES = (aiohttp.ClientError, OSError, TimeoutError, DecodeError)
"""Everything that an attempt may end with instead of an answer."""

_REACH = "check the base URL, DNS, firewall and proxy (trust_env=True reads the environment's)"
_LATER = "try again later, or give the attempt more time"
_TRUST = "give the authority's certificate as ca_file=, or an ssl_context="
_PROXY = "check the proxy, and its user and password in the proxy's URL"
_PROXY_AUTHENTICATION = 407
_CERTIFICATE = "load one that it knows into an ssl_context= with load_cert_chain()"
# RFC 8446 §6.2, in OpenSSL's names: what a server sends that does not take the client's certificate, or misses one.
_CERTIFICATE_ALERT = re.compile(r"_ALERT_(?:\w*CERTIFICATE\w*|UNKNOWN_CA|ACCESS_DENIED)")
_PLAIN_WORDS = re.compile(r"[\w .,:'*()-]{1,120}")
_ERRNO_WORDS = {
    errno.ECONNREFUSED: "it refuses connections there",
    errno.ETIMEDOUT: "it did not answer in time",
    errno.EHOSTUNREACH: "there is no route to it",
    errno.ENETUNREACH: "there is no route to it",
    errno.ECONNRESET: "it reset the connection",
    errno.EMFILE: "this process has too many files open",
}


@attrs.frozen(eq=False, repr=False)
class _Mapped:
    raised: type[BaseException]
    error: type[OrchestratorError]
    what: str
    advice: str
    sent: bool
    again: bool = True
    stale: bool = False


# In TLS 1.3 it comes after the handshake, in the place of an answer; the server has read nothing of the request.
_CERTIFICATE_REFUSED = _Mapped(ssl.SSLError, ConnectionFailed, "TLS with {place} failed because the server refuses the client's certificate or wants one", _CERTIFICATE, sent=False, again=False)  # fmt: skip

# The first that fits: aiohttp's classes overlap.
_EXCEPTIONS = (
    _Mapped(aiohttp.ClientConnectorCertificateError, ConnectionFailed, "TLS with {place} failed because its certificate is not trusted, expired or for another name{why}", _TRUST, sent=False, again=False),
    _Mapped(aiohttp.ClientSSLError, ConnectionFailed, "TLS with {place} failed{why}", _TRUST, sent=False, again=False),
    _Mapped(aiohttp.ClientHttpProxyError, ConnectionFailed, "the proxy did not connect to {place}", _PROXY, sent=False),
    _Mapped(aiohttp.ClientProxyConnectionError, ConnectionFailed, "the proxy on the way to {place} cannot be reached{why}", _PROXY, sent=False),
    _Mapped(aiohttp.ConnectionTimeoutError, RequestTimeout, "there was no connection to {place} in time", _REACH, sent=False),
    _Mapped(aiohttp.ClientConnectorDNSError, ConnectionFailed, "there is no connection to {place}: its name is not found", _REACH, sent=False),
    _Mapped(aiohttp.ClientConnectorError, ConnectionFailed, "there is no connection to {place}{why}", _REACH, sent=False),
    _Mapped(aiohttp.InvalidURL, QueryError, "a URL below {place} cannot be sent", "check the path", sent=False, again=False),
    _Mapped(TimeoutError, RequestTimeout, "the server {place} did not answer in time", _LATER, sent=True),
    _Mapped(aiohttp.ClientPayloadError, ConnectionFailed, "the answer of {place} is cut", _LATER, sent=True),
    _Mapped(aiohttp.ClientResponseError, ConnectionFailed, "the server {place} does not answer in HTTP/1.1, or with longer headers than Pool(header_limit=…) takes", _REACH, sent=True),
    _Mapped(BaseException, ConnectionFailed, "the server {place} closed the connection without an answer", _LATER, sent=True, stale=True),
)  # fmt: skip


def failure_of(error: BaseException, url: URL) -> AttemptFailure:
    """Judge an exception of an attempt; the result names host, port and reason, in none of aiohttp's words.

    aiohttp's own exceptions carry the URL's query and the request's headers.
    """
    if isinstance(error, DecodeError):
        return AttemptFailure("its answer cannot be read", error.with_traceback(None), sent=True, again=False)
    fitting = (each for each in _EXCEPTIONS if isinstance(error, each.raised))
    mapped = _CERTIFICATE_REFUSED if _refuses_certificate(error) else next(fitting)
    denied = isinstance(error, aiohttp.ClientHttpProxyError) and error.status == _PROXY_AUTHENTICATION
    why = _reason(error)
    what = mapped.what.format(place=f"{url.host}:{url.port}", why=why and f": {why}")
    made = mapped.error(f"{what[0].upper()}{what[1:]}: {mapped.advice}")
    made.retryable = mapped.again and not denied
    return AttemptFailure(what, made, sent=mapped.sent, again=made.retryable, stale=mapped.stale)


def _refuses_certificate(error: BaseException) -> bool:
    cause = error.__cause__
    return isinstance(cause, ssl.SSLError) and bool(_CERTIFICATE_ALERT.search(cause.reason or ""))


def _reason(error: BaseException) -> str:
    """Say why a connection failed, in the operating system's terms or in OpenSSL's."""
    cause: Any = getattr(error, "certificate_error", None) or getattr(error, "os_error", error)
    if words := _ERRNO_WORDS.get(getattr(cause, "errno", None) or 0):
        return words
    words = getattr(cause, "verify_message", None) or str(getattr(cause, "reason", None) or "").lower()
    return words.replace("_", " ") if _PLAIN_WORDS.fullmatch(words) else ""
