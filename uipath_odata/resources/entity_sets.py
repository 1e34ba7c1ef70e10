"""What a generated class of entity sets is built on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from uipath_odata.calls.connection import TenantChannel

__all__ = ["Sets"]


class Sets:
    """Entity sets that are all asked through one channel."""

    def __init__(self, channel: TenantChannel) -> None:
        self._channel = channel

    @classmethod
    def of(cls, scope: Sets) -> Self:
        """Give these sets for a client, or a folder of it: sets of another API version are asked with its connections."""
        return cls(scope._channel)
