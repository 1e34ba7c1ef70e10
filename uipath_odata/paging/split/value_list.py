"""Conditions that list the values of one property: ``in (…)`` and chains of equalities."""

from __future__ import annotations

import itertools
import re
import typing
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final, TypeVar, cast
from uuid import UUID

import attrs

from uipath_odata.odata.entity import Entity, by_wire
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.literals import literal_text
from uipath_odata.odata.query import Expand, Query

__all__ = ["ValueList", "folded", "listed", "without_in"]

E = TypeVar("E", bound=Entity)

_PLAIN: Final = re.compile(r"[0-9A-Za-z]+")


@attrs.frozen
class ValueList:
    """A property and the values that it may have, in ascending order and each once."""

    operand: nodes.Node
    values: tuple[nodes.Literal, ...]
    as_in: bool
    """Written ``in (…)``; else as equalities joined by ``or``."""

    @classmethod
    def of(cls, operand: nodes.Node, values: Iterable[nodes.Literal], *, as_in: bool) -> ValueList:
        distinct = {_sort_key(value.value): value for value in values}
        return cls(operand, tuple(distinct[key] for key in sorted(distinct)), as_in)

    @property
    def node(self) -> nodes.Node:
        """Write the condition; null is not a member of an ``in``, and a single value is an equality."""
        null = [value for value in self.values if value.value is None]
        others = tuple(value for value in self.values if value.value is not None)
        inside = self.as_in and len(others) > 1
        first: list[nodes.Node] = [nodes.In(self.operand, others)] if inside else []
        single = null if inside else [*null, *others]
        return nodes.junction("or", (*first, *(_equal(self.operand, value) for value in single)))

    def pieces(self, most: int, characters: int | None = None) -> list[ValueList]:
        """Cut into lists of so many values and characters at most, in order, no row in two of them."""
        pieces: list[list[nodes.Literal]] = [[]]
        for group in self._groups():
            grown = [*pieces[-1], *group]
            if pieces[-1] and (len(grown) > most or (characters is not None and _length(grown) > characters)):
                pieces.append(group)
            else:
                pieces[-1] = grown
        return [attrs.evolve(self, values=tuple(piece)) for piece in pieces]

    def halves(self) -> list[ValueList]:
        """Cut in the middle; a list that cannot be cut stays whole."""
        groups = list(self._groups())
        middle = len(groups) // 2
        parts = (groups[:middle], groups[middle:]) if middle else (groups,)
        return [attrs.evolve(self, values=tuple(itertools.chain.from_iterable(part))) for part in parts]

    @property
    def is_sortable(self) -> bool:
        """Whether all servers put these values into the same order as we do.

        Text is sorted by the database's own collation, GUIDs by its own order of bytes, enums by their numbers.
        """
        values = [value.value for value in self.values if value.value is not None]
        if any(isinstance(value, str) for value in values):
            by_bytes = sorted(values)
            plain = all(_PLAIN.fullmatch(value) for value in by_bytes)
            return plain and by_bytes == sorted(by_bytes, key=str.casefold) and not _is_enum(self.operand)
        return not any(isinstance(value, UUID) for value in values)

    def _groups(self) -> Iterator[list[nodes.Literal]]:
        """Yield the values, those that a database may take as equal together."""
        for _, group in itertools.groupby(self.values, key=lambda value: _sort_key(value.value)[:2]):
            yield list(group)


def listed(condition: nodes.Node) -> ValueList | None:
    """Read a condition as a list of values of one property; None if it is something else."""
    alternatives: tuple[nodes.Node, ...] = (condition,)
    if isinstance(condition, nodes.Junction) and condition.operator == "or":
        alternatives = condition.operands
    found = [_alternative(part) for part in alternatives]
    operand = found[0][0]
    if operand is None or any(other != operand for other, _ in found):
        return None
    as_in = any(isinstance(part, nodes.In) for part in alternatives)
    return ValueList.of(operand, itertools.chain.from_iterable(values for _, values in found), as_in=as_in)


def _alternative(node: nodes.Node) -> tuple[nodes.Node | None, tuple[nodes.Literal, ...]]:
    match node:
        case nodes.In(operand, values):
            return operand, values
        case nodes.Comparison("eq", operand, nodes.Literal() as value):
            return operand, (value,)
        case _:
            return None, ()


def without_in(query: Query[E]) -> Query[E]:
    """Return the same query with every ``in`` written as equalities, in what it expands too."""
    expansion = tuple(
        each
        if each.options is None
        else attrs.evolve(each, options=cast("Expand[Any]", without_in(each.options)))
        for each in query.expansion
    )
    return attrs.evolve(query, condition=_spelled_out(query.condition), expansion=expansion)


def _spelled_out(node: nodes.Node) -> nodes.Node:
    match node:
        case nodes.In(operand, values):
            return nodes.junction("or", tuple(_equal(operand, value) for value in values))
        case nodes.Not(operand):
            return nodes.Not(_spelled_out(operand))
        case nodes.Junction(operator, operands):
            return nodes.junction(operator, tuple(map(_spelled_out, operands)))
        case nodes.Lambda(body=body) if body is not None:
            return attrs.evolve(node, body=_spelled_out(body))
        case _:
            return node


def _equal(operand: nodes.Node, value: nodes.Literal) -> nodes.Node:
    return nodes.Comparison("eq", operand, value)


def _length(values: list[nodes.Literal]) -> int:
    return sum(len(literal_text(value.value)) + 1 for value in values)


def folded(text: str) -> str:
    """Return the same value for texts that a database may take as equal: without case, accents and spaces at the end."""
    if text.isascii():
        return text.casefold().rstrip()
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in letters if not unicodedata.combining(c)).rstrip()


def _sort_key(value: Any) -> tuple[str, Any, Any]:
    """Order values of one type; the first two places are equal for those that a database may hold for equal."""
    if value is None:
        return "", 0, 0  # OData 4.0 Part 1, 11.2.5.2: null comes first in ascending order
    if isinstance(value, str):
        return "text", folded(value), value
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return "number", value, 0
    return type(value).__name__, value, 0


def _is_enum(operand: nodes.Node) -> bool:
    place: Any = operand.root if isinstance(operand, nodes.Path) else None
    for segment in operand.segments if isinstance(operand, nodes.Path) else ():
        is_entity = isinstance(place, type) and issubclass(place, Entity)
        member = by_wire(place).get(segment) if is_entity else None
        place = None if member is None else member.argument
    return typing.get_origin(place) is typing.Literal
