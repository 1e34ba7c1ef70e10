"""Write the class whose properties are the entity sets, each imported when it is first used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from uipath_odata.generate.decide.api_guide import with_guide_name
from uipath_odata.generate.decide.naming import snake
from uipath_odata.generate.write.docstring import docstring
from uipath_odata.generate.write.source import HEADER

__all__ = ["sets_package"]

_FRAME: Final = '''{header}
"""Orchestrator's operations, a class for each entity set."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from uipath_odata.resources.entity_sets import Sets

if TYPE_CHECKING:
{imports}

__all__ = ["EntitySets"]


class EntitySets(Sets):
    """Every entity set and every other group of operations, as seen from one folder or from none."""

{properties}
'''
_PROPERTY: Final = """    @cached_property
    def {attribute}(self) -> {name}:
{docstring}
        from .{attribute} import {name}

        return self._open({name})
"""


def sets_package(abouts: Mapping[str, str]) -> str:
    """Return the text of an ``__init__`` that offers these entity sets, each with what it is about."""
    ordered = sorted(abouts, key=snake)
    properties = (
        _PROPERTY.format(attribute=snake(name), name=name, docstring=_docstring(name, abouts[name]))
        for name in ordered
    )
    return _FRAME.format(
        header=HEADER,
        imports="\n".join(f"    from .{snake(name)} import {name}" for name in ordered),
        properties="\n".join(properties).rstrip(),
    )


def _docstring(name: str, about: str) -> str:
    guide = with_guide_name(name)
    return docstring("        ", about, guide if guide != name or not about else "")
