"""What a query selects and expands, level by level."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import attrs

from uipath_odata.errors import QueryError

if TYPE_CHECKING:
    from uipath_odata.odata.query import Query

__all__ = ["Selected"]


@attrs.define
class Selected:
    """What is asked of one entity, and by name of those expanded in it; without names in ``selects``, all of it."""

    query: Query[Any] | None
    """The options of this level, where it has any of its own."""
    selects: dict[str, None]
    below: dict[str, Selected]

    @classmethod
    def of(cls, query: Query[Any]) -> Selected:
        """Return the levels of a query; raise QueryError where two options expand one property."""
        level = cls(None, {}, {})
        level.fill(query)
        return level

    @property
    def is_partial(self) -> bool:
        """Whether some entity, here or below, comes without all of its properties."""
        return bool(self.selects) or any(level.is_partial for level in self.below.values())

    def at(self, segments: Iterable[str]) -> Selected:
        """Return the level at a path, which exists from now on."""
        level = self
        for segment in segments:
            below = level.below.get(segment)
            if below is None:
                below = level.below[segment] = Selected(None, {}, {})
            level = below
        return level

    def fill(self, query: Query[Any]) -> None:
        """Add what a query asks of this level; raise QueryError where another one has asked otherwise."""
        if self.query not in (None, query):
            raise QueryError(
                f"{query!r} and {self.query!r} expand the same property: join them in one Expand(…)"
            )
        self.query = query
        for path in query.selection:
            self.at(path.segments[:-1]).selects[path.segments[-1]] = None
        for expanded in query.expansion:
            below = self.at(expanded.path.segments)
            if expanded.options is not None:
                below.fill(expanded.options)
