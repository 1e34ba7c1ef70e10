"""One operation of Orchestrator: its facts, and how its arguments become a request."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast
from urllib.parse import quote
from uuid import UUID

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.plain import plain
from uipath_odata.odata.rows.encode import json_bytes
from uipath_odata.odata.url import key_segment
from uipath_odata.transport.request import Request

__all__ = ["Operation", "parameter_string"]

_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_INTEGER: Final = re.compile(r"-?[0-9]{1,19}")
_PARAMETER: Final = re.compile(r"'\{(?P<quoted>\w+)\}'|\{(?P<plain>\w+)\}")


@attrs.frozen
class Operation:
    """One method on one path of Orchestrator's API, and what its schema says of it."""

    name: str
    """``Jobs.StartJobs``, for messages and events."""
    method: str
    path: str
    """Below the base URL, with its parameters in braces: ``/odata/Settings('{key}')``."""
    scopes: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    """OAuth scopes of which a token needs one, the widest first."""
    permissions: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    """Permissions of the account's roles, all of them needed."""
    headers: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    """Parameters that travel in headers."""
    guids: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    """Parameters that are GUIDs, which are written in lower case; of any other text the case is its own."""
    integers: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    """Parameters in the path that are whole numbers."""
    folder: bool = attrs.field(default=False, kw_only=True)
    """Whether the schema requires a folder; some lists work without one."""
    repeatable: bool = attrs.field(default=False, kw_only=True)
    """Whether it may be sent again after it may have reached the server."""
    deprecated: bool = attrs.field(default=False, kw_only=True)
    rate_class: str = attrs.field(default="default", kw_only=True)
    """The class of endpoints that share one rate limit."""

    @property
    def lists_assets(self) -> bool:
        """Whether its rows are assets, of any folder or robot."""
        return self.path.startswith("/odata/Assets")

    def at(self, keys: Mapping[str, Any]) -> str:
        """Return the encoded path with these parameters: ``/odata/Jobs(5)``."""
        spelt = self._spelt(keys)
        return _PARAMETER.sub(lambda found: _argument(found, spelt), self.path)

    def request(
        self, keys: Mapping[str, Any], parameters: Mapping[str, Any] | None = None, body: Any = None
    ) -> Request:
        """Make the request; parameters that are None are not sent, nor is a body that is None."""
        given = {name: value for name, value in self._spelt(parameters or {}).items() if value is not None}
        return Request(
            method=self.method,
            path=self.at(keys),
            query=parameter_string({name: given[name] for name in given if name not in self.headers}),
            headers={name: _text(given[name]) for name in given if name in self.headers},
            body=None if body is None else json_bytes(body),
            repeatable=self.repeatable,
            operation=self.name,
            template=self.path,
            rate_class=self.rate_class,
            scopes=self.scopes,
            permissions=self.permissions,
            needs_folder=self.folder,
        )

    def _spelt(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: self._value(name, value) for name, value in values.items()}

    def _value(self, name: str, value: Any) -> Any:
        if name in self.integers:
            return self._integer(name, value)
        return _lower(value) if name in self.guids else value

    def _integer(self, name: str, value: Any) -> int:
        given = plain(value)
        if isinstance(given, str) and _INTEGER.fullmatch(given):
            return int(given)
        if not isinstance(given, int) or isinstance(given, bool):
            raise QueryError(f"{name} of {self.name} is a whole number, not {value!r}: give the Id")
        return given


def parameter_string(parameters: Mapping[str, Any]) -> str:
    """Encode parameters that are not system query options; None is left out, a list is repeated."""
    return "&".join(
        f"{quote(name, safe='$')}={quote(text, safe='')}"
        for name, value in parameters.items()
        for text in _texts(value)
    )


def _argument(found: re.Match[str], keys: Mapping[str, Any]) -> str:
    if found["quoted"]:
        return key_segment(_text(keys[found["quoted"]]))
    text = ",".join(_texts(keys[found["plain"]]))
    if not text:
        raise QueryError(f"{found['plain']} is empty and is part of the path: give the entity's key")
    return quote(text, safe=",")


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _texts(value: Any) -> Iterator[str]:
    value = plain(value)
    if value is None:
        return
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        yield _text(value)
        return
    for item in cast("list[Any]", value):
        yield _text(item)


def _text(value: Any) -> str:
    value = plain(value)
    if isinstance(value, str):
        if _SURROGATE.search(value):
            raise QueryError(
                "a parameter has half of a surrogate pair, which UTF-8 cannot hold: correct the text"
            )
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return str(Instant.from_datetime(value))
    if isinstance(value, int | UUID | Instant):
        return str(value)
    raise QueryError(
        f"a parameter is an int, str, bool, UUID or time, not {type(value).__name__}: correct it"
    )
