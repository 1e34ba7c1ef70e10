"""The end of each error message: what to do next."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

import attrs

from uipath_odata.auth.secret import Secret
from uipath_odata.errors import (
    BadRequest,
    Conflict,
    FolderRequired,
    Forbidden,
    NotFound,
    RateLimited,
    ResponseError,
    ServerError,
    Unauthorized,
)
from uipath_odata.transport.folder_header import folder_path
from uipath_odata.transport.headers.www_authenticate import missing_scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yarl import URL

    from uipath_odata.transport.errors.problem import Problem
    from uipath_odata.transport.request import Request, Response

__all__ = ["FOLDER_REQUIRED", "FOLDER_UNKNOWN", "Knowledge", "advice_for"]

# Orchestrator's error codes; its messages are in the user's language.
FOLDER_UNKNOWN, FOLDER_REQUIRED = 1100, 1101
_DUPLICATE_REFERENCE = 1016

_BY_CLASS: dict[type[ResponseError], str] = {
    BadRequest: "Correct the request's names and values",
    FolderRequired: 'Give a folder: orchestrator.folder("Shared/Finance")',
    Unauthorized: "Check the credentials and that they belong to this organization",
    Forbidden: "Check the names of organization and tenant, and grant the account or application",
    NotFound: "Check the key, and the folder that it is in",
    Conflict: "Read the entity again and decide anew",
    RateLimited: "Send less in a minute, or try again later",
    ServerError: "Look again later, and give UiPath the traceId if it stays",
    ResponseError: "Check the method and path against this Orchestrator's API version",
}
_BY_STATUS = {
    413: "The body is larger than the server takes: send fewer items in one call, or smaller values",
    414: "The address is longer than the server takes: filter by less in one request, or give fewer parameters",
    431: "The headers are longer than the server takes: give fewer headers=, or a shorter folder path",
}
# Nobody else has changed the entity of a start or of a new item: there is none yet.
_BY_OPERATION = {
    (
        "Jobs.StartJobs",
        409,
    ): "Nothing was started: check that the folder has a free robot and a licence for it, and"
    " that no job of this reference runs",
}
_DUPLICATE = (
    "The queue takes each reference once and has had this one: look for the item with"
    " orchestrator.queue_items.filter(QueueItem.reference == …), or give another reference="
)
_NO_METHOD = frozenset({405, 501})
_BY_KEY = re.compile(r"\([^/]*\)$")
_FOLDER_IDS = (("X-UIPATH-OrganizationUnitId", "with the id"), ("X-UIPATH-FolderKey", "with the key"))


@attrs.frozen(kw_only=True)
class Knowledge:
    """What a client knows when an answer comes."""

    dropped: tuple[str, ...] = ()
    """Scopes that the token was asked for and lacks."""
    version: float | None = None
    """The server's API version."""
    has_answered: bool = True
    """Whether an Orchestrator has answered at this address before."""
    secrets: tuple[Secret, ...] = ()
    """What no message may show."""


def advice_for(
    kind: type[ResponseError],
    request: Request,
    url: URL,
    answer: Response,
    problem: Problem,
    known: Knowledge,
) -> str:
    """Return one sentence without its full stop."""
    if issubclass(kind, Unauthorized | Forbidden):
        return f"{_grant(kind, request, answer.headers)}{_without(known)}"
    if problem.error_code == FOLDER_UNKNOWN:
        return f"Check {_folder(request.headers)}, and that the account has access to it"
    if problem.error_code == _DUPLICATE_REFERENCE:
        return _DUPLICATE
    special = _BY_STATUS.get(answer.status) or _BY_OPERATION.get((request.operation, answer.status))
    return special or _or_lacking(kind, request, url, answer, problem, known)


def _grant(kind: type[ResponseError], request: Request, headers: Mapping[str, str]) -> str:
    if scope := missing_scope(headers):
        return f"Grant the scope {scope}"
    permissions, scopes = " and ".join(request.permissions), " or ".join(request.scopes)
    if kind is Forbidden:
        wanted = f"the permission {permissions}" if permissions else "this permission"
        return f"{_BY_CLASS[kind]} {wanted}" + (f" and the scope {scopes}" if scopes else "")
    return _BY_CLASS[kind] + (f", and that the token has the scope {scopes}" if scopes else "")


def _without(known: Knowledge) -> str:
    if not known.dropped:
        return ""
    return f"; the token lacks {' '.join(known.dropped)}, which was asked for: let the application have it"


def _folder(headers: Mapping[str, str]) -> str:
    """Name the folder as its header does."""
    if path := folder_path(headers):
        return f'the folder "{path}"'
    return next(
        (f"the folder {words} {headers[name]}" for name, words in _FOLDER_IDS if name in headers),
        "the folder",
    )


def _or_lacking(
    kind: type[ResponseError],
    request: Request,
    url: URL,
    answer: Response,
    problem: Problem,
    known: Knowledge,
) -> str:
    """Say that this Orchestrator seems to lack the operation where it has no route for it, or no such method."""
    # Orchestrator's own 404 has a code; that of a path which nothing answers to has none.
    no_route = answer.status == HTTPStatus.NOT_FOUND and not problem.error_code
    if not known.has_answered and no_route:
        base = str(url.with_query(None)).removesuffix(request.path)
        return (
            f"There is no Orchestrator at {base}, or no such tenant: check the base URL, organization and tenant"
            # What no schema has is the caller's own word.
            + ("" if request.scopes else f", and that it has {request.path}")
        )
    if not request.operation or not (no_route or answer.status in _NO_METHOD):
        return _BY_CLASS[kind]
    which = f" has API version {known.version:g} and" if known.version else ""
    lacking = (
        f"this Orchestrator{which} seems to lack {request.operation}: do without it, or generate a package from the"
        " server's own document with python -m uipath_odata.generate"
    )
    # One entity may be missing too.
    return f"{_BY_CLASS[kind]}; or else {lacking}" if _BY_KEY.search(request.path) else f"T{lacking[1:]}"
