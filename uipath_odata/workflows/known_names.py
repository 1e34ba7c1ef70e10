"""Which entity a name means, resolved once in a client's life."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

import attrs

from uipath_odata.odata.entity import Entity

__all__ = ["KnownNames", "Place"]

E = TypeVar("E", bound=Entity)

Place = tuple[str, frozenset[tuple[str, str]], str]
"""A kind of entity, the folder's headers and a name as it was written."""


@attrs.define(eq=False)
class KnownNames:
    """Remember the entity of each name; who asks for one that is being looked up waits for that answer."""

    _known: dict[Place, Entity] = attrs.field(factory=dict[Place, Entity], init=False)
    _asking: dict[Place, _Turns] = attrs.field(factory=dict[Place, Any], init=False)

    def known(self, place: Place) -> Entity | None:
        """Return what the name stood for when it was last asked; None where nobody asked."""
        return self._known.get(place)

    def forget(self, place: Place, entity: Entity) -> None:
        """Forget that the name stands for this entity; another that it stands for by now stays."""
        if self._known.get(place) is entity:
            del self._known[place]

    async def resolve(self, place: Place, ask: Callable[[], Awaitable[E]]) -> E:
        """Return what the name stands for, asking the server where that is not known."""
        turns = self._asking.setdefault(place, _Turns())
        turns.waiting += 1
        try:
            async with turns.lock:
                if place not in self._known:
                    self._known[place] = await ask()
                return cast("E", self._known[place])
        finally:
            turns.waiting -= 1
            if not turns.waiting:
                self._asking.pop(place, None)


@attrs.define(eq=False)
class _Turns:
    lock: asyncio.Lock = attrs.field(factory=asyncio.Lock)
    waiting: int = 0
