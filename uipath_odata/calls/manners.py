"""How long a client waits, how often it tries and whom it lets go first."""

from __future__ import annotations

import math
from types import EllipsisType
from typing import TYPE_CHECKING, Any

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.transport.retry.policy import RetryPolicy

if TYPE_CHECKING:
    from uipath_odata.calls.connection import TenantChannel

__all__ = ["manners"]


def manners(
    channel: TenantChannel,
    *,
    max_wait: float | EllipsisType | None = ...,
    deadline: float | EllipsisType | None = ...,
    retries: int | EllipsisType = ...,
    bulk: bool | EllipsisType = ...,
) -> TenantChannel:
    """Return the channel with these manners; what is ``...`` stays. Raises QueryError for a value less than 0."""
    changes: dict[str, Any] = {}
    if max_wait is not ...:
        changes["max_wait"] = _seconds("max_wait", max_wait)
    if deadline is not ...:
        changes["deadline"] = _seconds("deadline", deadline)
    if retries is not ...:
        changes["attempts"] = 1 + _count("retries", retries)
    if changes:
        channel = attrs.evolve(channel, policy=attrs.evolve(channel.policy or RetryPolicy(), **changes))
    return channel if bulk is ... else attrs.evolve(channel, bulk=bulk)


def _seconds(name: str, value: object) -> float:
    if value is None:
        return math.inf
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise QueryError(f"{name} is in seconds, not {value!r}: give 0 or more, or None for no bound")
    return value


def _count(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise QueryError(f"{name} is a number of attempts, not {value!r}: give 0 or more")
    return value
