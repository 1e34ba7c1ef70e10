"""Read entities one by one: lists leave large properties out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import attrs

from uipath_odata.calls.operation import Operation
from uipath_odata.errors import DecodeError, NotFound
from uipath_odata.execution.bound_query import BoundQuery
from uipath_odata.odata.query import has_integer_id
from uipath_odata.odata.rows.json_body import parse, refuse_other_charsets
from uipath_odata.odata.rows.raw_json import joined, raw_members_of
from uipath_odata.odata.rows.raw_row import RawRow
from uipath_odata.transport.request import Request, Response

__all__ = ["Details", "has_details"]


@attrs.define(eq=False)
class Details:
    """Ask for each row by its Id, several at once, within the rate budget."""

    query: BoundQuery[Any, Any]
    concurrency: int
    requests: int = attrs.field(default=0, init=False)
    gone: int = attrs.field(default=0, init=False)
    """How many rows of the list were gone when they were asked for by Id."""

    async def of(self, rows: Sequence[RawRow]) -> list[RawRow]:
        """Return the rows as single entities; one that is gone meanwhile stays as the list had it."""
        slots = asyncio.Semaphore(self.concurrency)
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._whole(row, slots)) for row in rows]
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        return [task.result() for task in tasks]

    @property
    def notes(self) -> tuple[str, ...]:
        """Say how many rows are not whole."""
        return (f"{self.gone:,} rows were gone before their details were asked for",) if self.gone else ()

    async def _whole(self, row: RawRow, slots: asyncio.Semaphore) -> RawRow:
        async with slots:
            self.requests += 1
            try:
                entity = await self.query.__source__.channel.read(self._request(row["Id"]), _entity)
            except NotFound:
                self.gone += 1
                return row
        return row.holding(joined(row.members | self._asked(entity)))

    def _asked(self, entity: dict[str, bytes]) -> dict[str, bytes]:
        """Return what the query selects, and nothing that it expands: an entity by itself came without expansions."""
        query = self.query.query
        expanded = {path.segments[0] for path in query.selection if path.segments[1:]}
        expanded |= {each.path.segments[0] for each in query.expansion}
        selected = {path.segments[0] for path in query.selection} - expanded
        return {
            name: text
            for name, text in entity.items()
            if name not in expanded and (not selected or name in selected)
        }

    def _request(self, key: int) -> Request:
        listed = self.query.__source__.operation
        one = Operation(
            listed.name.replace(".list", ".get"),
            "GET",
            f"{listed.path}({{key}})",
            scopes=listed.scopes,
            folder=listed.folder,
            repeatable=True,
        )
        return attrs.evolve(one.request({"key": key}), bulk=True)


def has_details(query: BoundQuery[Any, Any]) -> bool:
    """Tell whether the rows of a query are entities that can be asked for by their Id, and more than that is wanted."""
    if query.__source__.in_window or not query.__source__.operation.name.endswith(".list"):
        return False
    if [path.segments for path in query.query.selection] == [("Id",)]:
        return False
    return has_integer_id(query.query)


def _entity(response: Response) -> dict[str, bytes]:
    refuse_other_charsets(response.body)
    try:
        entity = raw_members_of(response.body)
    except DecodeError:
        parse(response.body)  # says what it is instead
        raise
    if "Id" not in entity:
        raise DecodeError("A single entity came as something else: read without details")
    return {name: text for name, text in entity.items() if not name.startswith("@odata.context")}
