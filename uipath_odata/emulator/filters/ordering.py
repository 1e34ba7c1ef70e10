"""``$orderby`` terms as SQL."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from uipath_odata.emulator.filters.parser import parse
from uipath_odata.emulator.filters.sql import Sql
from uipath_odata.emulator.filters.visitor import FilterSql
from uipath_odata.emulator.http.answers import invalid_options
from uipath_odata.emulator.http.options import OrderTerm


@attrs.frozen
class Ordering:
    by: Sql
    descending: bool = False


def ordering(term: OrderTerm, expressions: FilterSql) -> Ordering:
    """Translate one term; an enum is sorted by the order of its members, as the members' numbers are."""
    by = expressions.value(parse(term.expression))
    if by.kind in {"link", "document"}:
        raise invalid_options(f"'{term.expression}' cannot be used in the $orderby query option.")
    if by.kind == "enum":
        ranks = " ".join(f"WHEN ? THEN {rank}" for rank in range(len(by.members)))
        by = Sql(f"CASE {by.text} {ranks} END", (*by.parameters, *by.members), "integer")
    return Ordering(by, term.descending)


def order_clause(terms: Iterable[Ordering]) -> Sql:
    """Join terms to what follows ORDER BY."""
    listed = list(terms)
    text = ", ".join(f"{term.by.text}{' DESC' if term.descending else ''}" for term in listed)
    return Sql(text, tuple(value for term in listed for value in term.by.parameters))
