"""Cursors as texts: bound to a query, signed if there is a key, and checked before use."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Final, Literal, TypeAlias

import attrs
import msgspec

from uipath_odata.errors import InvalidInput

__all__ = ["CursorSeal", "Position", "Side", "Value"]

Value: TypeAlias = bool | int | float | str | None
Side: TypeAlias = Literal["after", "before"]

_PLAIN: Final = b"\x01"
_SIGNED: Final = b"\x02"
_BINDING: Final = 8
_CHECKSUM: Final = 8
_SIGNATURE: Final = 16
_TEXT: Final = re.compile(r"[A-Za-z0-9_-]{8,4096}")
_NOT_ONE: Final = "the cursor is not one of this list: pass page.next or page.previous as they are"


class Position(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """Where one page ends and the next begins."""

    kind: Literal["keyset", "moment", "offset"]
    side: Side
    place: int
    """Rows before it, as far as they were counted."""
    values: list[Value] = []
    """What the row there has of the order's terms."""
    inclusive: bool = False
    """Whether the row itself is asked for, too."""


@attrs.frozen
class CursorSeal:
    """Write and read the cursors of one query in one folder of one tenant.

    Without keys a checksum finds accidents; with keys each cursor is signed by the first and may be of any.
    """

    binding: bytes
    keys: tuple[bytes, ...] = attrs.field(default=(), repr=False)

    @classmethod
    def of(cls, facts: str, keys: tuple[bytes, ...] = ()) -> CursorSeal:
        """Bind cursors to ``facts``, which they do not show."""
        return cls(hashlib.sha256(facts.encode()).digest()[:_BINDING], keys)

    def text(self, position: Position) -> str:
        """Return a position as a cursor."""
        payload = self.binding + msgspec.msgpack.encode(position)
        head = _SIGNED if self.keys else _PLAIN
        tag = _signature(self.keys[0], payload) if self.keys else _checksum(payload)
        return base64.urlsafe_b64encode(head + tag + payload).rstrip(b"=").decode()

    def position(self, text: object) -> Position:
        """Return what a cursor says; raise InvalidInput that names the reason, and nothing that the cursor holds."""
        raw = _bytes_of(text)
        size = _SIGNATURE if self.keys else _CHECKSUM
        head, tag, payload = raw[:1], raw[1 : 1 + size], raw[1 + size :]
        if head != (_SIGNED if self.keys else _PLAIN):
            raise InvalidInput(_wrong_head(head, has_keys=bool(self.keys)))
        known = [_signature(key, payload) for key in self.keys] or [_checksum(payload)]
        if not any(hmac.compare_digest(tag, each) for each in known):
            key = ", or signed with a key that is not accepted any more" if self.keys else ""
            raise InvalidInput(f"the cursor was altered{key}: begin again at the first page")
        if payload[:_BINDING] != self.binding:
            raise InvalidInput(
                "the cursor is of another query, folder or tenant: use it with the query that it came from"
            )
        try:
            return msgspec.msgpack.decode(payload[_BINDING:], type=Position)
        except msgspec.MsgspecError:
            raise InvalidInput(_NOT_ONE) from None


def _bytes_of(text: object) -> bytes:
    if not isinstance(text, str) or not _TEXT.fullmatch(text):
        raise InvalidInput(_NOT_ONE)
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise InvalidInput(_NOT_ONE) from None
    # Several texts can stand for the same bytes; only the one that was written counts.
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise InvalidInput("the cursor was altered: begin again at the first page")
    return raw


def _wrong_head(head: bytes, *, has_keys: bool) -> str:
    if head == _PLAIN and has_keys:
        return "the cursor is not signed, and only signed ones are accepted: begin again at the first page"
    if head == _SIGNED:
        return "the cursor is signed with a key that is not known here: begin again at the first page"
    return _NOT_ONE


def _signature(key: bytes, payload: bytes) -> bytes:
    return hmac.digest(key, b"uipath-odata cursor" + payload, "sha256")[:_SIGNATURE]


def _checksum(payload: bytes) -> bytes:
    return hashlib.sha256(payload).digest()[:_CHECKSUM]
