"""Which exception a status becomes."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from uipath_odata.errors import (
    BadRequest,
    Conflict,
    ConnectionFailed,
    FolderRequired,
    Forbidden,
    NotFound,
    OrchestratorError,
    OutcomeUnknown,
    RateLimited,
    ResponseError,
    ServerError,
    Unauthorized,
)
from uipath_odata.transport.errors.advice import FOLDER_REQUIRED, Knowledge, advice_for
from uipath_odata.transport.errors.lost_write import advice, found_by
from uipath_odata.transport.errors.problem import Problem, read_problem
from uipath_odata.transport.headers.pace import retry_after
from uipath_odata.transport.request import Request, Response
from uipath_odata.transport.retry.policy import AnswerStatus, maybe_done

if TYPE_CHECKING:
    from yarl import URL

    from uipath_odata.transport.retry.progress import Progress

__all__ = ["outcome_unknown", "raise_for_status"]

_CLASSES: dict[int, type[ResponseError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    408: ServerError,
    409: Conflict,
    412: Conflict,
    428: Conflict,
    429: RateLimited,
    501: ResponseError,
}
_OK, _REDIRECT, _CLIENT_ERROR, _SERVER_ERROR = 200, 300, 400, 500
_PROXY_AUTHENTICATION = 407
_NOTHING_SPECIAL = Knowledge()


def raise_for_status(
    progress: Progress, answer: Response, knowledge: Knowledge = _NOTHING_SPECIAL
) -> Response:
    """Return the answer, or raise the error that its status means.

    A DELETE that may have worked before and now finds nothing is done.
    """
    request, url = progress.request, progress.url
    if _OK <= answer.status < _REDIRECT:
        return answer
    if request.method == "DELETE" and answer.status == HTTPStatus.NOT_FOUND and progress.maybe_done:
        return Response(204, answer.headers, b"", answer.attempts)
    may_have_happened = request.writes and (progress.maybe_done or maybe_done(AnswerStatus(answer.status)))
    error: OrchestratorError
    if answer.status < _CLIENT_ERROR or answer.status == _PROXY_AUTHENTICATION:
        response, error = None, _detour(answer, url)
    else:
        response = error = _error(progress, answer, knowledge)
    if may_have_happened and not request.repeatable:
        raise outcome_unknown(request, url, f"the answer was HTTP {answer.status}", response)
    error.may_have_happened = may_have_happened
    raise error


def outcome_unknown(
    request: Request, url: URL, reason: str, response: ResponseError | None = None
) -> OutcomeUnknown:
    """Say that a write may or may not have happened, and why that is not known."""
    name = request.operation or f"{request.method} {url.with_query(None)}"
    return OutcomeUnknown(
        f"{name} may or may not have happened and was not sent again, because {reason}: {advice(request)}",
        response=response,
        find_by=found_by(request),
    )


def _detour(answer: Response, url: URL) -> ConnectionFailed:
    error = ConnectionFailed(_way_round(answer, url))
    error.retryable = False
    return error


def _way_round(answer: Response, url: URL) -> str:
    if answer.status == _PROXY_AUTHENTICATION:
        return f"The proxy on the way to {url.host} wants a user and password: set them in the proxy's URL"
    target = re.match(
        r"(?:[A-Za-z]+:)?//(?:[^/?#@]*@)?([\w.:\[\]-]{1,255})", answer.headers.get("Location", "")
    )
    where = f"to {target[1]}" if target else "elsewhere"
    return (
        f"{url.host} redirects {where} with HTTP {answer.status}, which is not followed:"
        " use the address that Orchestrator itself has, and check organization and tenant"
    )


def _error(progress: Progress, answer: Response, knowledge: Knowledge) -> ResponseError:
    problem = read_problem(answer.body, knowledge.secrets)
    kind = _kind(answer.status, problem)
    facts: dict[str, Any] = {}
    if kind is RateLimited:
        facts["retry_after"] = retry_after(answer.headers, progress.context.clock.wall())
    next_step = advice_for(kind, progress.request, progress.url, answer, problem, knowledge)
    return kind(
        f"{_sentence(problem.message)} {next_step}",
        status=answer.status,
        method=progress.request.method,
        url=str(progress.url.with_query(None)),
        error_code=problem.error_code,
        trace_id=problem.trace_id,
        attempts=answer.attempts,
        **facts,
    )


def _sentence(message: str) -> str:
    return message if message.endswith((".", "!", "?")) else f"{message or 'No message'}."


def _kind(status: int, problem: Problem) -> type[ResponseError]:
    kind = _CLASSES.get(status, ServerError if status >= _SERVER_ERROR else ResponseError)
    return FolderRequired if kind is BadRequest and problem.error_code == FOLDER_REQUIRED else kind
