"""``$select`` and ``$expand`` to the shape of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import attrs

from uipath_odata.emulator.data import schema
from uipath_odata.emulator.data.json_values import is_list, is_object
from uipath_odata.emulator.data.schema import EntityType, Property
from uipath_odata.emulator.data.values import SECRETS, shown
from uipath_odata.emulator.filters.ordering import order_clause, ordering
from uipath_odata.emulator.filters.parser import parse
from uipath_odata.emulator.filters.paths import Paths
from uipath_odata.emulator.filters.sql import Link, Rows, Sql, join
from uipath_odata.emulator.filters.visitor import FilterSql
from uipath_odata.emulator.http.answers import invalid_options, unknown_property
from uipath_odata.emulator.http.options import Options
from uipath_odata.emulator.rows.shape import Converter, Field, Shape, shape_of

NOT_IN_LISTS: Mapping[str, frozenset[str]] = MappingProxyType({
    "Robots": frozenset({"LicenseKey"}),
    "Jobs": frozenset({"InputArguments", "OutputArguments", "InputFile", "OutputFile"}),
})  # fmt: skip
"""What is null but in an entity that is read by its key."""

_ALL_ROWS = 2**62
_Tree = dict[str, Any]


def project(expressions: FilterSql, rows: Rows, options: Options, *, by_key: bool = False) -> Shape:
    """Return the shape of rows under ``$select`` and ``$expand``; ``expressions`` must be of the same rows."""
    if not options.expand and rows.type is expressions.paths.schema.types.get(rows.type.name):
        return _without_expand(rows.type.name, rows.alias, options.select, by_key)
    return _shape(expressions, rows, options, by_key=by_key)


@lru_cache(maxsize=256)
def _without_expand(type_name: str, alias: str, select: tuple[str, ...], by_key: bool) -> Shape:
    """Return the shape that any rows of a type have under ``$select`` alone: it joins nothing, and clients repeat themselves."""
    known = schema.load()
    rows = Rows(known.types[type_name], alias)
    return _shape(FilterSql(Paths(known), rows, 0), rows, Options(select=select), by_key=by_key)


def _shape(expressions: FilterSql, rows: Rows, options: Options, *, by_key: bool) -> Shape:
    chosen, expanded = _tree(options.select), {item.path.lower(): item.options for item in options.expand}
    _require_known((*_roots(options.select), *(item.path for item in options.expand)), rows.type)
    set_name = expressions.paths.schema.set_of_type.get(rows.type.name, "")
    withheld = SECRETS if by_key else SECRETS | NOT_IN_LISTS.get(set_name, frozenset())
    fields: list[Field] = []
    for name, found in rows.type.properties.items():
        if name in expanded:
            fields.append(_expanded(expressions, found, _with_select(expanded[name], chosen.get(name, {}))))
        elif _is_navigation(found, expressions):
            _refuse_path_into(found, chosen.get(name))
        elif not chosen or "*" in chosen or name in chosen:
            fields.append(_field(expressions, found, chosen.get(name, {}), withheld))
    return shape_of(fields)


def _tree(select: Iterable[str]) -> _Tree:
    """Read ``A,B/C,B/D`` as ``{a: {}, b: {c: {}, d: {}}}``."""
    tree: _Tree = {}
    for path in select:
        branch = tree
        for name in path.lower().split("/"):
            branch = branch.setdefault(name, {})
    return tree


def _with_select(options: Options, tree: _Tree) -> Options:
    """``$select=Robot/Name&$expand=Robot`` selects inside what is expanded."""
    return attrs.evolve(options, select=(*options.select, *_flat(tree))) if tree else options


def _flat(tree: _Tree) -> Iterable[str]:
    for name, branch in tree.items():
        yield from (f"{name}/{rest}" for rest in _flat(branch)) if branch else [name]


def _roots(paths: Iterable[str]) -> Iterable[str]:
    return (path.partition("/")[0] for path in paths)


def _require_known(names: Iterable[str], type_: EntityType) -> None:
    for name in names:
        if name != "*" and type_.find(name) is None:
            raise unknown_property(name, type_.name)


def _is_navigation(found: Property, expressions: FilterSql) -> bool:
    if found.kind != "document" or found.target is None:
        return found.kind == "link"
    return expressions.paths.schema.types[found.target].is_entity


def _refuse_path_into(found: Property, branch: _Tree | None) -> None:
    if branch:
        raise invalid_options(
            f"Only properties specified in $expand can be traversed in $select: expand '{found.name}', too."
        )


def _field(expressions: FilterSql, found: Property, tree: _Tree, withheld: frozenset[str]) -> Field:
    if found.name in withheld:
        return Field(found.name, Sql("NULL", (), "null"))
    column = expressions.paths.member(expressions.source, found.name)
    return Field(found.name, column, _picked(shown(found.kind), tree))


def _expanded(expressions: FilterSql, found: Property, options: Options) -> Field:
    member = expressions.paths.member(expressions.source, found.name)
    if isinstance(member.source, Link):
        return _expanded_link(expressions, found.name, member.source, options)
    if found.kind != "document" or found.target is None:
        raise invalid_options(f"Property '{found.name}' is not a navigation property and cannot be expanded.")
    tree = _tree(options.select)
    _require_known(_roots(options.select), expressions.paths.schema.types[found.target])
    column = _chosen_elements(expressions, member, options) if found.many else member
    return Field(found.name, column, _picked(shown(found.kind), tree))


def _expanded_link(expressions: FilterSql, name: str, link: Link, options: Options) -> Field:
    rows = expressions.paths.rows_of(link)
    inner = attrs.evolve(expressions, source=rows)
    key = Sql(expressions.paths.key_of(link), (), "integer")
    if options.filter is not None:
        key = join("CASE WHEN {} THEN {} END", inner.condition(parse(options.filter)), key, kind="integer")
    return Field(name, key, related=project(inner, rows, options))


def _chosen_elements(expressions: FilterSql, collection: Sql, options: Options) -> Sql:
    """Filter, sort and cut a collection that is kept as JSON."""
    if options == Options(select=options.select, expand=options.expand):
        return collection
    element, elements = expressions.paths.elements(collection)
    inner = attrs.evolve(expressions, source=element.source) if element.source else expressions
    where = inner.condition(parse(options.filter)) if options.filter else Sql("TRUE")
    order = order_clause(ordering(term, inner) for term in options.orderby)
    limit = Sql("? OFFSET ?", (_ALL_ROWS if options.top is None else options.top, options.skip))
    chosen = join(
        "SELECT {} AS value FROM {} WHERE {} ORDER BY {} LIMIT {}",
        element,
        elements,
        where,
        order if order.text else Sql("1"),
        limit,
    )
    return join("(SELECT json_group_array(json(value)) FROM ({}))", chosen, kind="document")


def _picked(convert: Converter | None, tree: _Tree) -> Converter | None:
    if not tree or convert is None:
        return convert
    return lambda value: _pick(convert(value), tree)


def _pick(value: Any, tree: _Tree) -> Any:
    if is_list(value):
        return [_pick(each, tree) for each in value]
    if not tree or not is_object(value):
        return value
    return {name: _pick(each, tree[name.lower()]) for name, each in value.items() if name.lower() in tree}
