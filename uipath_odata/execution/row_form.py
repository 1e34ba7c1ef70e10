"""What rows become: entities, dicts, or bytes as sent."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

import attrs

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.odata.entity import Entity
from uipath_odata.odata.query import Query, is_bare
from uipath_odata.odata.rows.columns import Foreseen
from uipath_odata.odata.rows.decode import decode
from uipath_odata.odata.rows.json_body import Listed, read_list
from uipath_odata.odata.rows.raw_row import read_raw_page
from uipath_odata.odata.rows.struct_pages import StructPageReader
from uipath_odata.odata.selected import Selected
from uipath_odata.paging.plan import Plan, Row
from uipath_odata.paging.selected import without

__all__ = ["DICTS", "ENTITIES", "RowForm"]


@attrs.frozen
class RowForm:
    """Whether rows are made entities, or stay what the server sent."""

    as_dicts: bool = False
    names: tuple[str, ...] | None = None
    """Of rows as the bytes sent: the properties that can be read."""
    foreseen: Foreseen | None = None
    """And those beside which a row may have others, which will be asked."""

    def reader(self, entity: type[Entity]) -> Callable[[bytes], Listed]:
        """Return what reads an answer."""
        if self.names is not None:
            return functools.partial(read_raw_page, names=self.names, foreseen=self.foreseen)
        return read_list if self.as_dicts else StructPageReader(entity)

    def page_reader(self, entity: type[Entity], channel: TenantChannel) -> Callable[[bytes], Listed]:
        """Return what reads the answer of a page by itself, whose rows are mostly those of the last one's kind."""
        return _read_as_sent if self.as_dicts else channel.kept(_PageReaders)[entity]

    def of(self, query: Query[Any], plan: Plan) -> Callable[[list[Row]], Sequence[Any]]:
        """Return what hands out the rows of a plan."""
        if self.as_dicts:
            return lambda rows: without(plan.selects, rows)
        return lambda rows: self.rows(query, rows, ())

    def rows(self, query: Query[Any], rows: list[Row], hidden: Collection[str]) -> Sequence[Any]:
        """Return rows that were read in this form, without the properties that only the plan selected."""
        if self.as_dicts:
            return without(hidden, rows)
        selected = None if is_bare(query) else Selected.of(query)
        return decode(query.entity, rows, selected=selected)


class _PageReaders(dict[type[Entity], StructPageReader]):
    def __missing__(self, entity: type[Entity]) -> StructPageReader:
        return self.setdefault(entity, StructPageReader(entity))


_read_as_sent: Final = functools.partial(read_raw_page, names=())

ENTITIES: Final = RowForm()
DICTS: Final = RowForm(as_dicts=True)
