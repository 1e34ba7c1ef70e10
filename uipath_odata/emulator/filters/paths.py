"""Property paths to SQL: columns, joins to other tables, members of JSON columns."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING

import attrs

from uipath_odata.emulator.filters.sql import Document, Link, Rows, Source, Sql
from uipath_odata.emulator.http.answers import invalid_options, unknown_property

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uipath_odata.emulator.data.schema import EntityType, Kind, Property, Schema


@attrs.define
class Paths:
    """Resolves the paths of one SELECT and gathers the joins that they need.

    ``coarse`` gives, for the text of a column, an indexed column that holds the same value divided by a unit.
    """

    schema: Schema
    coarse: Mapping[str, tuple[str, int]] = attrs.field(factory=dict[str, tuple[str, int]])
    _joins: dict[Link, str] = attrs.field(factory=dict["Link", str])
    _aliases: Iterator[int] = attrs.field(factory=count)

    def member(self, source: Source, name: str) -> Sql:
        """Return the property of this name of what a source holds."""
        match source:
            case Link():
                return self.member(self.rows_of(source), name)
            case Rows(type=type_, alias=alias):
                return self._column(type_, _known(type_, name), alias)
            case Document(many=True):
                raise invalid_options(f"'{name}' is asked of a collection: use any or all.")
            case Document(type=type_, text=text):
                found = _known(type_, name)
                return self._json_value(found, f"json_extract({text}, '$.{found.name}')")

    def rows_of(self, link: Link) -> Rows:
        """Return the rows that a link leads to, joined once however often it is used."""
        alias = self._joins.setdefault(link, f"j{len(self._joins)}")
        return Rows(self.schema.types[str(link.property.target)], alias)

    def elements(self, collection: Sql) -> tuple[Sql, Sql]:
        """Return one element of a collection, and the FROM item that makes it run over all of them."""
        alias = f"e{next(self._aliases)}"
        if not isinstance(collection.source, Document) or not collection.source.many:
            raise invalid_options("any and all need a collection.")
        each = f"{alias}.value"
        if collection.element:
            element = _scalar(each, collection.element, ())
        else:
            element = Sql(each, (), "document", source=Document(collection.source.type, each, many=False))
        return element, Sql(f"json_each({collection.text}) AS {alias}", collection.parameters)

    def joins(self) -> str:
        """Write the joins that were needed so far."""
        return "".join(
            f' LEFT JOIN "{(target := self._set_of(link))[0]}" AS {alias}'
            f' ON {alias}."{target[1]}" = {link.key}'
            for link, alias in self._joins.items()
        )

    def key_of(self, link: Link) -> str:
        """Return the key column of the rows that a link leads to: null where that row does not exist."""
        return f'{self.rows_of(link).alias}."{self._set_of(link)[1]}"'

    def _set_of(self, link: Link) -> tuple[str, str]:
        name = self.schema.set_of_type[str(link.property.target)]
        return name, self.schema.sets[name].key.name

    def _column(self, type_: EntityType, found: Property, alias: str) -> Sql:
        text = f'{alias}."{found.name}"'
        match found.kind:
            case "link":
                text = _key(type_, found, alias)
                return Sql(text, (), "link", source=Link(found, text))
            case "document":
                return self._document(found, text)
            case kind:
                return Sql(text, (), kind, found.members)

    def _document(self, found: Property, text: str) -> Sql:
        type_ = self.schema.types.get(found.target or "")
        return Sql(text, (), "document", source=Document(type_, text, found.many), element=found.element)

    def _json_value(self, found: Property, text: str) -> Sql:
        if found.kind in {"link", "document"}:
            return self._document(found, text)
        return _scalar(text, found.kind, found.members)


def _key(type_: EntityType, link: Property, alias: str) -> str:
    """Write the key that a link holds, or that its twin such as UserId holds where only that was written."""
    twin = type_.find(f"{link.name}Id")
    own = f'{alias}."{link.name}"'
    return own if twin is None else f'coalesce({own}, {alias}."{twin.name}")'


def _known(type_: EntityType | None, name: str) -> Property:
    if type_ is None:
        raise invalid_options(f"'{name}' cannot be read from an open type.")
    found = type_.find(name)
    if found is None:
        raise unknown_property(name, type_.name)
    return found


def _scalar(text: str, kind: Kind, members: tuple[str, ...]) -> Sql:
    """JSON columns hold date-times and GUIDs as they were written."""
    wrapped = {"instant": f"odata_parse({text})", "guid": f"lower({text})"}.get(kind, text)
    return Sql(wrapped, (), kind, members)
