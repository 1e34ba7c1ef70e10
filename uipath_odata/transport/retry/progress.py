"""How far one request has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from yarl import URL

    from uipath_odata.transport.request import Request
    from uipath_odata.transport.retry.context import RetryContext

__all__ = ["Progress"]


@attrs.define(eq=False)
class Progress:
    """The attempts of one request and the time that is left for more; its middlewares share it."""

    request: Request
    url: URL
    context: RetryContext
    attempts: int = 0
    waited: float = 0.0
    """Seconds of waiting for the rate."""
    maybe_done: bool = False
    """Whether an attempt before the last may have taken effect."""
    wants_fresh: bool = False
    """Whether the next attempt goes out on a connection that nothing has come through."""
    _ends: float = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._ends = self.context.clock.monotonic() + self.context.policy.deadline

    def left(self) -> float:
        """Return the seconds until the deadline over all attempts."""
        return self._ends - self.context.clock.monotonic()
