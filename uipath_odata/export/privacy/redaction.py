"""Leave out or hash members of a JSON object, also of nested ones, before it is written."""

from __future__ import annotations

import abc
import functools
import hmac
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias, cast

import msgspec
from yarl import URL

from uipath_odata.errors import DecodeError
from uipath_odata.export.privacy.secret_members import (
    flat_row_of,
    holds_secrets,
    is_address,
    is_secret,
    is_unknown,
    related,
)
from uipath_odata.odata.entity import Entity
from uipath_odata.odata.rows.raw_json import items_of, raw_members_of
from uipath_odata.odata.secret_properties import CHANGED, NAMES, sounds_secret

__all__ = [
    "Action",
    "Change",
    "Everywhere",
    "Members",
    "Rule",
    "exchange",
    "hashing",
    "leave_out",
    "origin_of",
]

Action: TypeAlias = Callable[[bytes], "bytes | None"]
"""Takes the JSON text of a value and gives the new one, the same where nothing changes, None to leave it out."""

Change: TypeAlias = tuple[str, bytes, "bytes | None"]
"""A member's name, and the JSON text of its value before and after, None where it is left out."""

Rule: TypeAlias = tuple[tuple[str, ...], Action]
"""The names that lead to a value, and what is done to it."""

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_TEXT: Final = msgspec.json.Decoder(str).decode
_ENCODE: Final = msgspec.json.Encoder().encode
_BOM: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
_EMPTY: Final = (b"null", b'""')


def leave_out(value: bytes) -> None:
    """Leave a value out."""
    del value


def origin_of(value: bytes) -> bytes:
    """Leave the scheme and host of an address: the path, the query or a password in it let anyone call it."""
    try:
        url = URL(_text(value))
        return _ENCODE(str(url.origin()))
    except (ValueError, TypeError):
        return value if value == b"null" else b'""'


def hashing(key: bytes) -> Action:
    """Replace values by their HMAC-SHA256 as hex text; null stays null, and 5 and "5" are the same."""

    @functools.lru_cache(4096)
    def hashed(value: bytes) -> bytes:
        if value == b"null":
            return value
        return b'"%b"' % hmac.digest(key, _plain(value), "sha256").hex().encode()

    return hashed


def _plain(value: bytes) -> bytes:
    """Return a text without its quotes and escapes, an object without its layout and order."""
    if value[:1] == b'"':
        return _text(value).encode("utf-8", "surrogatepass")
    if value[:1] in b"{[":
        return json.dumps(json.loads(value, parse_float=str, parse_int=str), sort_keys=True).encode()
    return value


def exchange(text: bytes, changes: Iterable[Change]) -> bytes | None:
    """Put new values in the place of some members' values in an object; None where one has to be left out with its name.

    So it is where a value stands in the object twice, of which nothing says which one is the member's, and where the name
    does: of members of one name, only the last is known.
    """
    places: list[tuple[int, bytes, bytes]] = []
    for name, old, new in changes:
        at = text.find(old)
        if (
            new is None
            or text.find(old, at + 1) >= 0
            or text.count(b'"%b"' % name.encode("utf-8", "surrogatepass")) != 1
        ):
            return None
        places.append((at, old, new))
    for at, old, new in sorted(places, reverse=True):
        text = text[:at] + new + text[at + len(old) :]
    return text


