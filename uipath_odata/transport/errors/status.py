"""One table: which error a status is, and what its reader does next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from uipath_odata.errors import (
    BadRequest,
    Conflict,
    ConnectionFailed,
    FolderRequired,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    ResponseError,
    ServerError,
    Unauthorized,
)
from uipath_odata.transport.errors.lost_write import advice, found_by
from uipath_odata.transport.errors.problem import Problem, read_problem
from uipath_odata.transport.headers.retry_after import retry_after
from uipath_odata.transport.headers.www_authenticate import missing_scope
from uipath_odata.transport.request import Request, Response
from uipath_odata.transport.retry.policy import Answer, maybe_done, writes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from yarl import URL

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

_ADVICE: dict[type[ResponseError], str] = {
    BadRequest: "Correct the request's names and values",
    FolderRequired: 'Give a folder: orchestrator.folder("Shared/Finance")',
    Unauthorized: "Check the credentials and that they belong to this organization",
    Forbidden: "Check the names of organization and tenant, and grant the account or application this permission",
    NotFound: "Check the key, and the folder that it is in",
    Conflict: "Read the entity again and decide anew",
    RateLimited: "Send less in a minute, or try again later",
    ServerError: "Look again later, and give UiPath the traceId if it stays",
    ResponseError: "Check the method and path against this Orchestrator's API version",
}

# Orchestrator's error codes; its messages are in the user's language.
_FOLDER_UNKNOWN, _FOLDER_REQUIRED = 1100, 1101
_OK, _REDIRECT, _NOT_FOUND, _CLIENT_ERROR, _SERVER_ERROR = 200, 300, 404, 400, 500
_PROXY_AUTHENTICATION = 407
_WRONG_PLACE = "check the base URL, organization and tenant; or else "
_NO_METHOD = frozenset({405, 501})
_BY_KEY = re.compile(r"\([^/]*\)$")


def raise_for_status(
    request: Request,
    url: URL,
    answer: Response,
    *,
    maybe_done_before: bool,
    now: float,
    dropped: Sequence[str] = (),
    version: float | None = None,
) -> Response:
    """Give the answer back, or raise the error that its status means.

    A DELETE that may have worked before and now finds nothing is done. ``now`` is in seconds since 1970;
    ``dropped`` are scopes that the token was asked for and lacks; ``version`` is the server's API version.
    """
    if _OK <= answer.status < _REDIRECT:
        return answer
    if request.method == "DELETE" and answer.status == _NOT_FOUND and maybe_done_before:
        return Response(204, answer.headers, b"", answer.attempts)
    if answer.status < _CLIENT_ERROR or answer.status == _PROXY_AUTHENTICATION:
        detour = ConnectionFailed(_detour(answer, url))
        detour.retryable = False
        detour.may_have_happened = writes(request) and maybe_done_before
        raise detour
    problem = read_problem(answer.body)
    error = _error(request, url, answer, problem, now, _advice(request, answer, problem, dropped, version))
    error.may_have_happened = writes(request) and (maybe_done_before or maybe_done(Answer(answer.status)))
    if error.may_have_happened and not request.repeatable:
        raise outcome_unknown(request, url, f"the answer was HTTP {answer.status}", error)
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


def _detour(answer: Response, url: URL) -> str:
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


def _error(
    request: Request, url: URL, answer: Response, problem: Problem, now: float, advice: str
) -> ResponseError:
    kind = _kind(answer.status, problem)
    facts: dict[str, Any] = {"retry_after": retry_after(answer.headers, now)} if kind is RateLimited else {}
    return kind(
        f"{_sentence(problem.message)} {advice}",
        status=answer.status,
        method=request.method,
        url=str(url.with_query(None)),
        error_code=problem.error_code,
        trace_id=problem.trace_id,
        attempts=answer.attempts,
        **facts,
    )


def _sentence(message: str) -> str:
    return message if message.endswith((".", "!", "?")) else f"{message or 'No message'}."


def _kind(status: int, problem: Problem) -> type[ResponseError]:
    kind = _CLASSES.get(status, ServerError if status >= _SERVER_ERROR else ResponseError)
    return FolderRequired if kind is BadRequest and problem.error_code == _FOLDER_REQUIRED else kind


def _advice(
    request: Request, answer: Response, problem: Problem, dropped: Sequence[str], version: float | None
) -> str:
    kind = _kind(answer.status, problem)
    if issubclass(kind, Unauthorized | Forbidden):
        return f"{_grant(kind, request, answer.headers)}{_without(dropped)}"
    if problem.error_code == _FOLDER_UNKNOWN:
        return "Check the folder, and that the account has access to it"
    lacking = _lacking(request, answer.status, problem, version)
    # One entity may be missing too.
    own = "" if lacking and not _BY_KEY.search(request.path) else _ADVICE[kind]
    said = "; or else ".join(filter(None, (own, lacking)))
    return said[:1].upper() + said[1:]


def _grant(kind: type[ResponseError], request: Request, headers: Mapping[str, str]) -> str:
    if scope := missing_scope(headers):
        return f"Grant the scope {scope}"
    if kind is Forbidden and request.scopes:
        return f"{_ADVICE[kind]} and the scope {' or '.join(request.scopes)}"
    return _ADVICE[kind]


def _without(dropped: Sequence[str]) -> str:
    if not dropped:
        return ""
    return f"; the token lacks {' '.join(dropped)}, which was asked for: let the application have it"


def _lacking(request: Request, status: int, problem: Problem, version: float | None) -> str:
    """Say that this Orchestrator seems to lack the operation: it has no route for it, or no such method."""
    # Orchestrator's own 404 has a code; that of a path which nothing answers to has none.
    no_route = status == _NOT_FOUND and not problem.error_code
    if not request.operation or not (no_route or status in _NO_METHOD):
        return ""
    # An Orchestrator that has answered is at this URL.
    place, which = ("", f" has API version {version:g} and") if version else (_WRONG_PLACE, "")
    return (
        f"{place}this Orchestrator{which} seems to lack {request.operation}: do without it, or generate a package from the"
        " server's own document with python -m uipath_odata.generate"
    )
