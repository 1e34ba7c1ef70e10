"""What generated methods share: arguments become a request, and an answer becomes a value."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

import attrs

from uipath_odata.calls import answers as answer
from uipath_odata.calls.connection import TenantChannel
from uipath_odata.calls.operation import Operation
from uipath_odata.errors import QueryError
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.execution.list_source import ListSource
from uipath_odata.local.frames import hide_frames
from uipath_odata.odata.entity import Entity, by_wire
from uipath_odata.odata.plain import plain
from uipath_odata.odata.query import Query
from uipath_odata.odata.rows.encode import body_of, fields_of, replacement_of

__all__ = ["Calls", "Tag", "operation_of", "request_body", "require_operation", "unwrapped"]

T = TypeVar("T")
E = TypeVar("E", bound=Entity)


class Calls:
    """Operations that are called through one channel."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        hide_frames(cls)

    __operations__: ClassVar[Mapping[str, Operation]]
    """What the schema says of each method, by the method's name."""

    if TYPE_CHECKING:

        @property
        def _channel(self) -> TenantChannel: ...

    async def _call_none(
        self,
        operation: Operation,
        keys: Mapping[str, Any],
        parameters: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> None:
        """Call what answers with nothing."""
        await self._channel.read(operation.request(keys, parameters, body), answer.nothing)

    async def _call(
        self,
        operation: Operation,
        kind: type[T],
        keys: Mapping[str, Any],
        parameters: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> T:
        """Call what answers with a value of this type."""
        request = operation.request(keys, parameters, body)
        return await self._channel.read(
            request, functools.partial(answer.result, kind, key=_of_one(operation, keys))
        )

    async def _call_optional(
        self,
        operation: Operation,
        kind: type[T],
        keys: Mapping[str, Any],
        parameters: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> T | None:
        """Call what may answer with nothing instead of the value."""
        request = operation.request(keys, parameters, body)
        return await self._channel.read(
            request, functools.partial(answer.optional, kind, key=_of_one(operation, keys))
        )

    async def _replace(
        self, operation: Operation, kind: type[E], keys: Mapping[str, Any], entity: Entity | Mapping[str, Any]
    ) -> E | None:
        """Put an entity in the place of another; the answer may hold it as it is now."""
        body = {**_key_of(kind, keys), **replacement_of(entity, kind)}
        return await self._call_optional(operation, kind, keys, body=body)

    async def _update(
        self,
        operation: Operation,
        kind: type[E],
        keys: Mapping[str, Any],
        changes: Mapping[str, Any] | None,
        fields: Mapping[str, Any],
    ) -> E | None:
        """Send exactly these changes, by wire names and by attributes; the answer may hold the entity."""
        return await self._call_optional(
            operation, kind, keys, body={**body_of(changes or {}, kind), **fields_of(kind, fields)}
        )

    def _list(
        self,
        operation: Operation,
        entity: type[E],
        keys: Mapping[str, Any],
        parameters: Mapping[str, Any] | None = None,
        *,
        page_cap: int = 1_000,
        paged: bool = True,
    ) -> BoundQuery[E, E]:
        """Return the query over what a function lists."""
        source = ListSource(
            channel=self._channel,
            operation=operation,
            keys=keys,
            parameters=parameters or {},
            page_cap=page_cap,
            paged=paged,
        )
        return BoundQuery(source, Query(entity))


@attrs.frozen(eq=False)
class Tag(Calls):
    """Operations that belong together and are not an entity set that can be listed."""

    _channel: TenantChannel  # pyright: ignore[reportIncompatibleMethodOverride] - as a field, it is read alike

    @classmethod
    def _of(cls, channel: TenantChannel) -> Self:
        """Return the operations as called through a channel."""
        return cls(channel)


def operation_of(method: Callable[..., object]) -> Operation:
    """Return the operation of a generated method; raise QueryError for anything else."""
    owner, name = getattr(method, "__self__", None), getattr(method, "__name__", "")
    if not isinstance(owner, Calls) or name not in owner.__operations__:
        raise QueryError(
            f"{method!r} is not an operation: give a method such as orchestrator.jobs.start_jobs"
        )
    return owner.__operations__[name]


def require_operation(calls: Calls, name: str) -> Operation:
    """Return an operation of the class; raise QueryError where its API version has none of this name."""
    operation = calls.__operations__.get(name)
    if operation is None:
        raise QueryError(
            f"{type(calls).__name__} have no operation {name} in the API version that they were generated from:"
            " generate them from a newer document"
        )
    return operation


def request_body(
    entity: Entity | Mapping[str, Any] | None,
    kind: type[Entity],
    required: tuple[str, ...] = (),
    /,
    **values: object,
) -> dict[str, Any]:
    """Return the body: the entity or dict where there is one, else what has been given of the values."""
    set_ = {name: value for name, value in values.items() if value is not None}
    if entity is not None:
        if set_:
            raise QueryError(f"either the whole {kind.__name__} or {', '.join(set_)}: give one of them")
        return body_of(entity, kind)
    if missing := [name for name in required if name not in set_]:
        raise QueryError(f"{', '.join(missing)} is missing: give it, or the whole {kind.__name__}")
    return fields_of(kind, set_)


def unwrapped(wrapper: str, entity: Entity | Mapping[str, Any] | None) -> Entity | Mapping[str, Any] | None:
    """Return what is in a body that is given whole, as the API's documents show it: ``{"startInfo": {…}}``."""
    if not isinstance(entity, Mapping) or set(entity) != {wrapper}:
        return entity
    inner: Mapping[str, Any] = entity[wrapper]
    return inner


def _of_one(operation: Operation, keys: Mapping[str, Any]) -> int | None:
    """Return the key of the only entity that an operation is about, where its answer shows it as an integer."""
    key = plain(keys.get("key")) if operation.path.endswith("({key})") else None
    return key if isinstance(key, int) and not isinstance(key, bool) else None


def _key_of(entity: type[Entity], keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body's own key, which Orchestrator wants there too."""
    (key,) = keys.values()
    return {"Id": key} if "Id" in by_wire(entity) else {}
