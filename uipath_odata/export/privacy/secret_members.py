"""Which members of an entity, and of its nested entities, are secrets."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import msgspec

from uipath_odata.odata.entity import Entity, Member, members_of, properties
from uipath_odata.odata.secret_properties import sounds_secret

__all__ = [
    "flat_row_of",
    "holds_secrets",
    "is_address",
    "is_secret",
    "is_unknown",
    "related",
]


def is_secret(entity: type[Entity] | None, name: str) -> bool:
    """Return whether a member of an entity is left out; of those that the schema does not know, by how they sound."""
    if entity is None:
        return False
    member = _member(entity, name)
    return sounds_secret(name) if member is None else member.secret


def is_address(entity: type[Entity] | None, name: str) -> bool:
    """Return whether a member is an address that may have a secret in it."""
    member = _member(entity, name) if entity else None
    return member is not None and member.is_address


def is_unknown(entity: type[Entity] | None, name: str) -> bool:
    """Return whether a member of a known entity is one that the schema does not know."""
    return entity is not None and not name.startswith("@") and _member(entity, name) is None


def holds_secrets(entity: type[Entity], name: str) -> bool:
    """Return whether a member is a JSON text that may hold secrets."""
    member = _member(entity, name)
    return member is not None and member.holds_secrets


def related(entity: type[Entity] | None, name: str) -> type[Entity] | None:
    """Return the entity that a navigation property or collection leads to."""
    member = _member(entity, name) if entity else None
    return None if member is None else member.related


@functools.cache
def flat_row_of(entity: type[Entity]) -> Callable[[bytes], bool]:
    """Make a test whether a row holds nothing but open properties of the schema and related entities that are null.

    It builds nothing, so that it takes a tenth of looking for names.
    """
    types: dict[str, Any] = dict.fromkeys(_open_names_of(entity), msgspec.Raw)
    types |= {member.wire: None for member in properties(entity).values() if member.related}
    fields: list[Any] = [
        (f"p{place}", type_, msgspec.field(name=wire, default=None))
        for place, (wire, type_) in enumerate(types.items())
    ]
    row = msgspec.defstruct("Flat", fields, forbid_unknown_fields=True, gc=False)
    decode = msgspec.json.Decoder(row).decode

    def is_flat(text: bytes) -> bool:
        try:
            decode(text)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return False
        return True

    return is_flat


def _open_names_of(entity: type[Entity]) -> tuple[str, ...]:
    """Return the properties of an entity that are no secrets, hold none and are not entities themselves."""
    return tuple(
        member.wire
        for member in properties(entity).values()
        if not (member.secret or member.holds_secrets or member.is_address or member.related)
    )


def _member(entity: type[Entity], name: str) -> Member | None:
    return members_of(entity, (name,))[0].get(name)
