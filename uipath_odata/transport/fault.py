"""What aiohttp's exceptions mean: was anything sent, and is another attempt worth while."""

from __future__ import annotations

import aiohttp
import attrs

from uipath_odata.errors import ConnectionFailed, DecodeError, OrchestratorError, QueryError, RequestTimeout

__all__ = ["FAULTS", "Fault", "fault_of"]

FAULTS = (aiohttp.ClientError, OSError, TimeoutError, DecodeError)
"""Everything that an attempt may end with instead of an answer."""

_PROXY_AUTHENTICATION = 407


@attrs.frozen
class Fault:
    """An attempt without an answer that can be used."""

    error: OrchestratorError
    sent: bool
    """Whether the request may have reached the server."""
    again: bool
    """Whether another attempt may do better."""
    stale: bool = False
    """Whether the connection ended before the answer began, as kept-alive connections do."""


def fault_of(error: BaseException, host: str) -> Fault:
    """Judge an exception of an attempt; the result names the host and repeats nothing of aiohttp's text.

    aiohttp's own exceptions carry the URL's query and the request's headers.
    """
    match error:
        case DecodeError():
            return Fault(error.with_traceback(None), sent=True, again=False)
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            return Fault(ConnectionFailed(_untrusted(host)), sent=False, again=False)
        case aiohttp.ClientHttpProxyError():
            again = error.status != _PROXY_AUTHENTICATION
            return Fault(ConnectionFailed(_proxy(host, error.status)), sent=False, again=again)
        case aiohttp.ConnectionTimeoutError():
            return Fault(RequestTimeout(f"No connection to {host} in time: {_REACH}"), sent=False, again=True)
        case aiohttp.ClientConnectorError():
            return Fault(ConnectionFailed(f"No connection to {host}: {_REACH}"), sent=False, again=True)
        case aiohttp.InvalidURL():
            return Fault(
                QueryError(f"The URL below {host} cannot be sent: check its path"), sent=False, again=False
            )
        case TimeoutError():
            return Fault(RequestTimeout(f"{host} did not answer in time: {_LATER}"), sent=True, again=True)
        case aiohttp.ClientPayloadError():
            return Fault(ConnectionFailed(f"The answer of {host} is cut: {_LATER}"), sent=True, again=True)
        case aiohttp.ClientResponseError():
            return Fault(
                ConnectionFailed(f"{host} does not answer in HTTP/1.1: {_REACH}"), sent=True, again=True
            )
        case _:
            lost = ConnectionFailed(f"{host} closed the connection without an answer: {_LATER}")
            return Fault(lost, sent=True, again=True, stale=True)


_REACH = "check the base URL, DNS, firewall and proxy (trust_env=True reads the environment's)"
_LATER = "try again later, or give the attempt more time"


def _untrusted(host: str) -> str:
    return (
        f"TLS with {host} failed: its certificate is not trusted, expired or for another name;"
        " give the authority's certificate as ca_file=, or an ssl_context="
    )


def _proxy(host: str, status: int) -> str:
    if status == _PROXY_AUTHENTICATION:
        return f"The proxy on the way to {host} wants a user and password: set them in the proxy's URL"
    return f"The proxy on the way to {host} answered HTTP {status}: check the proxy"
