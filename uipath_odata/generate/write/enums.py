"""Enums by what they hold: equal ones are one alias."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Final

import attrs

from uipath_odata.generate.decide.naming import enum_candidates, first_free
from uipath_odata.generate.write.source import HEADER, fitted

__all__ = ["Alias", "aliases", "enum_module"]

_FRAME: Final = '''{header}
"""Orchestrator's enums."""

from __future__ import annotations

from typing import Literal, TypeAlias

{aliases}
'''


@attrs.frozen
class Alias:
    """A ``Literal`` that stands for all enums with the same members in the same order."""

    name: str
    members: tuple[str, ...]


def aliases(enums: Mapping[str, tuple[str, ...]], taken: Collection[str]) -> Mapping[str, Alias]:
    """Give the alias of each enum; no alias has a name that is ``taken``."""
    equal: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for enum, members in enums.items():
        equal[members].append(enum)
    used = set(taken)
    found: dict[str, Alias] = {}
    for members in sorted(equal, key=lambda members: enum_candidates(equal[members])):
        alias = Alias(first_free(enum_candidates(equal[members]), used), members)
        used.add(alias.name)
        found |= dict.fromkeys(equal[members], alias)
    return found


def enum_module(found: Iterable[Alias]) -> str:
    """Give the text of a module of aliases."""
    unique = {alias.name: alias for alias in found}
    return _FRAME.format(header=HEADER, aliases="\n".join(_literal(unique[name]) for name in sorted(unique)))


def _literal(alias: Alias) -> str:
    members = [json.dumps(member, ensure_ascii=False) for member in alias.members]
    return fitted(f"{alias.name}: TypeAlias = Literal[", members, "]")
