"""Where credentials may go: over TLS or to this machine, and only below the base URL."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING

from uipath_odata.errors import QueryError

if TYPE_CHECKING:
    from yarl import URL

__all__ = ["check_origin", "is_loopback", "within"]

_DOT_SEGMENT = re.compile(r"(?i)(?:^|/|\\|%2f|%5c)(?:\.|%2e){1,2}(?:/|\\|%2f|%5c|$)")


def check_origin(url: URL) -> URL:
    """Give the URL back if credentials may be sent to it, else raise ``QueryError``."""
    if url.scheme not in {"http", "https"} or not url.host:
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
