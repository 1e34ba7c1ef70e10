"""Masks such as ``*****`` that servers show instead of secrets: written back, they would become the secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from uipath_odata.errors import QueryError
from uipath_odata.odata.entity import Entity, Member, members_of
from uipath_odata.odata.rows.json_body import as_array, as_object
from uipath_odata.odata.secret_properties import KEPT, sounds_secret

__all__ = ["refuse_masks", "without_kept"]

_MASK: Final = re.compile(r"[*•●∙·◦⬤]{3,}")


def refuse_masks(entity: type[Entity], body: Mapping[str, Any]) -> None:
    """Raise a QueryError that names the secrets of a body whose value is a mask."""
    if masked := [*_masked(entity, body, "")]:
        raise QueryError(
            f"{entity.__name__} has the server's mask in the place of {', '.join(masked)}: give the secret itself,"
            " or None to leave it out"
        )


def without_kept(entity: type[Entity], body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a replacement without the marks of secrets that were not shown, nested ones too.

    A mark is an empty text, and a mask where it is known that nothing is changed by a missing secret.
    """
    members, _ = members_of(entity, tuple(body))
    return {
        name: _without_kept_below(members.get(name), value)
        for name, value in body.items()
        if not _is_mark(entity, members.get(name), name, value)
    }


def _without_kept_below(member: Member | None, value: Any) -> Any:
    if member is None or member.related is None:
        return value
    if (row := as_object(value)) is not None:
        return without_kept(member.related, row)
    rows = as_array(value)
    return value if rows is None else [_without_kept_below(member, each) for each in rows]


def _is_mark(entity: type[Entity], member: Member | None, name: str, value: Any) -> bool:
    if not isinstance(value, str) or member is None or not member.secret or not sounds_secret(name):
        return False
    kept = any(member.wire in KEPT.get(base.__name__, ()) for base in entity.__mro__)
    return not value or (kept and _MASK.fullmatch(value) is not None)


def _masked(entity: type[Entity], body: Mapping[str, Any], above: str) -> Iterator[str]:
    members, _ = members_of(entity, tuple(body))
    for name, value in body.items():
        member = members.get(name)
        if isinstance(value, str):
            if _MASK.fullmatch(value) and (sounds_secret(name) if member is None else member.secret):
                yield f"{above}{name}"
        elif member is not None and member.related is not None:
            for each in map(as_object, as_array(value) or [value]):
                if each is not None:
                    yield from _masked(member.related, each, f"{above}{name}/")
