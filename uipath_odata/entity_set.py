"""Entity sets: queries over all their entities, and the reading and writing of single ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self, TypeAlias, TypeVar, cast
from uuid import UUID

import attrs

from uipath_odata.bound_query import BoundQuery
from uipath_odata.errors import QueryError
from uipath_odata.odata.decode import decode
from uipath_odata.odata.encode import body_of, fields_of
from uipath_odata.odata.entity import Entity, properties
from uipath_odata.odata.payload import as_object, parse, value_of
from uipath_odata.odata.percent import key_segment
from uipath_odata.odata.query import Query
from uipath_odata.source import Channel, Source, parameters, write
from uipath_odata.transport.request import Request, Response

__all__ = ["EntitySet", "Key"]

E = TypeVar("E", bound=Entity)
F = TypeVar("F", bound=Entity)

Key: TypeAlias = int | str | UUID

_NAMESPACE = "UiPath.Server.Configuration.OData."


class EntitySet(BoundQuery[E, E]):
    """All entities of one set: a query to narrow down and read, and calls on single entities.

    Folders, where the set has them, come from the scope: ``orchestrator.folder("Shared/Finance").jobs``.
    """

    __slots__ = ()

    name: ClassVar[str]
    entity: ClassVar[type[Entity]]
    page_cap: ClassVar[int] = 1_000
    in_window: ClassVar[bool] = False

    @classmethod
    def of(cls, channel: Channel) -> Self:
        """Give the set as seen through a channel."""
        operation = f"{cls.name}.list"
        source = Source(
            channel=channel,
            path=f"/odata/{cls.name}",
            operation=operation,
            page_cap=cls.page_cap,
            rate_class=operation,
            in_window=cls.in_window,
        )
        return cls(source, Query(cast("type[E]", cls.entity)))

    async def action(self, name: str, key: Key | None = None, /, **body: Any) -> Any:
        """Call an OData action of the set, or of the entity with this key, and give its answer as JSON values.

        ``name`` may leave out the namespace; arguments are the body, with wire names.
        """
        request = write("POST", self._bound(name, key), self._operation(name), body_of(body))
        return _json(await self._source.channel.send(request))

    async def function(self, name: str, key: Key | None = None, /, **arguments: Any) -> Any:
        """Call an OData function of the set, or of the entity with this key, and give its answer as JSON values."""
        path = f"{self._bound(name, key)}{parameters(arguments)}"
        return await self._source.channel.read(self._get_request(path, name), _json)

    def _listing(
        self, entity: type[F], name: str, key: Key | None = None, /, **arguments: Any
    ) -> BoundQuery[F, F]:
        """Give the query over what a function lists."""
        path = f"{self._bound(name, key)}{parameters(arguments)}"
        source = attrs.evolve(
            self._source, path=path, operation=self._operation(name), rate_class="default", in_window=False
        )
        return BoundQuery(source, Query(entity))

    async def _get(self, entity: type[F], key: Key) -> F:
        return await self._source.channel.read(self._get_request(self._path(key), "get"), _entity(entity))

    async def _create(self, result: type[F], entity: Entity | Mapping[str, Any]) -> F:
        request = write("POST", self._source.path, self._operation("create"), body_of(entity))
        return _entity(result)(await self._source.channel.send(request))

    async def _replace(self, result: type[F], key: Key, entity: Entity | Mapping[str, Any]) -> F | None:
        if isinstance(entity, Entity) and entity._partial:  # noqa: SLF001 - the mark of a row read under a select
            raise QueryError(
                f"this {type(entity).__name__} was read under a select, so that replacing would clear what was left out: "
                "read it whole with get(key), or send the changes with update(key, …)"
            )
        body = {**_key_of(result, key), **body_of(entity)}
        request = write("PUT", self._path(key), self._operation("replace"), body, repeatable=True)
        return _optional(result)(await self._source.channel.send(request))

    async def _update(self, result: type[F], key: Key, fields: Mapping[str, Any]) -> F | None:
        request = write("PATCH", self._path(key), self._operation("update"), fields_of(result, fields))
        return _optional(result)(await self._source.channel.send(request))

    async def _delete(self, key: Key) -> None:
        await self._source.channel.send(
            write("DELETE", self._path(key), self._operation("delete"), repeatable=True)
        )

    def _path(self, key: Key) -> str:
        return f"{self._source.path}({key_segment(key)})"

    def _bound(self, name: str, key: Key | None) -> str:
        owner = self._source.path if key is None else self._path(key)
        return f"{owner}/{name if '.' in name else _NAMESPACE + name}"

    def _operation(self, name: str) -> str:
        return f"{self.name}.{name.rpartition('.')[2]}"

    def _get_request(self, path: str, name: str) -> Request:
        return Request(path=path, repeatable=True, operation=self._operation(name))


def _key_of(entity: type[Entity], key: Key) -> dict[str, Any]:
    """Give the body's own key, which Orchestrator wants there too."""
    return {"Id": key} if any(member.wire == "Id" for member in properties(entity).values()) else {}


def _entity(entity: type[F]) -> Callable[[Response], F]:
    return lambda response: decode(entity, [parse(response.body)])[0]


def _optional(entity: type[F]) -> Callable[[Response], F | None]:
    # A PUT or PATCH answers with the entity or with nothing.
    return lambda response: _entity(entity)(response) if as_object(_json(response)) else None


def _json(response: Response) -> Any:
    return value_of(parse(response.body)) if response.body.strip() else None
