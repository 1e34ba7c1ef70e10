"""What aiohttp's exceptions mean: was anything sent, and is another attempt worth while."""

from __future__ import annotations

import re
import ssl

import aiohttp
import attrs

from uipath_odata.errors import ConnectionFailed, DecodeError, OrchestratorError, QueryError, RequestTimeout
from uipath_odata.transport.retry.fault import AttemptFailure

__all__ = ["FAULTS", "failure_of"]

FAULTS = (aiohttp.ClientError, OSError, TimeoutError, DecodeError)
"""Everything that an attempt may end with instead of an answer."""

_REACH = "check the base URL, DNS, firewall and proxy (trust_env=True reads the environment's)"
_LATER = "try again later, or give the attempt more time"
_TRUST = "give the authority's certificate as ca_file=, or an ssl_context="
_PROXY = "check the proxy, and its user and password in the proxy's URL"
_PROXY_AUTHENTICATION = 407
_CERTIFICATE = "load one that it knows into an ssl_context= with load_cert_chain()"
# RFC 8446 §6.2, in OpenSSL's names: what a server sends that does not take the client's certificate, or misses one.
_CERTIFICATE_ALERT = re.compile(r"_ALERT_(?:\w*CERTIFICATE\w*|UNKNOWN_CA|ACCESS_DENIED)")


@attrs.frozen
class _Meaning:
    kind: type[BaseException]
    error: type[OrchestratorError]
    what: str
    advice: str
    sent: bool
    again: bool = True
    stale: bool = False


# In TLS 1.3 it comes behind the handshake, in the place of an answer; the server has read nothing of the request.
_REFUSED = _Meaning(ssl.SSLError, ConnectionFailed, "TLS with {host} failed because the server refuses the client's certificate or wants one", _CERTIFICATE, sent=False, again=False)  # fmt: skip

# The first that fits: aiohttp's classes overlap.
_MEANINGS = (
    _Meaning(aiohttp.ClientConnectorCertificateError, ConnectionFailed, "TLS with {host} failed because its certificate is not trusted, expired or for another name", _TRUST, sent=False, again=False),
    _Meaning(aiohttp.ClientSSLError, ConnectionFailed, "TLS with {host} failed", _TRUST, sent=False, again=False),
    _Meaning(aiohttp.ClientHttpProxyError, ConnectionFailed, "the proxy did not connect to {host}", _PROXY, sent=False),
    _Meaning(aiohttp.ConnectionTimeoutError, RequestTimeout, "there was no connection to {host} in time", _REACH, sent=False),
    _Meaning(aiohttp.ClientConnectorError, ConnectionFailed, "there is no connection to {host}", _REACH, sent=False),
    _Meaning(aiohttp.InvalidURL, QueryError, "a URL below {host} cannot be sent", "check the path", sent=False, again=False),
    _Meaning(TimeoutError, RequestTimeout, "the server {host} did not answer in time", _LATER, sent=True),
    _Meaning(aiohttp.ClientPayloadError, ConnectionFailed, "the answer of {host} is cut", _LATER, sent=True),
    _Meaning(aiohttp.ClientResponseError, ConnectionFailed, "the server {host} does not answer in HTTP/1.1", _REACH, sent=True),
    _Meaning(BaseException, ConnectionFailed, "the server {host} closed the connection without an answer", _LATER, sent=True, stale=True),
)  # fmt: skip


def failure_of(error: BaseException, host: str) -> AttemptFailure:
    """Judge an exception of an attempt; the result names the host and repeats nothing of aiohttp's text.

    aiohttp's own exceptions carry the URL's query and the request's headers.
    """
    if isinstance(error, DecodeError):
        return AttemptFailure("its answer cannot be read", error.with_traceback(None), sent=True, again=False)
    fitting = (each for each in _MEANINGS if isinstance(error, each.kind))
    meaning = _REFUSED if _refuses(error) else next(fitting)
    denied = isinstance(error, aiohttp.ClientHttpProxyError) and error.status == _PROXY_AUTHENTICATION
    what = meaning.what.format(host=host)
    made = meaning.error(f"{what[0].upper()}{what[1:]}: {meaning.advice}")
    made.retryable = meaning.again and not denied
    return AttemptFailure(what, made, sent=meaning.sent, again=made.retryable, stale=meaning.stale)


def _refuses(error: BaseException) -> bool:
    cause = error.__cause__
    return isinstance(cause, ssl.SSLError) and bool(_CERTIFICATE_ALERT.search(cause.reason or ""))
