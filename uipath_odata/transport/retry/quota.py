"""How many retries the whole client may send."""

from __future__ import annotations

__all__ = ["Quota"]


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
        """Take one retry, if there is one."""
        if self._left < 1:
            return False
        self._left -= 1
        return True
