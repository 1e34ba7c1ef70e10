"""Whether an attempt may be repeated, and after how long."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs

from uipath_odata.transport.retry.fault import AttemptFailure

if TYPE_CHECKING:
    from uipath_odata.transport.request import Request

__all__ = ["Answer", "RetryDecision", "RetryPolicy", "maybe_done", "next_attempt", "writes"]

_TOO_MANY_REQUESTS = 429
_TRANSIENT = frozenset({408, 500, 502, 503, 504})
# RFC 9110 §15: a status of no known class counts as a server error.
_SERVER_ERROR = 500
# RFC 9110 §15.6.2: the server lacks what the request needs, so that it has done nothing.
_NOT_IMPLEMENTED = 501


@attrs.frozen
class RetryPolicy:
    """How patient a client is; times are in seconds."""

    attempts: int = 5
    first_backoff: float = 0.5
    longest_backoff: float = 30.0
    longest_pause: float = 300.0
    """A server that asks for more is not waited for."""
    deadline: float = math.inf
    """Over all attempts of one request."""


@attrs.frozen
class Answer:
    """What of an answer the decision needs."""

    status: int
    retry_after: float | None = None


@attrs.frozen
class RetryDecision:
    """Another attempt after ``delay`` seconds."""

    delay: float
    pause: bool = False
    """Whether the whole class of endpoints waits."""
    free: bool = False
    """Whether it takes nothing from the quota of retries."""


def next_attempt(
    policy: RetryPolicy,
    request: Request,
    outcome: Answer | AttemptFailure,
    *,
    attempt: int,
    left: float,
    chance: float,
) -> RetryDecision | None:
    """Decide after attempt number ``attempt``; ``chance`` in 0…1 is the jitter, ``left`` the deadline's rest."""
    if attempt >= policy.attempts or not _may_repeat(request, outcome):
        return None
    step = _step(policy, outcome, attempt, chance)
    return step if step and step.delay < left else None


def writes(request: Request) -> bool:
    """Whether it changes anything; a POST that may be repeated is one that is known to be harmless."""
    return request.method in {"PUT", "DELETE"} or not request.repeatable


def maybe_done(outcome: Answer | AttemptFailure) -> bool:
    """Whether a write may have taken effect although it ended like this."""
    if isinstance(outcome, AttemptFailure):
        return outcome.sent
    failed = outcome.status >= _SERVER_ERROR and outcome.status != _NOT_IMPLEMENTED
    return failed or outcome.status in _TRANSIENT


def _may_repeat(request: Request, outcome: Answer | AttemptFailure) -> bool:
    if isinstance(outcome, AttemptFailure):
        return outcome.again and (request.repeatable or not outcome.sent)
    return outcome.status == _TOO_MANY_REQUESTS or (request.repeatable and outcome.status in _TRANSIENT)


def _step(
    policy: RetryPolicy, outcome: Answer | AttemptFailure, attempt: int, chance: float
) -> RetryDecision | None:
    backoff = chance * min(policy.longest_backoff, policy.first_backoff * 2.0 ** (attempt - 1))
    if isinstance(outcome, AttemptFailure):
        stale = outcome.stale and attempt == 1
        return RetryDecision(0.0, free=True) if stale else RetryDecision(backoff)
    asked = outcome.retry_after or 0.0
    if asked > policy.longest_pause:
        return None
    limited = outcome.status == _TOO_MANY_REQUESTS
    return RetryDecision(asked + backoff, pause=limited, free=limited)
