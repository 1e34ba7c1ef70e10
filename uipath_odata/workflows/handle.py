"""An entity of a folder, by a name that is resolved on first use."""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar

import attrs

from uipath_odata.errors import NoRow, OrchestratorError, QueryError, ResponseError
from uipath_odata.odata.entity import Entity
from uipath_odata.odata.expr.expression import path
from uipath_odata.operations import EntitySets
from uipath_odata.resources.by_name import entity_named
from uipath_odata.workflows.known_names import KnownNames, Place

if TYPE_CHECKING:
    from uipath_odata.calls.connection import TenantChannel
    from uipath_odata.execution.bound_query import BoundQuery

__all__ = ["Handle"]

E = TypeVar("E", bound=Entity)
T = TypeVar("T")

_NOT_FOUND: Final = 404
_ITEM_NOT_FOUND: Final = 1002
_NEAREST: Final = 3
_LISTED: Final = 1_000


def _named(_handle: Handle[Entity], _attribute: attrs.Attribute[str], name: str) -> None:
    if not isinstance(name, str) or not name.strip():  # pyright: ignore[reportUnnecessaryIsInstance] - callers may have no type checker
        raise QueryError(f"{name!r} is not a name: give a text that is not empty")


def _sets_of(handle: Handle[Any]) -> EntitySets:
    return EntitySets(handle._channel)  # noqa: SLF001 - its own default


@attrs.frozen(eq=False, repr=False)
class Handle(Generic[E]):
    """One entity of a folder by its name; nothing is asked before it is needed.

    The name is resolved once in the client's life. It is forgotten when the server does not know the entity any more,
    and resolved again.
    """

    _kind: ClassVar[str]
    """What users call it: process, queue, asset, bucket."""

    _channel: TenantChannel
    name: str = attrs.field(validator=_named)
    _sets: EntitySets = attrs.field(init=False, default=attrs.Factory(_sets_of, takes_self=True))

    def _entities(self) -> BoundQuery[E, E]:
        """Return the list that has the name, with what is remembered of each entity selected."""
        raise NotImplementedError

    async def entity(self) -> E:
        """Return the entity, of which only what never changes is meant to be read.

        Raises NoRow, a LookupError, that suggests the nearest names, and SeveralRows where a name is that of more.
        """
        return await self._names.resolve(self._place, self._look_up)

    async def _calling(self, call: Callable[[E], Awaitable[T]]) -> T:
        """Call with the entity; when the server knows it no more, look the name up again and call once more.

        An answer that something does not exist says that nothing was done, so that writes may be called here, too.
        """
        before = self._names.known(self._place)
        entity = await self.entity()
        try:
            return await call(entity)
        except ResponseError as error:
            if not _is_unknown(error) or error.may_have_happened:
                raise
            self._names.forget(self._place, entity)
            if entity is not before or (again := await self.entity()) == entity:
                raise
        return await call(again)

    @property
    def _names(self) -> KnownNames:
        return self._channel.kept(KnownNames)

    @property
    def _place(self) -> Place:
        return self._kind, frozenset(self._channel.headers.items()), self.name

    async def _look_up(self) -> E:
        try:
            return await entity_named(self._entities(), self.name)
        except NoRow as error:
            absent = NoRow(f"There is no {self._kind} named {self.name!r} here{await self._nearest()}")
            raise absent from error

    async def _nearest(self) -> str:
        """Say which names come close."""
        try:
            rows = await self._entities().select(path("Name")).top(_LISTED).dicts().to_list()
        except OrchestratorError:
            return ": check the name and the folder"
        names = {str(row.get("Name") or ""): str(row.get("Name") or "").casefold() for row in rows}
        alike = difflib.get_close_matches(self.name.casefold(), names.values(), n=_NEAREST)
        near = [name for name, folded in names.items() if folded in alike][:_NEAREST]
        hint = f"did you mean {' or '.join(map(repr, near))}? Check" if near else "check"
        return f": {hint} the name and the folder"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"


def _is_unknown(error: ResponseError) -> bool:
    return error.status == _NOT_FOUND or error.error_code == _ITEM_NOT_FOUND
