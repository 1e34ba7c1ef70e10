"""The state of one request, and what all requests of its client share for repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from random import Random

    from yarl import URL

    from uipath_odata.local.log_line import LogPlace
    from uipath_odata.transport.clock import Clock
    from uipath_odata.transport.request import Request
    from uipath_odata.transport.retry.policy import RetryPolicy

__all__ = ["Progress", "Quota", "RetryContext"]


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


@attrs.frozen(eq=False, repr=False)
class RetryContext:
    """The patience, the time, the jitter and the quota of one client."""

    policy: RetryPolicy
    clock: Clock
    random: Random
    quota: Quota = attrs.field(factory=Quota)


@attrs.define(eq=False)
class Progress:
    """The attempts of one request and the time that is left for more; its middlewares share it."""

    request: Request
    url: URL
    context: RetryContext
    place: LogPlace
    """Whom it is about, for the log."""
    attempts: int = 0
    waited: float = 0.0
    """Seconds of waiting for the rate."""
    maybe_done: bool = False
    """Whether an attempt before the last may have taken effect."""
    wants_fresh: bool = False
    """Whether the next attempt goes out on a connection that nothing has come through."""
    _ends: float = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._ends = self.context.clock.monotonic() + self.policy.deadline

    @property
    def policy(self) -> RetryPolicy:
        """How patient the request is."""
        return self.request.policy or self.context.policy

    def left(self) -> float:
        """Return the seconds until the deadline over all attempts."""
        return self._ends - self.context.clock.monotonic()
