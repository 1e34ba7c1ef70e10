"""Enums by what they hold: equal ones share one alias."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

import attrs

from uipath_odata.generate.decide.naming import enum_candidates, first_free

__all__ = ["EnumAlias", "enum_aliases"]


@attrs.frozen
class EnumAlias:
    """A ``Literal`` that stands for all enums with the same members in the same order."""

    name: str
    members: tuple[str, ...]


def enum_aliases(enums: Mapping[str, tuple[str, ...]], taken: Collection[str]) -> Mapping[str, EnumAlias]:
    """Return the alias of each enum; no alias has a name that is ``taken``."""
    equal: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for enum, members in enums.items():
        equal[members].append(enum)
    used = set(taken)
    found: dict[str, EnumAlias] = {}
    for members in sorted(equal, key=lambda members: enum_candidates(equal[members])):
        alias = EnumAlias(first_free(enum_candidates(equal[members]), used), members)
        used.add(alias.name)
        found |= dict.fromkeys(equal[members], alias)
    return found
