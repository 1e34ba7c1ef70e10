"""A query from the parameters of a web request."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeVar, cast
from uuid import UUID

from uipath_odata.errors import InvalidInput, QueryError
from uipath_odata.odata.bounds import ORDER_TERMS
from uipath_odata.odata.entity import Entity
from uipath_odata.odata.expr import edm_types as kinds
from uipath_odata.odata.expr.expression import Expr
from uipath_odata.odata.expr.predicate import Predicate
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.parse.tokens import sendable
from uipath_odata.odata.query import Query

__all__ = ["query_from"]

E = TypeVar("E", bound=Entity)

_COMPARISONS: Final = {
    "eq": "__eq__", "ne": "__ne__", "gt": "__gt__", "ge": "__ge__", "lt": "__lt__", "le": "__le__",
    "contains": "contains", "startswith": "startswith", "endswith": "endswith",
}  # fmt: skip
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,19}")
_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")
_SIZE: Final = re.compile(r"[0-9]{1,9}")
_MOST_VALUES: Final = 20
_LONGEST: Final = 500
_SHOWN: Final = 40


def query_from(
    entity: type[E],
    params: Mapping[str, Any],
    *,
    filters: Mapping[str, Any],
    sort: Mapping[str, Any] | None = None,
    max_size: int = 100,
    ignore: Collection[str] = ("after", "total"),
) -> Query[E]:
    """Return the query that the parameters of a request ask for, of those that are allowed.

    ``filters`` and ``sort`` map names of yours to properties: ``state=Faulted``, several times for one of several values,
    ``end.ge=2024-05-14T00:00:00Z`` (eq, ne, gt, ge, lt, le, contains, startswith, endswith), ``sort=-end,state``. ``size`` is the
    query's ``top``, at most ``max_size`` and that by default. Multi-dicts are taken, too. Raises InvalidInput, a QueryError whose text may
    be shown: also for a name that is neither allowed nor in ``ignore``, because a filter that is ignored shows too much.
    """
    query, sortable = Query(entity), sort or {}
    for name in params:
        is_filter = name.partition(".")[0] in filters
        if name in ignore and not is_filter:
            continue
        values = _values(params, name)
        if name == "sort" and sort is not None:
            query = query.order_by(*_orders(values, sortable))
        elif name == "size":
            continue
        elif is_filter:
            query = query.filter(_condition(name, values, filters))
        else:
            known = ", ".join([*filters, *(["sort"] if sortable else []), "size", *ignore])
            raise InvalidInput(f"the parameter {_shown(name)} is not known: use {known}")
    return query.top(_size(_values(params, "size") if "size" in params else [], max_size))


def _values(params: Mapping[str, Any], name: str) -> list[str]:
    every: Any = getattr(params, "getall", None) or getattr(params, "getlist", None)
    found: Any = every(name) if every else params[name]
    values: list[Any] = [found] if isinstance(found, str) or not isinstance(found, Iterable) else [*found]
    if len(values) > _MOST_VALUES:
        raise InvalidInput(
            f"the parameter {_shown(name)} has {len(values)} values and {_MOST_VALUES} are allowed"
        )
    if not all(isinstance(value, str) and len(value) <= _LONGEST for value in values):
        raise InvalidInput(
            f"the parameter {_shown(name)} is not a text of at most {_LONGEST} characters: correct it"
        )
    return values


def _condition(name: str, values: list[str], filters: Mapping[str, Any]) -> Predicate[Any]:
    own, _, word = name.partition(".")
    expression: Expr[Any, Any] = filters[own]
    read = [_typed(name, expression, value) for value in values]
    if word in ("", "eq"):
        return cast("Predicate[Any]", _built(name, lambda: expression.in_(read)))
    if word not in _COMPARISONS:
        raise InvalidInput(
            f"the parameter {_shown(name)} compares in no known way: use {', '.join(_COMPARISONS)}"
        )
    if len(read) != 1:
        raise InvalidInput(f"the parameter {_shown(name)} is given {len(read)} times: give it once")
    return cast("Predicate[Any]", _built(name, lambda: getattr(expression, _COMPARISONS[word])(read[0])))


def _built(name: str, build: Any) -> Any:
    try:
        return build()
    except (QueryError, AttributeError, TypeError):
        raise InvalidInput(
            f"the value of {_shown(name)} does not fit what it is compared with: correct it"
        ) from None


def _typed(name: str, expression: Expr[Any, Any], text: str) -> Any:
    kind = expression.__kind__
    try:
        value = _READ[kind.name](text) if kind.name in _READ else text
    except (ValueError, InvalidOperation):
        value = None
    if value is None or (kind.members and value not in kind.members):
        allowed = (
            f"one of {', '.join(kind.members[:12])}"
            if kind.members
            else _SAID.get(kind.name, "another value")
        )
        raise InvalidInput(f"the value of {_shown(name)} is not what it takes: give {allowed}")
    return value


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError
    return int(text)


def _number(text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise ValueError
    return Decimal(text)


def _moment(text: str) -> Instant:
    if not Instant.has_zone(text.replace(" ", "+")):  # + stands for a space in a form's encoding
        raise ValueError
    return Instant.parse(text.replace(" ", "+"))


_READ: Final[Mapping[str, Any]] = {
    kinds.INTEGER.name: _whole,
    kinds.NUMBER.name: _number,
    kinds.STRING.name: sendable,
    kinds.BOOLEAN.name: {"true": True, "false": False}.get,
    kinds.GUID.name: UUID,
    kinds.INSTANT.name: _moment,
    kinds.DATE.name: dt.date.fromisoformat,
}
_SAID: Final = {
    kinds.STRING.name: "a text of whole characters, none of them NUL",
    kinds.INTEGER.name: "a whole number",
    kinds.NUMBER.name: "a number",
    kinds.BOOLEAN.name: "true or false",
    kinds.GUID.name: "a GUID",
    kinds.INSTANT.name: "a date-time with its zone, such as 2024-05-14T12:00:00Z",
    kinds.DATE.name: "a date, such as 2024-05-14",
}


def _orders(values: list[str], sort: Mapping[str, Any]) -> list[Any]:
    names = [each.strip() for value in values for each in value.split(",") if each.strip()]
    bare = [name.removeprefix("-") for name in names]
    if len(names) > ORDER_TERMS or len({*bare}) < len(bare):
        raise InvalidInput(f"sort names something twice, or more than {ORDER_TERMS} things: name fewer")
    orders: list[Any] = []
    for name in names:
        expression = sort.get(name.removeprefix("-"))
        if expression is None:
            raise InvalidInput(
                f"{_shown(name)} is not something to sort by: use {', '.join(sort)}, after - for descending"
            )
        orders.append(expression.desc() if name.startswith("-") else expression)
    return orders


def _size(values: list[str], most: int) -> int:
    if not values:
        return most
    size = int(values[0]) if len(values) == 1 and _SIZE.fullmatch(values[0]) else 0
    if not 1 <= size <= most:
        raise InvalidInput(f"size is not a number of rows from 1 to {most}: correct it")
    return size


def _shown(name: str) -> str:
    return repr(name[:_SHOWN])
