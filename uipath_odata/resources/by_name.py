"""Find the one entity with a name."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, Final, TypeVar

from uipath_odata.errors import NoRow, QueryError, SeveralRows
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.odata.entity import Entity
from uipath_odata.odata.expr.expression import path

__all__ = ["entity_named"]

E = TypeVar("E", bound=Entity)

_SHOWN: Final = 5


async def entity_named(entities: BoundQuery[E, E], name: str) -> E:
    """Read the entity whose ``name`` is this text, else the only one whose name differs in case alone.

    The query may be narrowed already and expand what the caller needs. Raises NoRow where no name fits and SeveralRows
    where more than one does, both a LookupError that lists names which come close.
    """
    if not isinstance(name, str) or not name.strip():  # pyright: ignore[reportUnnecessaryIsInstance] - callers may have no type checker
        raise QueryError(f"{name!r} is not a name: give a text that is not empty")
    rows = await entities.filter(path("Name") == name).to_list()
    equal = [row for row in rows if _name(row) == name]
    alike = [row for row in rows if _caseless(_name(row)) == _caseless(name)]
    fitting = equal or alike
    if len(fitting) == 1:
        return fitting[0]
    what = entities.query.entity.__name__
    if fitting:
        raise SeveralRows(
            f"{len(fitting)} of {what} fit the name {name!r}{_listed(fitting)}: write the name in its own case,"
            " name the folder, or take one by its key"
        )
    raise NoRow(f"no {what} is named {name!r}{_listed(rows)}: check the name and the folder")


def _name(row: Entity) -> str:
    name: Any = getattr(row, "name", None)
    return name if isinstance(name, str) else ""


def _caseless(name: str) -> str:
    """Return what names that differ in case alone have in common (Unicode 16, 3.13.5, D145)."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())


def _listed(rows: Sequence[Entity]) -> str:
    names = list(dict.fromkeys(map(_name, rows)))
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f" ({', '.join(map(repr, names[:_SHOWN]))}{more})" if names else ""
