"""The members of one JSON object as the text that the server sent, also where fast readers refuse it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import msgspec

from uipath_odata.errors import DecodeError

__all__ = ["members_of", "object_of"]

_BOM: Final = b"\xef\xbb\xbf"
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def members_of(row: bytes) -> dict[str, bytes]:
    """Split an object into its names and their values' own text; of equal names the last one counts.

    Raises DecodeError for what is no JSON object.
    """
    try:
        return {name: bytes(raw) for name, raw in _MEMBERS(row).items()}
    except (ValueError, RecursionError):
        return _carefully(row)


def object_of(members: Mapping[str, bytes]) -> bytes:
    """Write names and texts as one object, sorted by name so that equal members give equal bytes."""
    return b"{%b}" % b",".join(
        b"%b:%b" % (json.dumps(name).encode(), members[name]) for name in sorted(members)
    )


def _carefully(row: bytes) -> dict[str, bytes]:
    try:
        return dict(_scan(row.removeprefix(_BOM).decode()))
    except (ValueError, IndexError, RecursionError):
        raise DecodeError(
            "a row is no JSON object, so that it was cut or altered on its way: export again"
        ) from None


def _scan(text: str) -> Iterator[tuple[str, bytes]]:
    at = _expect(text, 0, "{")
    more = text[at] != "}"
    while more:
        if text[at] != '"':
            raise ValueError
        name, at = _VALUES.raw_decode(text, at)
        start = _expect(text, at, ":")
        value, end = _VALUES.raw_decode(text, start)
        sent = text[start:end]
        yield (
            name if _has_utf8(name) else json.dumps(name),
            (sent if _has_utf8(value) else json.dumps(sent)).encode(),
        )
        at = _after_space(text, end)
        more = text[at] != "}"
        at = _expect(text, at, ",") if more else at
    if _after_space(text, at + 1) != len(text):
        raise ValueError


def _has_utf8(value: Any) -> bool:
    r"""Say whether all texts in a value are whole.

    JavaScript makes half a surrogate pair, "\ud83d", of a text cut inside an emoji. No reader of JSON takes it, so
    that the value's JSON becomes a text of its own.
    """
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _expect(text: str, at: int, character: str) -> int:
    at = _after_space(text, at)
    if text[at] != character:
        raise ValueError
    return _after_space(text, at + 1)


def _after_space(text: str, at: int) -> int:
    return cast("re.Match[str]", _SPACE.match(text, at)).end()


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


_VALUES: Final = json.JSONDecoder(parse_constant=_refuse, parse_int=str)
