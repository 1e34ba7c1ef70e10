"""What all requests of one client share when they are sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from random import Random

    from uipath_odata.transport.clock import Clock
    from uipath_odata.transport.retry.policy import RetryPolicy

__all__ = ["Quota", "RetryContext"]


class Quota:
    """Allow retries up to a share of the requests and a burst, so that an outage does not multiply the load."""

    def __init__(self, share: float = 0.1, burst: float = 10.0) -> None:
        self._share = share
        self._burst = burst
        self._left = burst

    def earn(self) -> None:
        """Count one request."""
        self._left = min(self._burst, self._left + self._share)

    def spend(self) -> bool:
        """Take one retry; return False where none is left."""
        if self._left < 1:
            return False
        self._left -= 1
        return True


@attrs.frozen
class RetryContext:
    """The patience, the time, the jitter and the quota of one client."""

    policy: RetryPolicy
    clock: Clock
    random: Random
    quota: Quota = attrs.field(factory=Quota)
