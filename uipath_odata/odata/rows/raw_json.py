"""The members of one JSON object as the text that the server sent, also where fast readers refuse it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final, cast

import msgspec

from uipath_odata.errors import DecodeError
from uipath_odata.odata.rows.json_body import TOO_DEEP, refuse_constant

__all__ = ["items_of", "joined", "object_of", "raw_members_of", "whole_members_of"]

_BOM: Final = b"\xef\xbb\xbf"
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode


def raw_members_of(value: bytes) -> dict[str, bytes]:
    """Split an object into its names and their values' own text; of equal names the last one counts.

    Raises DecodeError for what is not a JSON object.
    """
    try:
        return {name: bytes(raw) for name, raw in _MEMBERS(value).items()}
    except (ValueError, RecursionError):
        return dict(_Scan.of(value, "{", "}"))


def items_of(value: bytes) -> list[bytes]:
    """Split an array into its items' own text; raise DecodeError for what is not a JSON array."""
    try:
        return [bytes(raw) for raw in _ITEMS(value)]
    except (ValueError, RecursionError):
        return [item for _, item in _Scan.of(value, "[", "]")]


def whole_members_of(value: bytes) -> dict[str, bytes]:
    r"""Do what ``raw_members_of`` does, for readers that take texts as UTF-8.

    JavaScript makes half a surrogate pair, "\ud83d", of a text cut inside an emoji. No reader of JSON takes it, so
    that the JSON of such a value becomes a text of its own.
    """
    return {
        name if _is_whole(json.dumps(name)) else json.dumps(name): text
        if _is_whole(text)
        else json.dumps(text.decode()).encode()
        for name, text in raw_members_of(value).items()
    }


def object_of(members: Mapping[str, bytes]) -> bytes:
    """Write names and texts as one object, sorted by name so that equal members give equal bytes."""
    return joined({name: members[name] for name in sorted(members)})


def joined(members: Mapping[str, bytes]) -> bytes:
    """Write names and texts as one object."""
    return b"{%b}" % b",".join(b"%b:%b" % (json.dumps(name).encode(), text) for name, text in members.items())


def _is_whole(text: bytes | str) -> bool:
    try:
        json.dumps(json.loads(text, parse_int=str), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


class _Scan:
    """Find where the values of an object or array begin and end, as Python's own reader sees it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    @classmethod
    def of(cls, value: bytes, start: str, end: str) -> list[tuple[str, bytes]]:
        try:
            return cls(value.removeprefix(_BOM).decode()).values(start, end)
        except RecursionError:
            raise DecodeError(TOO_DEEP) from None
        except (ValueError, IndexError):
            raise DecodeError(
                "a row is not a JSON object, so that it was cut or altered on its way: export again"
            ) from None

    def values(self, start: str, end: str) -> list[tuple[str, bytes]]:
        found: list[tuple[str, bytes]] = []
        self._skip()
        self._take(start)
        while self._text[self._at] != end:
            if found:
                self._take(",")
            name = self._name() if start == "{" else ""
            found.append((name, self._value()))
        self._take(end)
        if self._at != len(self._text):
            raise ValueError
        return found

    def _name(self) -> str:
        if self._text[self._at] != '"':
            raise ValueError
        name = cast("str", json.loads(self._value()))
        self._take(":")
        return name

    def _value(self) -> bytes:
        start = self._at
        self._at = _READER.raw_decode(self._text, start)[1]
        value = self._text[start : self._at].encode()
        self._skip()
        return value

    def _take(self, character: str) -> None:
        if self._text[self._at] != character:
            raise ValueError
        self._at += 1
        self._skip()

    def _skip(self) -> None:
        self._at = cast("re.Match[str]", _SPACE.match(self._text, self._at)).end()


_READER: Final = json.JSONDecoder(parse_constant=refuse_constant, parse_int=str)
