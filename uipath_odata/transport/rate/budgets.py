"""The rate budget of each tenant of a pool's clients, and the share of the limit that they take."""

from __future__ import annotations

import math
from typing import Final

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.transport.rate.sliding_log import Rate
from uipath_odata.transport.rate.wait_queue import WaitQueue

__all__ = ["Allowance", "Budgets", "RateUsage"]

# docs.uipath.com, Orchestrator API guide, "Rate limits": the lists of these two, by tenant and minute.
_LIMITED: Final = frozenset({"Jobs.list", "QueueItems.list"})


_MANY: Final = 512


def _is_share(_allowance: Allowance, _attribute: attrs.Attribute[float], share: float) -> None:
    if not 0 < share <= 1:
        raise QueryError(f"share={share} is not a part of the tenant's limit: give more than 0 and at most 1")


@attrs.frozen
class Allowance:
    """Requests a minute that the tenant has, and the share of them that this program takes.

    UiPath documents 100 a minute, and 1,000 for automation use. The limit is the tenant's: what this program does not
    take is left for the others.
    """

    requests_a_minute: float = 100
    share: float = attrs.field(default=0.8, validator=_is_share)
    limited: frozenset[str] = _LIMITED
    even: bool = False
    """Whether bulk requests keep to even steps from the first one on, because other processes take a part too."""

    def of_one(self, lanes: int) -> Allowance:
        """Return what one of several lanes takes, in even steps."""
        return attrs.evolve(self, share=self.share / lanes, even=True)

    def limit(self, rate_class: str) -> float:
        """Return the documented limit of a class, infinite where there is none."""
        return self.requests_a_minute if rate_class in self.limited else math.inf

    def ceiling(self, rate_class: str) -> float:
        """Return what this program takes of it, at least one."""
        return max(1.0, self.share * self.limit(rate_class))


@attrs.frozen(kw_only=True)
class RateUsage:
    """The budget of one class of endpoints, as the clients of one pool share it."""

    limit: float | None
    """Requests a minute that Orchestrator documents for the tenant; None: it documents none."""
    share: float | None
    """Those that these clients take of them now, less after a 429; None: as many as they like."""
    used: int
    """Requests that were sent in the last 60 s, also those answered 429."""
    waiting: int
    """Requests that wait for their turn."""
    next_free: float
    """Seconds until one more may be sent."""


class Budgets:
    """Keep one queue for each tenant and class of endpoints."""

    def __init__(self) -> None:
        self._queues: dict[tuple[str, str], WaitQueue] = {}
        self._many = _MANY

    def queue(
        self, tenant: str, rate_class: str, ceiling: float = math.inf, *, even: bool = False
    ) -> WaitQueue:
        """Return the queue of a class; of several ceilings the lowest counts, and even steps once anybody wants them."""
        queue = self._queues.get((tenant, rate_class))
        if queue is None:
            queue = self._queues[tenant, rate_class] = WaitQueue(Rate(ceiling))
        queue.rate.ceiling = min(queue.rate.ceiling, ceiling)
        queue.rate.even = queue.rate.even or even
        return queue

    def forget_idle(self, now: float) -> None:
        """Drop the queues that know nothing, once there are many: each tenant that was ever asked has some."""
        if len(self._queues) < self._many:
            return
        self._queues = {key: queue for key, queue in self._queues.items() if not queue.is_idle(now)}
        self._many = max(_MANY, 2 * len(self._queues))

    def usage(self, tenant: str, allowance: Allowance, now: float) -> dict[str, RateUsage]:
        """Show the classes with a documented limit, and those that were asked."""
        asked = {rate_class for owner, rate_class in self._queues if owner == tenant}
        uses = {
            each: self.usage_of(each, tenant, allowance, now) for each in sorted(allowance.limited | asked)
        }
        return {rate_class: use for rate_class, use in uses.items() if use is not None}

    def usage_of(self, rate_class: str, tenant: str, allowance: Allowance, now: float) -> RateUsage | None:
        """Show one class; None where it has no documented limit and was not asked."""
        if rate_class in allowance.limited:
            self.queue(tenant, rate_class, allowance.ceiling(rate_class), even=allowance.even)
        queue = self._queues.get((tenant, rate_class))
        return None if queue is None else _usage(queue, allowance.limit(rate_class), now)


def _usage(queue: WaitQueue, limit: float, now: float) -> RateUsage:
    return RateUsage(
        limit=_finite(limit),
        share=_finite(queue.rate.limit(now)),
        used=queue.rate.used(now),
        waiting=queue.waiting,
        next_free=max(0.0, queue.rate.wait(now)),
    )


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
