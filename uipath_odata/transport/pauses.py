"""Which classes of endpoints the server wants left alone, and until when."""

from __future__ import annotations

import math

__all__ = ["Pauses"]


class Pauses:
    """Hold each class of endpoints until the latest time that a 429 asked for."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def hold(self, rate_class: str, until: float) -> None:
        """Let no request of the class start before ``until``."""
        self._until[rate_class] = max(until, self._until.get(rate_class, -math.inf))

    def left(self, rate_class: str, now: float) -> float:
        """Seconds until a request of the class may start; 0 or less: now."""
        return self._until.get(rate_class, -math.inf) - now
