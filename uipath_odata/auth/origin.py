"""Where credentials may go: over TLS or to this machine, and only below the base URL."""

from __future__ import annotations

import re
from ipaddress import ip_address

from yarl import URL

from uipath_odata.errors import QueryError

__all__ = ["check_origin", "is_host", "is_loopback", "read_url", "within"]

# Of these yarl drops some in silence, so that another host would be asked.
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|^\s|\s$")
# RFC 3986, 3.2.2.
_HOST = re.compile(r"[\w.~!$&'()*+,;=%:-]*", re.ASCII)
_LONGEST_HOST, _LONGEST_LABEL = 253, 63
_DOT_SEGMENT = re.compile(r"(?i)(?:^|/|\\|%2f|%5c)(?:\.|%2e){1,2}(?:/|\\|%2f|%5c|$)")


def read_url(text: URL | str) -> URL:
    """Return a URL; raise QueryError for anything else without showing it, as it may hold a password."""
    url = _readable(text)
    if url is None:
        raise QueryError("The URL cannot be read: write it like https://cloud.uipath.com/acme/Default")
    return url


def _readable(text: URL | str) -> URL | None:
    try:
        url = URL(text)
        _ = url.port  # what is wrong with it shows only when it is asked for
    except (ValueError, TypeError):
        return None
    return url if not _UNREADABLE.search(str(text)) and is_host(url.raw_host or "") else None


def is_host(host: str) -> bool:
    """Return whether a host, encoded or empty, can be looked up: RFC 1035 §2.3.4 bounds its length and its labels'."""
    labels = [] if ":" in host else host.removesuffix(".").split(".")
    fits = len(host) <= _LONGEST_HOST and all(len(label) <= _LONGEST_LABEL for label in labels)
    return not host or (fits and "" not in labels and _HOST.fullmatch(host) is not None)


def check_origin(url: URL) -> URL:
    """Return the URL if credentials may be sent to it, else raise QueryError."""
    if url.scheme not in {"", "http", "https"}:
        raise QueryError(
            f"{url.scheme} is not a scheme that Orchestrator is reached by: write https://host/…"
        )
    if not url.scheme or not url.host:
        raise QueryError("The URL needs a scheme and a host: write https://host/…")
    if url.raw_user is not None or url.raw_password is not None:
        raise QueryError(f"The URL of {url.host} carries a user or password: give credentials instead")
    if url.scheme == "http" and not is_loopback(url.host):
        raise QueryError(f"Credentials are not sent to {url.host} without TLS: write https://")
    return url


def within(base: URL, url: URL) -> bool:
    """Whether ``url`` has the scheme, host and port of ``base`` and lies below its path."""
    same = (url.scheme, url.host, url.port) == (base.scheme, base.host, base.port)
    prefix = base.raw_path.rstrip("/") + "/"
    return same and url.raw_path.startswith(prefix) and not _DOT_SEGMENT.search(url.raw_path)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, as far as its name or address tells."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
