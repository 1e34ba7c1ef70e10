"""Lists as the bytes of their rows: copied, not decoded and encoded again."""

from __future__ import annotations

import functools
import json
from types import GenericAlias
from typing import Any, Final, cast

import msgspec

from uipath_odata.errors import DecodeError
from uipath_odata.odata.members import items_of, members_of
from uipath_odata.odata.payload import collection_of, hints_of, parse
from uipath_odata.odata.sent_row import SentRow, on_one_line

__all__ = ["sent_rows"]

_FACTS: Final = ("@odata.count", "@odata.nextLink")


def sent_rows(body: bytes, names: tuple[str, ...]) -> tuple[list[SentRow], int | None, str | None]:
    """Read a list as `collection_of` does, its rows as they were sent; ``names`` are the properties to read.

    Raises DecodeError for what is no list of objects.
    """
    text = on_one_line(body)
    try:
        envelope = _ENVELOPE.decode(text)
        rows: list[SentRow] = _reader(names).decode(text).value
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _plainly(body, names)
    for row, raw in zip(rows, envelope.value, strict=True):
        row.text = raw
    return rows, *hints_of(envelope.count, envelope.link)


def _plainly(body: bytes, names: tuple[str, ...]) -> tuple[list[SentRow], int | None, str | None]:
    """Read what the strict reader refuses, such as half a surrogate pair, or say what is wrong with it."""
    try:
        envelope = members_of(body)
        raws = items_of(envelope["value"])
        payload: dict[str, Any] = {name: json.loads(envelope[name]) for name in _FACTS if name in envelope}
        payload["value"] = [*map(json.loads, raws)]
    except (DecodeError, LookupError, ValueError, RecursionError):
        collection_of(parse(body))
        raise DecodeError("the body is JSON that only some read: report the server's answer") from None
    _, count, link = collection_of(payload)
    return [*map(_kind(names)().holding, raws)], count, link


class _Envelope(msgspec.Struct):
    value: list[msgspec.Raw]
    count: Any = msgspec.field(default=None, name="@odata.count")
    link: Any = msgspec.field(default=None, name="@odata.nextLink")


_ENVELOPE: Final = msgspec.json.Decoder(_Envelope)


@functools.cache
def _kind(names: tuple[str, ...]) -> type[SentRow]:
    """Make the class of rows of which these properties are read; the rest is skipped, not built.

    Rows refer to nothing that refers to them: the garbage collector need not know them, whose walks would take as
    long as the reading.
    """
    attributes = {name: f"p{place}" for place, name in enumerate(names)}
    fields: Any = [
        (attribute, Any, msgspec.field(default=None, name=name)) for name, attribute in attributes.items()
    ]
    # In parentheses stands what no row was sent with.
    own: Any = [
        ("text", Any, msgspec.field(default=b"", name="(text)")),
        ("parsed", Any, msgspec.field(default=None, name="(parsed)")),
    ]
    bases: Any = (SentRow, msgspec.Struct)
    namespace = {"read": attributes}
    return cast(
        "type[SentRow]",
        msgspec.defstruct("SentRow", [*fields, *own], bases=bases, namespace=namespace, gc=False),
    )


@functools.cache
def _reader(names: tuple[str, ...]) -> Any:
    return msgspec.json.Decoder(msgspec.defstruct("Page", [("value", GenericAlias(list, _kind(names)))]))
