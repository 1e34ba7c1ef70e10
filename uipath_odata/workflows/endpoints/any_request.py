"""A request to any path below the base URL, under the client's token, folder, budget and rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote

from uipath_odata.calls.operation import parameter_string
from uipath_odata.errors import QueryError
from uipath_odata.odata.rows.encode import body_of, json_bytes
from uipath_odata.transport.request import Request
from uipath_odata.workflows.endpoints.any_list import known_list

if TYPE_CHECKING:
    from uipath_odata.calls.connection import TenantChannel

__all__ = ["any_request"]

# RFC 9110, 9.2.2: what may be repeated without another effect. PATCH and POST may not.
_METHODS: Final[Mapping[str, bool]] = {
    "GET": True,
    "HEAD": True,
    "PUT": True,
    "DELETE": True,
    "PATCH": False,
    "POST": False,
}
_LIST: Final = re.compile(r"/odata/(\w+)/?", re.IGNORECASE)
# A line break would end the request line, and no URL can carry half a surrogate pair.
_BROKEN: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
# Of RFC 3986 what a path holds, and the escapes of who has encoded it already.
_SAFE: Final = "/%:@!$&'()*+,;=~"
_WITH_QUERY: Final = _SAFE + "?"


def any_request(
    channel: TenantChannel,
    method: str,
    path: str,
    *,
    params: Mapping[str, Any] | None = None,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Request:
    """Make the request; raise QueryError for a method that is not known, and for a path that leaves the base URL."""
    known = method.upper() if isinstance(method, str) else method  # pyright: ignore[reportUnnecessaryIsInstance] - callers may have no type checker
    if known not in _METHODS:
        raise QueryError(f"{method!r} is not a method: give one of {', '.join(_METHODS)}")
    place, options = _target(path)
    return Request(
        method=known,
        path=place,
        query="&".join(filter(None, (options, parameter_string(params or {})))),
        headers=dict(headers or {}),
        body=None if json is None else json_bytes(body_of({"json": json})["json"]),
        repeatable=_METHODS[known],
        operation=f"{known} {place}",
        rate_class=_rate_class(channel, known, place),
    )


def _target(path: str) -> tuple[str, str]:
    """Return the encoded path and query."""
    if not isinstance(path, str) or not path.startswith("/"):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may have no type checker
        raise QueryError(
            f"{path!r} is not a path below the base URL: begin it with a slash, such as /odata/Jobs"
        )
    if broken := _BROKEN.search(path):
        raise QueryError(f"a path has no {broken[0]!a} in it: write it on one line, in whole characters")
    place, _, options = path.partition("?")
    if ".." in re.split(r"[/\\]", unquote(unquote(place))) or place.startswith("//") or "#" in path:
        raise QueryError(f"{path!r} leads out of the base URL: give the path below it, without .., // and #")
    return quote(place, safe=_SAFE), quote(options, safe=_WITH_QUERY)


def _rate_class(channel: TenantChannel, method: str, path: str) -> str:
    """Return the class of endpoints that share a limit: a list has its own."""
    named = _LIST.fullmatch(path)
    if named is None or method not in {"GET", "HEAD"}:
        return "default"
    known = known_list(channel, named[1])
    return f"{named[1]}.list" if known is None else known.__operations__["list"].rate_class
