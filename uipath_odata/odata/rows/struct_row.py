"""Rows as structs, a class for the keys that all rows of a page have: read faster than dicts, in half their memory."""

from __future__ import annotations

import functools
from collections.abc import Callable, KeysView, Mapping
from types import GenericAlias
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias

import msgspec

__all__ = ["REFUSED", "Keys", "StructRow", "reader"]

REFUSED: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

Keys: TypeAlias = tuple[tuple[str, "Keys | None"], ...]
"""The keys of a row, each with those of the objects that it holds; None: it may hold anything."""


class StructRow(msgspec.Struct, gc=False, eq=False):
    """A row with all that was sent; what plans ask of a dict, it answers, too."""

    attributes: ClassVar[Mapping[str, str]] = {}
    """The attribute of each key; a key such as @odata.id cannot be one."""

    @property
    def whole(self) -> dict[str, Any]:
        """Return the row as a dict."""
        row: dict[str, Any] = msgspec.to_builtins(self)
        return row

    def keys(self) -> KeysView[str]:
        return self.attributes.keys()

    def get(self, key: str, default: Any = None) -> Any:
        attribute = self.attributes.get(key)
        return default if attribute is None else getattr(self, attribute)

    def __getitem__(self, key: str) -> Any:
        return getattr(self, self.attributes[key])

    def __contains__(self, key: object) -> bool:
        return key in self.attributes

    # Hidden from type checkers, to which object has a hash, so that each class has one.
    if not TYPE_CHECKING:

        def __eq__(self, other: object) -> bool:
            return self.whole == (other.whole if isinstance(other, StructRow) else other)

        __hash__ = None


@functools.lru_cache(maxsize=256)
def reader(keys: Keys) -> Callable[[bytes], tuple[list[StructRow], Any, Any]]:
    """Make a function that reads a list whose rows have exactly these keys: its rows, count and next link.

    It raises one of `REFUSED` for any other body.
    """
    fields: list[Any] = [
        ("value", GenericAlias(list, _class_of(keys))),
        ("count", Any, msgspec.field(default=None, name="@odata.count")),
        ("link", Any, msgspec.field(default=None, name="@odata.nextLink")),
    ]
    decode = msgspec.json.Decoder(msgspec.defstruct("PageRows", fields)).decode
    return lambda body: msgspec.structs.astuple(decode(body))


@functools.lru_cache(maxsize=256)
def _class_of(keys: Keys) -> Any:
    attributes = {key: f"v{place}" for place, (key, _) in enumerate(keys)}
    fields: list[Any] = [
        (attribute, Any if below is None else _class_of(below) | None, msgspec.field(name=key))
        for (key, below), attribute in zip(keys, attributes.values(), strict=True)
    ]
    made: Any = msgspec.defstruct(
        "Row", fields, bases=(StructRow,), forbid_unknown_fields=True, gc=False, eq=False
    )
    made.attributes = attributes
    return made