class _Reach(abc.ABC):
    """Reach into values: objects, arrays, and JSON in texts."""

    action: Callable[[str], Action | None]
    """What is done to a member of this name, None for nothing."""

    def into(self, value: bytes) -> bytes | None:
        """Return the JSON text of a value without what has to be kept from others."""
        start = value[:1]
        if start == b"{":
            return self.into_object(value)
        if start == b"[":
            return self._into_array(value)
        if value in _EMPTY:
            return value
        return self._into_text(value) if start == b'"' else self.whole(value)

    def into_object(self, value: bytes) -> bytes:
        members = _members(value)
        changed: dict[str, bytes | None] = {}
        changes: list[Change] = []
        for name, raw in members.items():
            action = self.action(name)
            if action is not None and (new := action(text := bytes(raw))) != text:
                changed[name] = new
                changes.append((name, text, new))
        if not changed:
            return value
        if (exchanged := exchange(value, changes)) is not None:
            return exchanged
        parts: list[Any] = []
        for name, raw in members.items():
            new = changed.get(name, raw)
            if new is not None:
                parts += (_name(name), new)
        return b"{%b}" % b"".join(parts)[1:]

    def _into_array(self, value: bytes) -> bytes:
        items = items_of(value)
        reached = [self.into(item) for item in items]
        if all(new is old for new, old in zip(reached, items, strict=True)):
            return value
        return b"[%b]" % b",".join([b"null" if new is None else new for new in reached])

    def _into_text(self, value: bytes) -> bytes | None:
        text = _text(value).strip().removeprefix(_BOM).strip()
        # A text in a text is JSON that was written as JSON once more.
        if not text.startswith(("{", "[", '"{', '"[')):
            return self.whole(value)
        try:
            inner = text.encode()
            found = self.into(inner)
        except (ValueError, DecodeError, RecursionError):
            return self.whole(value, is_broken=True)
        return value if found is inner or found is None else _ENCODE(found.decode())

    @abc.abstractmethod
    def whole(self, value: bytes, *, is_broken: bool = False) -> bytes | None:
        """Say what becomes of a value that cannot be reached into; a broken one is a text of JSON that was cut."""


class Members(_Reach):
    """The members of an object of an entity, or of no known one, by what the user and the schema say.

    Names are the same in any case, and a dotted name finds a member that has the dots in its name.
    """

    def __init__(self, rules: Sequence[Rule], entity: type[Entity] | None, *, secrets: bool) -> None:
        self._rules = rules
        self._entity = entity
        self._secrets = secrets
        self.action = functools.lru_cache(4096)(self._decided)
        self._is_flat = flat_row_of(entity) if secrets and entity and not rules else _never

    def into_object(self, value: bytes) -> bytes:
        return value if self._is_flat(value) else super().into_object(value)

    def whole(self, value: bytes, *, is_broken: bool = False) -> bytes | None:
        del is_broken
        for _, action in self._rules:
            return action(value)
        return value

    def _decided(self, name: str) -> Action | None:
        if self._secrets and is_secret(self._entity, name):
            return leave_out
        below = [rest for rule in self._rules for rest in _rest_after(rule, name)]
        whole = next((action for names, action in below if not names), None)
        return whole or self._inside(name, below)

    def _inside(self, name: str, below: Sequence[Rule]) -> Action | None:
        """Return what is done to a member that is not left out or hashed whole."""
        if self._secrets and is_address(self._entity, name):
            return origin_of
        target = related(self._entity, name)
        looks = self._secrets and target is not None
        known = Members(below, target, secrets=self._secrets).into if below or looks else None
        if not self._secrets or not self._is_open(name):
            return known
        return Everywhere().into if known is None else _both(known, Everywhere().into)

    def _is_open(self, name: str) -> bool:
        """Whether anything may be in a member."""
        if self._entity is None:
            return False
        return holds_secrets(self._entity, name) or is_unknown(self._entity, name)


def _never(value: bytes) -> bool:
    del value
    return False


def _both(first: Action, second: Action) -> Action:
    def act(value: bytes) -> bytes | None:
        new = first(value)
        return None if new is None else second(new)

    return act


class Everywhere(_Reach):
    """Leave members out by the names of secrets, however deep."""

    def __init__(self) -> None:
        self.action = self._decided

    def whole(self, value: bytes, *, is_broken: bool = False) -> bytes | None:
        text = value.lower() if is_broken else b""
        return None if any(name in text for name in _TELLING) else value

    def _decided(self, name: str) -> Action:
        is_telling = name.lower() in NAMES or name.lower() in CHANGED or sounds_secret(name)
        return leave_out if is_telling else self.into


_TELLING: Final = sorted(name.encode() for name in NAMES | CHANGED)


def _rest_after(rule: Rule, name: str) -> list[Rule]:
    names, action = rule
    return [
        (names[count:], action)
        for count in range(1, len(names) + 1)
        if ".".join(names[:count]).lower() == name.lower()
    ]


def _members(value: bytes) -> dict[str, Any]:
    try:
        return _OBJECT(value)
    except ValueError:
        return dict(raw_members_of(value))


def _text(value: bytes) -> str:
    try:
        return _TEXT(value)
    except ValueError:
        return cast("str", json.loads(value))  # with half a surrogate pair


@functools.lru_cache(4096)
def _name(name: str) -> bytes:
    return b",%b:" % json.dumps(name).encode()
