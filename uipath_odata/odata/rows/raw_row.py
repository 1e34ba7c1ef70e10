"""Rows as the bytes that the server sent, copied and not decoded, with the few properties read that a plan looks at."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, KeysView, Mapping, Sequence
from itertools import count, repeat
from typing import TYPE_CHECKING, Any, Final

import msgspec

from uipath_odata.errors import DecodeError
from uipath_odata.odata.rows.columns import Columns, Foreseen
from uipath_odata.odata.rows.json_body import TOO_DEEP, collection_of, hints_of, parse, refuse_other_charsets
from uipath_odata.odata.rows.raw_json import items_of, joined, raw_members_of

if TYPE_CHECKING:

    class _Row(msgspec.Struct, Mapping[str, Any]):
        pass
else:  # its classes have a metaclass of their own
    _Row = msgspec.Struct

__all__ = ["RawRow", "on_one_line", "read_raw_page"]

_FACTS: Final = ("@odata.count", "@odata.nextLink")
_LINE_BREAKS: Final = bytes.maketrans(b"\r\n", b"  ")


def on_one_line(text: bytes) -> bytes:
    """Make spaces of the line breaks in a JSON text, where they are white space.

    Raise DecodeError for one inside of a text, where JSON allows none (RFC 8259, 7): no value is altered.
    """
    if b"\n" not in text and b"\r" not in text:
        return text
    try:
        json.loads(text)
    except RecursionError:  # which whoever reads it finds as well
        pass
    except ValueError as error:
        if str(error).startswith("Invalid control character"):
            raise DecodeError(
                f"the body has a line break or another control character inside of a text ({error}), which JSON does not "
                "allow: report the server's answer"
            ) from None
    return text.translate(_LINE_BREAKS)


class RawRow(_Row, gc=False, eq=False):
    """All of a row as bytes, and some of its properties, which are None where the server sent none.

    Other properties are read when they are asked for.
    """

    text: bytes | msgspec.Raw
    """The JSON object as sent, on one line; of most rows a view of the page, which is not copied."""
    properties: Columns
    """Those that were read, of all rows of its page."""
    place: int
    """Of the row on that page."""
    parsed: dict[str, Any] | None = None
    """All properties, once another one was asked for."""

    def __getitem__(self, name: str) -> Any:
        properties = self.properties
        return properties[name][self.place] if name in properties.names else self.whole[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return a property, or the default where there is none."""
        properties = self.properties
        return properties[name][self.place] if name in properties.names else self.whole.get(name, default)

    def __repr__(self) -> str:
        return f"RawRow({self.raw!r})"

    def __iter__(self) -> Iterator[str]:
        return iter(self.whole)

    def __len__(self) -> int:
        return len(self.whole)

    def keys(self) -> KeysView[str]:
        return self.whole.keys()

    def __contains__(self, name: object) -> bool:
        return name in self.whole

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RawRow) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    @property
    def raw(self) -> bytes:
        """Return the JSON object as sent, on one line."""
        return bytes(self.text)

    @property
    def members(self) -> dict[str, bytes]:
        """Return all of the row, each value as its own text."""
        return raw_members_of(self.raw)

    @property
    def whole(self) -> dict[str, Any]:
        """Read all of the row."""
        if self.parsed is not None:
            return self.parsed
        whole: dict[str, Any] = parse(self.raw)
        self.parsed = whole
        return whole

    def only(self, names: tuple[str, ...]) -> RawRow:
        """Return the row with these properties alone, as if only they had been asked for."""
        members = self.members
        text = joined({name: members[name] for name in names if name in members})
        return RawRow(text, self.properties.at(self.place), 0)

    def holding(self, raw: bytes) -> RawRow:
        """Return a row with this JSON object and the same properties read."""
        text = on_one_line(raw)
        return RawRow(text, self.properties.of_one(text), 0)


def read_raw_page(
    body: bytes, names: tuple[str, ...], foreseen: Foreseen | None = None
) -> tuple[list[RawRow], int | None, str | None]:
    """Read a list as `collection_of` does, its rows as they were sent; ``names`` are the properties to read.

    Rows will be asked whether they have others than are ``foreseen``. Raises DecodeError for what is not a list of objects.
    """
    refuse_other_charsets(body)
    text = on_one_line(body)
    try:
        envelope = _ENVELOPE.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _plainly(body, names, foreseen)
    except RecursionError:
        raise DecodeError(TOO_DEEP) from None
    properties = Columns(names, text, envelope.value, foreseen)
    if properties.row_names is None and not _are_objects(envelope.value):
        return _plainly(body, names, foreseen)
    return _rows(envelope.value, properties), *hints_of(envelope.count, envelope.link)


def _rows(raws: Sequence[bytes | msgspec.Raw], properties: Columns) -> list[RawRow]:
    return [*map(RawRow, raws, repeat(properties), count())]


def _plainly(
    body: bytes, names: tuple[str, ...], foreseen: Foreseen | None
) -> tuple[list[RawRow], int | None, str | None]:
    """Read what the strict reader refuses, such as half a surrogate pair, or say what is wrong with it."""
    try:
        envelope = raw_members_of(body)
        raws = items_of(envelope["value"])
        payload: dict[str, Any] = {name: json.loads(envelope[name]) for name in _FACTS if name in envelope}
        payload["value"] = [*map(json.loads, raws)]
    except RecursionError:
        raise DecodeError(TOO_DEEP) from None
    except (DecodeError, LookupError, ValueError):
        collection_of(parse(body))
        raise DecodeError("the body is JSON that only some read: report the server's answer") from None
    _, counted, link = collection_of(payload)
    texts = [*map(on_one_line, raws)]
    return _rows(texts, Columns(names, body, texts, foreseen)), counted, link


def _are_objects(raws: Iterable[msgspec.Raw]) -> bool:
    return {memoryview(raw)[0] for raw in raws} <= {*b"{"}


class _Envelope(msgspec.Struct):
    value: list[msgspec.Raw]
    count: Any = msgspec.field(default=None, name="@odata.count")
    link: Any = msgspec.field(default=None, name="@odata.nextLink")


_ENVELOPE: Final = msgspec.json.Decoder(_Envelope)
