"""Whether an attempt may be repeated, and after how long."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from uipath_odata.errors import OrchestratorError
    from uipath_odata.transport.request import Request

__all__ = [
    "AnswerStatus",
    "AttemptFailure",
    "RetryDecision",
    "RetryPolicy",
    "maybe_done",
    "next_attempt",
]

# RFC 9110 §15: an unknown status counts as the first of its class, and one of no class as a server error.
_SERVER_ERROR = 500
_OK, _REDIRECT, _CLIENT_ERROR = 200, 300, 400


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
    max_wait: float = math.inf
    """Longer turns of the rate budget are refused at once, and a server that asks for longer pauses is not waited for;
    all waits of one request count together."""


@attrs.frozen
class AnswerStatus:
    """What of an answer the decision needs."""

    status: int
    retry_after: float | None = None
    stray: bool = False
    """Whether it may be the answer to nothing: front ends send 400 or 408 to a connection that they give up."""


@attrs.frozen
class AttemptFailure:
    """An attempt without an answer that can be used."""

    what: str
    error: OrchestratorError
    """``what`` with advice."""
    sent: bool
    """Whether the request may have reached the server."""
    again: bool
    """Whether another attempt may do better."""
    stale: bool = False
    """Whether the connection ended before the answer began, as kept-alive connections do."""


@attrs.frozen
class RetryDecision:
    """Another attempt after ``delay`` seconds."""

    delay: float
    pause: bool = False
    """Whether the whole class of endpoints waits."""
    free: bool = False
    """Whether it takes nothing from the quota of retries."""
    fresh: bool = False
    """Whether it goes out on a connection that nothing has come through."""
    asked: bool = False
    """Whether the server asked for the delay."""


def next_attempt(
    policy: RetryPolicy,
    request: Request,
    outcome: AnswerStatus | AttemptFailure,
    *,
    attempt: int,
    left: float,
    chance: float,
    waited: float = 0.0,
) -> RetryDecision | None:
    """Decide after attempt number ``attempt``; ``chance`` in 0…1 is the jitter, ``left`` the deadline's rest.

    ``waited`` is how long the request waited already for its rate and for the server.
    """
    if attempt >= policy.attempts or not _may_repeat(request, outcome, attempt):
        return None
    step = _step(policy, outcome, attempt, chance)
    if step is None or step.delay >= left:
        return None
    return None if step.asked and step.delay > policy.max_wait - waited else step


def maybe_done(outcome: AnswerStatus | AttemptFailure) -> bool:
    """Whether a write may have taken effect although it ended like this.

    RFC 9110 §15.4: after a redirection too, whose body is often the page that follows a POST that was done.
    """
    if isinstance(outcome, AttemptFailure):
        return outcome.sent
    redirected = outcome.status < _CLIENT_ERROR and not _OK <= outcome.status < _REDIRECT
    return redirected or _has_failed(outcome.status)


def _has_failed(status: int) -> bool:
    # RFC 9110 §15.6.2: after a 501 the server lacks what the request needs, so that it has done nothing.
    return status == HTTPStatus.REQUEST_TIMEOUT or (
        status >= _SERVER_ERROR and status != HTTPStatus.NOT_IMPLEMENTED
    )


def _may_repeat(request: Request, outcome: AnswerStatus | AttemptFailure, attempt: int) -> bool:
    if isinstance(outcome, AttemptFailure):
        return outcome.again and (request.repeatable or not outcome.sent)
    if outcome.status == HTTPStatus.TOO_MANY_REQUESTS:
        # Nothing was done, but a gateway that counts wrongly is not to multiply what cannot be repeated.
        return request.repeatable or attempt == 1 or outcome.retry_after is not None
    # RFC 9110 §15.6.6: a server that answered 505 will say nothing else.
    may_recover = _has_failed(outcome.status) and outcome.status != HTTPStatus.HTTP_VERSION_NOT_SUPPORTED
    return request.repeatable and (may_recover or (outcome.stray and attempt == 1))


def _step(
    policy: RetryPolicy, outcome: AnswerStatus | AttemptFailure, attempt: int, chance: float
) -> RetryDecision | None:
    backoff = chance * min(policy.longest_backoff, policy.first_backoff * 2.0 ** (attempt - 1))
    if attempt == 1 and (outcome.stale if isinstance(outcome, AttemptFailure) else outcome.stray):
        return RetryDecision(0.0, free=True, fresh=True)
    if isinstance(outcome, AttemptFailure):
        return RetryDecision(backoff)
    asked = outcome.retry_after or 0.0
    if asked > policy.longest_pause:
        return None
    limited = outcome.status == HTTPStatus.TOO_MANY_REQUESTS
    return RetryDecision(asked + backoff, pause=limited, free=limited, asked=asked > 0 and not limited)
