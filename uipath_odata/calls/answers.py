"""What an operation's answer is read as, and the failures that come with a status of success."""

from __future__ import annotations

import typing
from typing import Any, Final, TypeVar, cast

from uipath_odata.calls.item_failures import reasons_of
from uipath_odata.errors import DecodeError, ItemsFailed
from uipath_odata.odata.entity import Entity
from uipath_odata.odata.rows.decode import CONVERTER, decode
from uipath_odata.odata.rows.json_body import as_array, as_object, parse, value_of
from uipath_odata.transport.request import Response

__all__ = ["nothing", "optional", "result"]

T = TypeVar("T")

_MULTI_STATUS: Final = 207
_BLANK: Final = b"\xef\xbb\xbf \t\r\n"
_JSON_OR_PAGE: Final = (b"{", b"[", b"<")
_ACCEPTED: Final[dict[Any, tuple[type, ...]]] = {bool: (bool,), str: (str,), float: (int, float)}


def result(kind: type[T], response: Response) -> T:
    """Read the answer as a value of this type. Raise DecodeError, or ItemsFailed where it says that items failed."""
    if kind is bytes:
        return cast("T", response.body)
    payload = parse(response.body)
    _check(kind, payload, response.status)
    return cast("T", _value(kind, payload))


def optional(kind: type[T], response: Response) -> T | None:
    """Read an answer that may be empty or null."""
    if not response.body.strip() or value_of(parse(response.body)) is None:
        return None
    return result(kind, response)


def nothing(response: Response) -> None:
    """Accept an answer that brings nothing. Raise DecodeError for a page, ItemsFailed where items failed."""
    # Orchestrator answers some of these with a text such as null or OK.
    if response.body.lstrip(_BLANK).startswith(_JSON_OR_PAGE):
        _check(object, parse(response.body), response.status)


def _check(kind: type, payload: Any, status: int) -> None:
    answer = as_object(payload) or {}
    if answer.get("Success", answer.get("success")) is False:
        message = str(answer.get("Message") or answer.get("message") or "")
        raise _failed(message, _failed_items(kind, answer))
    if status == _MULTI_STATUS and answer and "value" not in answer:
        raise _failed("", answer)


def _failed(message: str, items: Any) -> ItemsFailed:
    reasons = reasons_of(items)
    said = f"{message.rstrip('.') or 'some items failed'} ({reasons})" if reasons else message
    return ItemsFailed(said, failed_items=items)


def _failed_items(kind: type, answer: dict[str, Any]) -> Any:
    """Return them as the schema has them, or as sent where they differ from it."""
    try:
        return getattr(_value(kind, answer), "failed_items", None) or answer.get("FailedItems")
    except DecodeError:
        return answer.get("FailedItems")


def _value(kind: Any, payload: Any) -> Any:
    if kind is object:
        return payload
    if isinstance(kind, type) and issubclass(kind, Entity):
        return decode(kind, [payload])[0]
    if typing.get_origin(kind) is list:
        return _list(typing.get_args(kind)[0], as_array(value_of(payload)))
    if typing.get_origin(kind) is dict:
        # A map may have a key named value; only an envelope has an object there.
        return _map(typing.get_args(kind)[1], as_object(value_of(payload)) or as_object(payload))
    return _scalar(kind, value_of(payload), "value")


def _list(kind: Any, items: list[Any] | None) -> list[Any]:
    if items is None:
        raise DecodeError(f"the answer is not a list: {_ADVICE}")
    if isinstance(kind, type) and issubclass(kind, Entity):
        return decode(kind, items)
    return [_scalar(kind, item, f"value/{place}") for place, item in enumerate(items)]


def _map(kind: Any, entries: dict[str, Any] | None) -> dict[str, Any]:
    if entries is None:
        raise DecodeError(f"the answer is not an object: {_ADVICE}")
    own = {key: item for key, item in entries.items() if not key.startswith("@odata.")}
    if isinstance(kind, type) and issubclass(kind, Entity):
        return dict(zip(own, decode(kind, list(own.values())), strict=True))
    return {key: _scalar(kind, item, f"value/{key}") for key, item in own.items()}


def _scalar(kind: Any, value: Any, place: str) -> Any:
    try:
        return _converted(kind, value)
    except Exception:  # noqa: BLE001 - a converter may raise anything, and its message may quote data
        wrong = f"{place} is {type(value).__name__}, not {kind.__name__}"
        raise DecodeError(f"{wrong}: {_ADVICE}") from None


def _converted(kind: Any, value: Any) -> Any:
    accepted = _ACCEPTED.get(kind)
    if accepted is None:
        return value if kind is Any else CONVERTER.structure(value, kind)
    if not isinstance(value, accepted):
        raise TypeError
    return value


_ADVICE: Final = "check that this Orchestrator has the API version that the package was generated from"
