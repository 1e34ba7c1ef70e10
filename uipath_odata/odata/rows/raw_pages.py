"""Lists as the bytes of their rows: copied, not decoded and encoded again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import count, repeat
from typing import Any, Final

import msgspec

from uipath_odata.errors import DecodeError
from uipath_odata.odata.rows.columns import Columns
from uipath_odata.odata.rows.json_body import collection_of, hints_of, parse, refuse_other_charsets
from uipath_odata.odata.rows.raw_json import items_of, raw_members_of
from uipath_odata.odata.rows.raw_row import RawRow, on_one_line

__all__ = ["read_raw_page"]

_FACTS: Final = ("@odata.count", "@odata.nextLink")


def read_raw_page(body: bytes, names: tuple[str, ...]) -> tuple[list[RawRow], int | None, str | None]:
    """Read a list as `collection_of` does, its rows as they were sent; ``names`` are the properties to read.

    Raises DecodeError for what is not a list of objects.
    """
    refuse_other_charsets(body)
    text = on_one_line(body)
    try:
        envelope = _ENVELOPE.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _plainly(body, names)
    if not _are_objects(envelope.value):
        return _plainly(body, names)
    return _rows(envelope.value, text, names), *hints_of(envelope.count, envelope.link)


def _rows(raws: Sequence[bytes | msgspec.Raw], body: bytes, names: tuple[str, ...]) -> list[RawRow]:
    properties = Columns(names, body)
    return [*map(RawRow, raws, repeat(properties), count())]


def _plainly(body: bytes, names: tuple[str, ...]) -> tuple[list[RawRow], int | None, str | None]:
    """Read what the strict reader refuses, such as half a surrogate pair, or say what is wrong with it."""
    try:
        envelope = raw_members_of(body)
        raws = items_of(envelope["value"])
        payload: dict[str, Any] = {name: json.loads(envelope[name]) for name in _FACTS if name in envelope}
        payload["value"] = [*map(json.loads, raws)]
    except (DecodeError, LookupError, ValueError, RecursionError):
        collection_of(parse(body))
        raise DecodeError("the body is JSON that only some read: report the server's answer") from None
    _, counted, link = collection_of(payload)
    return _rows([*map(on_one_line, raws)], body, names), counted, link


def _are_objects(raws: Iterable[msgspec.Raw]) -> bool:
    return {memoryview(raw)[0] for raw in raws} <= {*b"{"}


class _Envelope(msgspec.Struct):
    value: list[msgspec.Raw]
    count: Any = msgspec.field(default=None, name="@odata.count")
    link: Any = msgspec.field(default=None, name="@odata.nextLink")


_ENVELOPE: Final = msgspec.json.Decoder(_Envelope)
