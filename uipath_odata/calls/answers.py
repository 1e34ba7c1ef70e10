"""Read an operation's answer as a value, and find failures that come with a status of success."""

from __future__ import annotations

import typing
from typing import Any, Final, TypeVar, cast

from uipath_odata.calls.item_failures import reasons_of
from uipath_odata.errors import DecodeError, ItemsFailed
from uipath_odata.odata.entity import Entity
from uipath_odata.odata.rows.decode import CONVERTER, decode
from uipath_odata.odata.rows.json_body import as_array, as_object, int64, parse, value_of
from uipath_odata.transport.request import Response

__all__ = ["nothing", "optional", "result"]

T = TypeVar("T")

_MULTI_STATUS: Final = 207
_BLANK: Final = b"\xef\xbb\xbf \t\r\n"
_JSON_OR_PAGE: Final = (b"{", b"[", b"<")
_ACCEPTED: Final[dict[Any, tuple[type, ...]]] = {bool: (bool,), str: (str,), float: (int, float)}


def result(kind: type[T], response: Response, *, key: int | None = None) -> T:
    """Read the answer as a value of this type, of the entity with this key where one was asked for.

    Raise DecodeError, or ItemsFailed where it says that items failed.
    """
    if kind is bytes:
        return cast("T", response.body)
    payload = parse(response.body)
    _check(kind, payload, response.status)
    value = _value(kind, payload)
    came = getattr(value, "id", None) if isinstance(value, Entity) else None
    if key is not None and isinstance(came, int) and came != key:
        raise DecodeError(
            f"the answer is about {kind.__name__} {came} where {key} was asked for: ask again, and see which cache or"
            " proxy stands in between"
        )
    return cast("T", value)


def optional(kind: type[T], response: Response, *, key: int | None = None) -> T | None:
    """Read an answer that may be empty or null."""
    if not response.body.strip() or value_of(parse(response.body)) is None:
        return None
    return result(kind, response, key=key)


def nothing(response: Response) -> None:
    """Accept an answer that brings nothing. Raise DecodeError for a page, ItemsFailed where items failed."""
    # Orchestrator answers some of these with a text such as null or OK.
    if response.body.lstrip(_BLANK).startswith(_JSON_OR_PAGE):
        _check(object, parse(response.body), response.status)


def _check(kind: type, payload: Any, status: int) -> None:
    answer = as_object(payload) or {}
    if _is_false(answer.get("Success", answer.get("success"))):
        message = str(answer.get("Message") or answer.get("message") or "")
        raise _failed(message, _failed_items(kind, answer))
    _refuse_errors(kind, answer)
    listed = as_array(answer.get("value"))
    counted = int64(answer.get("@odata.count"))
    is_part = "@odata.nextLink" in answer or (counted or 0) > len(listed or [])
    if typing.get_origin(kind) is list and is_part:
        raise DecodeError("the answer is only a part of the list, which cannot be paged: ask for less")
    if status == _MULTI_STATUS and answer and "value" not in answer:
        raise _failed("", answer)


def _is_false(flag: Any) -> bool:
    return flag is False or (isinstance(flag, str) and flag.lower() == "false")


def _refuse_errors(kind: type, answer: dict[str, Any]) -> None:
    """Raise DecodeError for an error that comes with a status of success."""
    error = as_object(answer.get("error"))
    named = {name.lower() for name in answer}
    # OData JSON 4.0, 19: an error response is one object with the only name error. The other is Orchestrator's own.
    is_error = (named == {"error"} and error is not None and "message" in error) or (
        kind is object and (error is not None or {"message", "errorcode"} <= named)
    )
    if is_error:
        raise DecodeError(
            "the answer is an error in spite of its status: see Orchestrator's log for its reason"
        )
    if kind is object and (items := answer.get("FailedItems", answer.get("failedItems"))):
        raise _failed("", items)


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
        return _entities(kind, [payload])[0]
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
        return _entities(kind, items)
    return [_scalar(kind, item, f"value/{place}") for place, item in enumerate(items)]


def _entities(kind: type[Entity], items: list[Any]) -> list[Entity]:
    if any(item == {} for item in items):
        raise DecodeError(f"the answer has an empty object where {kind.__name__} was expected: ask again")
    return decode(kind, items)


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
