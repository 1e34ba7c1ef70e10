"""How long a client waits, how often it tries, and which requests it lets go first."""

from __future__ import annotations

import math
from types import EllipsisType
from typing import TYPE_CHECKING, Any

import attrs

from uipath_odata.calls.amounts import count, seconds
from uipath_odata.transport.retry.policy import RetryPolicy

if TYPE_CHECKING:
    from uipath_odata.calls.connection import TenantChannel

__all__ = ["with_call_options"]


def with_call_options(
    channel: TenantChannel,
    *,
    max_wait: float | EllipsisType | None = ...,
    deadline: float | EllipsisType | None = ...,
    retries: int | EllipsisType = ...,
    bulk: bool | EllipsisType = ...,
) -> TenantChannel:
    """Return the channel with these options; what is ``...`` stays as it is. Raises QueryError for a value less than 0."""
    changes: dict[str, Any] = {}
    if max_wait is not ...:
        changes["max_wait"] = _bound("max_wait", max_wait)
    if deadline is not ...:
        changes["deadline"] = _bound("deadline", deadline)
    if retries is not ...:
        changes["attempts"] = 1 + count("retries", retries)
    if changes:
        channel = attrs.evolve(channel, policy=attrs.evolve(channel.policy or RetryPolicy(), **changes))
    return channel if bulk is ... else attrs.evolve(channel, bulk=bulk)


def _bound(name: str, value: object) -> float:
    return math.inf if value is None else seconds(name, value, advice="give 0 or more, or None for no bound")
