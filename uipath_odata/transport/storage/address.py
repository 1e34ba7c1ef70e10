"""Which addresses of files that a server names may be contacted."""

from __future__ import annotations

import re
from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

import attrs
from yarl import URL

from uipath_odata.auth.origin import is_host, is_loopback
from uipath_odata.errors import ConnectionFailed, QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["StorageAddress", "StorageAddresses", "safe_headers", "storage_address"]

_ENCODED = re.compile(r"[\x21-\x7e]+")
_LAST_PORT = 65_535
_VALUE = re.compile(r"[\x20-\x7e]*")
# What storage services sign or store; everything else is the client's own.
_HEADER = re.compile(
    r"(?i)(x-(ms|amz|goog)-[a-z0-9-]+|content-(type|md5|disposition|language)|cache-control)"
)


@attrs.frozen
class StorageAddress:
    """A pre-signed address; its signature shows itself nowhere."""

    url: URL = attrs.field(repr=False)

    @property
    def host(self) -> str:
        return str(self.url.host)


@attrs.frozen(eq=False, repr=False)
class StorageAddresses:
    """Tells addresses of the public internet from those of a network that a server must not lead a client into."""

    orchestrator: URL
    private: bool = False
    """Whether private networks are allowed."""

    def allow(self, host: str, address: str) -> bool:
        """Tell whether a host may be contacted at an address; Orchestrator's own host always may."""
        if self.private or host == self.orchestrator.host:
            return True
        found = ip_address(address.partition("%")[0])
        mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
        plain = mapped or found
        is_public = plain.is_global and not plain.is_multicast
        return is_public or (plain.is_loopback and self._is_local)

    def check(self, address: StorageAddress) -> None:
        """Raise QueryError for an address that must not be contacted, as far as its text tells."""
        url, host = address.url, address.host
        if not self._may_be(host):
            raise private(host)
        if url.scheme != "https" and not (url.scheme == "http" and is_loopback(host)):
            raise QueryError(f"Orchestrator names a file at {host} without TLS: let the storage serve https")
        if url.raw_user is not None or url.raw_password is not None:
            raise QueryError(f"Orchestrator names a file at {host} with a user: check the bucket's storage")

    def _may_be(self, host: str) -> bool:
        try:
            return self.allow(host, host)
        except ValueError:
            return True  # a name: its addresses are judged once they are known

    @property
    def _is_local(self) -> bool:
        """Whether Orchestrator itself is on this machine."""
        return is_loopback(str(self.orchestrator.host))


def private(host: str) -> QueryError:
    """Say that a host was not contacted."""
    return QueryError(
        f"Orchestrator names a file at {host}, which is in a private network: nothing was sent;"
        " if it is your own storage, use Settings(private_storage=True)"
    )


def storage_address(text: object) -> StorageAddress:
    """Read an address as it was signed, byte for byte. Raise ConnectionFailed that does not show it."""
    if isinstance(text, str) and _ENCODED.fullmatch(text):
        with suppress(ValueError):
            url = URL(text, encoded=True)
            if url.host and is_host(url.host) and 0 < (url.port or 0) <= _LAST_PORT:
                return StorageAddress(url)
    raise ConnectionFailed(
        "Orchestrator gave no address that can be used for the file: check that the bucket's storage works"
    )


def safe_headers(given: Mapping[str, str]) -> dict[str, str]:
    """Keep the headers that storage services ask for; no server chooses the client's others."""
    return {
        name: value for name, value in given.items() if _HEADER.fullmatch(name) and _VALUE.fullmatch(value)
    }
