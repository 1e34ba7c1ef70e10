"""Write the module of enums."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from uipath_odata.generate.decide.enum_aliases import EnumAlias
from uipath_odata.generate.write.source import HEADER, fitted

__all__ = ["enum_module"]

_FRAME: Final = '''{header}
"""Orchestrator's enums."""

from __future__ import annotations

from typing import Literal, TypeAlias

{aliases}
'''


def enum_module(aliases: Iterable[EnumAlias]) -> str:
    """Return the text of a module that defines these aliases, each once."""
    unique = {alias.name: alias for alias in aliases}
    return _FRAME.format(header=HEADER, aliases="\n".join(_literal(unique[name]) for name in sorted(unique)))


def _literal(alias: EnumAlias) -> str:
    members = [json.dumps(member, ensure_ascii=False) for member in alias.members]
    return fitted(f"{alias.name}: TypeAlias = Literal[", members, "]")
