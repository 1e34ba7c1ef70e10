"""Lists as the bytes of their rows: copied, not decoded and encoded again."""

from __future__ import annotations

import functools
from types import GenericAlias
from typing import Any, Final, TypedDict

import msgspec
import orjson

from uipath_odata.odata.payload import collection_of, parse
from uipath_odata.odata.sent_row import SentRow, on_one_line

__all__ = ["sent_rows"]


def sent_rows(body: bytes, names: tuple[str, ...]) -> tuple[list[SentRow], int | None, str | None]:
    """Read a list as `collection_of` does, its rows as they were sent; ``names`` are the properties to read.

    Raises DecodeError for what is no list of objects.
    """
    text = on_one_line(body)
    try:
        envelope = _ENVELOPE.decode(text)
        rows = [*map(SentRow, _reader(names).decode(text)["value"])]
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _plainly(body, names)
    for row, raw in zip(rows, map(bytes, envelope.value), strict=True):
        row.raw = raw
    _, count, link = collection_of({**envelope.facts, "value": []})
    return rows, count, link


def _plainly(body: bytes, names: tuple[str, ...]) -> tuple[list[SentRow], int | None, str | None]:
    """Read what the strict reader refuses, a byte order mark for example, or say what is wrong with it."""
    rows, count, link = collection_of(parse(body))
    return (
        [SentRow.of({name: row[name] for name in names if name in row}, orjson.dumps(row)) for row in rows],
        count,
        link,
    )


class _Envelope(msgspec.Struct):
    value: list[msgspec.Raw]
    count: Any = msgspec.field(default=None, name="@odata.count")
    link: Any = msgspec.field(default=None, name="@odata.nextLink")

    @property
    def facts(self) -> dict[str, Any]:
        return {"@odata.count": self.count, "@odata.nextLink": self.link}


_ENVELOPE: Final = msgspec.json.Decoder(_Envelope)


@functools.cache
def _reader(names: tuple[str, ...]) -> Any:
    """Make a decoder of these properties of each object; the rest is skipped, not built."""
    typed: Any = TypedDict
    known = typed("known", dict.fromkeys(names, Any), total=False)
    return msgspec.json.Decoder(typed("page", {"value": GenericAlias(list, known)}))
