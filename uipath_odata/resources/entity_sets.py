"""What a generated class of entity sets is built on."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

if TYPE_CHECKING:
    from uipath_odata.calls.connection import TenantChannel
    from uipath_odata.local.log_line import LogPlace

__all__ = ["Sets", "known_sets", "log_place"]


class _Opened(Protocol):
    """An entity set, or another group of operations."""

    @classmethod
    def _of(cls, channel: TenantChannel) -> Self: ...


S = TypeVar("S", bound=_Opened)


class Sets:
    """Entity sets that are all asked through one channel."""

    def __init__(self, channel: TenantChannel) -> None:
        self._channel = channel

    @classmethod
    def of(cls, client: Sets) -> Self:
        """Return these sets for a client, or a folder of it: sets of another API version use its connections."""
        return cls(client._channel)

    def _open(self, kind: type[S]) -> S:
        return kind._of(self._channel)  # noqa: SLF001 - hidden from those who look for queries and operations


def known_sets(sets: type[Sets]) -> frozenset[str]:
    """Return the names of the sets in the API, in lower case."""
    members = vars(sets).items()
    return frozenset(name.replace("_", "") for name, each in members if isinstance(each, cached_property))


def log_place(sets: Sets) -> LogPlace:
    """Return the tenant and the folder that log lines about these sets name."""
    return sets._channel.place  # noqa: SLF001 - hidden from completion
