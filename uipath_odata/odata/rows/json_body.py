"""Bodies to JSON values, whatever their labels say; never "no rows" for a body that is not the answer."""

from __future__ import annotations

import json
import math
from collections.abc import KeysView, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final, Protocol, TypeAlias, cast

import msgspec
import orjson

from uipath_odata.errors import DecodeError
from uipath_odata.odata.page_text import visible_text

__all__ = [
    "TOO_DEEP",
    "Listed",
    "Row",
    "as_array",
    "as_object",
    "collection_of",
    "column_of",
    "hints_of",
    "int64",
    "parse",
    "read_list",
    "refuse_constant",
    "refuse_other_charsets",
    "value_of",
    "whole_row",
]


class Row(Protocol):
    """One entity as sent: wire names, JSON values. A dict is one."""

    def keys(self) -> KeysView[str]: ...
    def get(self, key: str, default: Any = None, /) -> Any: ...
    def __getitem__(self, key: str, /) -> Any: ...
    def __contains__(self, key: object, /) -> bool: ...


def whole_row(row: Row) -> dict[str, Any]:
    """Return all of a row as a dict, whatever kind of row it is."""
    return cast("dict[str, Any]", getattr(row, "whole", row))


def column_of(rows: Sequence[Row], name: str, absent: Any = None) -> Sequence[Any]:
    """Return one property of all rows of an answer; ``absent`` where a row has none, but None for a row as sent."""
    # Rows as sent share their page's columns, in the order that they were sent in.
    ends: Any = (rows[0], rows[-1]) if rows else ()
    if [getattr(row, "place", None) for row in ends] == [0, len(rows) - 1]:
        columns = ends[0].properties
        if columns is ends[1].properties and name in columns.names:
            column = cast("Sequence[Any]", columns[name])
            return column if len(column) == len(rows) else column[: len(rows)]
    return [row.get(name, absent) for row in rows]


Listed: TypeAlias = tuple[Sequence[Row], int | None, str | None]
"""The rows of a list, its ``@odata.count`` and its next link."""

TOO_DEEP: Final = "the body has a row that is nested too deep: leave the property out with .select()"
_BOM: Final = b"\xef\xbb\xbf"
_SHOWN: Final = 200


def refuse_constant(constant: str) -> Any:
    """Refuse NaN and Infinity, which Python's reader takes for JSON."""
    raise ValueError(constant)


def _number(text: str) -> float | Decimal:
    """Read a number with a point or an exponent; one that no float holds stays exact."""
    number = float(text)
    return number if math.isfinite(number) else Decimal(text)


# Unlike orjson it reads integers of any length.
_EXACT: Final = msgspec.json.Decoder().decode
_LENIENT: Final = json.JSONDecoder(parse_constant=refuse_constant, parse_float=_number)


def parse(body: bytes) -> Any:
    r"""Read a body as UTF-8 JSON, with or without BOM and whatever its charset label.

    Half a surrogate pair, "\ud83d", which a text cut inside an emoji has, stays in it. Raises DecodeError for anything
    else: HTML, an empty or cut body, NaN.
    """
    text = body.removeprefix(_BOM).strip()
    if text[:1] == b"<":
        raise DecodeError(
            f"the server sent a page instead of JSON ({_words(text)!r}): check the URL, the organization and the tenant; "
            "a login or gateway page comes for wrong ones"
        )
    if not text:
        raise DecodeError(
            "the body is empty where JSON was expected: ask again, and if it stays so check the URL"
        )
    with suppress(ValueError, RecursionError):
        return _EXACT(text)
    try:
        return _LENIENT.decode(text.decode())
    except RecursionError:
        raise DecodeError(TOO_DEEP) from None
    except ValueError:
        pass  # of which orjson says where
    try:
        orjson.loads(text)
        where = "some place"
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno} of {len(body)} bytes"
    raise DecodeError(f"the body is not JSON at {where}: it was cut or changed on the way, ask again")


def refuse_other_charsets(body: bytes) -> None:
    """Raise DecodeError for a body that is not UTF-8, for readers that cut values out and skip over such bytes."""
    if not body.isascii():
        try:
            body.decode()
        except UnicodeDecodeError:
            parse(body)  # says where
            raise


def read_list(body: bytes) -> tuple[list[dict[str, Any]], int | None, str | None]:
    """Read a body that is a list of entities."""
    return collection_of(parse(body))


def collection_of(payload: Any) -> tuple[list[dict[str, Any]], int | None, str | None]:
    """Return the rows of a list, its ``@odata.count`` and its next link, each None where absent."""
    envelope = as_object(payload)
    rows = as_array(envelope.get("value")) if envelope else None
    if envelope is None or rows is None:
        raise DecodeError(
            "the answer is not a list, /value is missing or not an array: check the path that was asked"
        )
    if not {*map(type, rows)} <= {dict}:
        place, row = next((place, row) for place, row in enumerate(rows) if type(row) is not dict)
        raise DecodeError(
            f"/value/{place} is not an object but {type(row).__name__}: ask for a list of entities", row=place
        )
    return rows, *hints_of(envelope.get("@odata.count"), envelope.get("@odata.nextLink"))


def hints_of(count: Any, link: Any) -> tuple[int | None, str | None]:
    """Return a list's ``@odata.count`` and its next link as they were sent, each None where absent or malformed."""
    counted = int64(count)
    return counted if counted is not None and counted >= 0 else None, link if isinstance(link, str) else None


def value_of(payload: Any) -> Any:
    """Unwrap the ``value`` of a primitive or collection answer; anything else is the value itself."""
    envelope = as_object(payload) or {}
    return envelope.get("value", payload)


def as_object(value: Any) -> dict[str, Any] | None:
    """Return a JSON object, or None for anything else."""
    return cast("Any", value) if isinstance(value, dict) else None


def as_array(value: Any) -> list[Any] | None:
    """Return a JSON array, or None for anything else."""
    return cast("Any", value) if isinstance(value, list) else None


def int64(value: Any) -> int | None:
    """Return an Edm.Int64, which some servers write as a string, or None for anything else."""
    if isinstance(value, str) and value.isascii() and value.removeprefix("-").isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _words(page: bytes) -> str:
    words = " ".join(visible_text(page[:20_000]).split())
    return "".join(character for character in words if character.isprintable())[:_SHOWN]
