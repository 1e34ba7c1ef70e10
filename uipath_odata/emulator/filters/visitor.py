"""A filter's syntax tree to SQL over real columns, with OData's rules for null.

OData 4.0 part 2, 5.1.1.1: ``null eq null`` is true, every other comparison with null is false, ``ne`` is the opposite of ``eq``.
SQL's ``IS`` says that for ``eq`` and ``ne``. ``<`` gives null instead of false: where only truth counts that is the same,
below ``not`` and as a value it is not, and there comparisons are made ``exact`` by ``IS TRUE``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs
from odata_query import ast

from uipath_odata.emulator.filters.arithmetic import computed, negated
from uipath_odata.emulator.filters.coercion import comparable, list_member, rank
from uipath_odata.emulator.filters.functions import FUNCTIONS
from uipath_odata.emulator.filters.literals import edm_literal, literal
from uipath_odata.emulator.filters.paths import Paths
from uipath_odata.emulator.filters.sql import Source, Sql, bound, join
from uipath_odata.emulator.http.answers import invalid_options

_ORDER = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<="}
_MIRRORED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}


@attrs.frozen
class FilterSql:
    """Translates expressions about the rows of one source; ``now`` is what ``now()`` gives, in ticks.

    ``precision`` is what a server makes of the ticks of a date-time that it reads; None: it keeps each.
    """

    paths: Paths
    source: Source
    now: int
    precision: Callable[[int], int] | None = None
    variables: Mapping[str, Sql] = attrs.field(factory=dict[str, Sql])

    def condition(self, node: Any, *, exact: bool = False) -> Sql:
        """Translate an expression that must be true or false."""
        match node:
            case ast.BoolOp(op=op, left=left, right=right):
                word = "AND" if isinstance(op, ast.And) else "OR"
                parts = self.condition(left, exact=exact), self.condition(right, exact=exact)
                return join(f"({{}} {word} {{}})", *parts)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return join("(NOT {})", self.condition(operand, exact=True))
            case ast.Compare(comparator=ast.In(), left=left, right=ast.List(val=members)):
                return self._membership(self.value(left), [self.value(each) for each in members], exact=exact)
            case ast.Compare(comparator=comparator, left=left, right=right):
                return self._comparison(comparator, self.value(left), self.value(right), exact=exact)
            case ast.CollectionLambda(owner=owner, operator=operator, lambda_=body):
                return self._quantified(self.value(owner), body, every=isinstance(operator, ast.All))
            case _:
                return self._boolean(self.value(node))

    def value(self, node: Any) -> Sql:
        """Translate an expression of any kind."""
        match node:
            case ast.Identifier(name=name):
                return self.variables.get(name) or self.paths.member(self.source, name)
            case ast.Attribute(owner=owner, attr=name):
                return self._member(self.value(owner), name)
            case ast.Call(func=function, args=arguments):
                return self._call(function, arguments)
            case ast.BinOp() | ast.UnaryOp(op=ast.USub()):
                return self._arithmetic(node)
            case ast.BoolOp() | ast.UnaryOp() | ast.Compare() | ast.CollectionLambda():
                return self.condition(node, exact=True)
            case _:
                return self._literal(node)

    def _literal(self, node: Any) -> Sql:
        read = literal(node)
        if self.precision is None or read.kind != "instant":
            return read
        return attrs.evolve(read, parameters=(self.precision(int(str(read.parameters[0]))),))

    def _member(self, owner: Sql, name: str) -> Sql:
        if owner.source is None:
            raise invalid_options(f"'{name}' is asked of a value that has no properties.")
        return self.paths.member(owner.source, name)

    def _comparison(self, comparator: Any, left: Sql, right: Sql, *, exact: bool) -> Sql:
        left, right = comparable(left, right)
        match comparator:
            case ast.Eq():
                return join("({} IS {})", left, right)
            case ast.NotEq():
                return join("({} IS NOT {})", left, right)
            case _:
                sign = _ORDER[type(comparator)]
                ordered = (
                    _enum_order(sign, left, right) if left.kind == "enum" else self._order(sign, left, right)
                )
                return join("({} IS TRUE)", ordered) if exact else ordered

    def _order(self, sign: str, left: Sql, right: Sql) -> Sql:
        plain = join(f"({{}} {sign} {{}})", left, right)
        column, unit = self.paths.coarse.get(left.text, ("", 0))
        if not column or not right.literal or not isinstance(ordinal := right.parameters[0], int):
            return plain
        # The same condition on the indexed column, where it can only be wider: the planner reads a range.
        bounds = Sql(f"({column} {sign[0]}= ?)", (ordinal // unit,))
        return join("({} AND {})", bounds, plain)

    def _membership(self, left: Sql, members: list[Sql], *, exact: bool) -> Sql:
        values = [list_member(each, left) for each in members if each.kind != "null"]
        places = ", ".join("{}" for _ in values)
        inside = join(f"({{}} IN ({places}))", left, *values)
        if len(values) < len(members):
            inside = join("({} OR {} IS NULL)", inside, left)
        return join("({} IS TRUE)", inside) if exact else inside

    def _quantified(self, collection: Sql, body: Any, *, every: bool) -> Sql:
        element, elements = self.paths.elements(collection)
        if body is None:
            return join("EXISTS (SELECT 1 FROM {})", elements)
        inner = attrs.evolve(self, variables={**self.variables, body.identifier.name: element})
        test = inner.condition(body.expression, exact=every)
        if every:
            return join("(NOT EXISTS (SELECT 1 FROM {} WHERE ({} IS NOT TRUE)))", elements, test)
        return join("EXISTS (SELECT 1 FROM {} WHERE {})", elements, test)

    def _call(self, function: ast.Identifier, nodes: list[Any]) -> Sql:
        name = ".".join((*function.namespace, function.name))
        if function.namespace == ("edm",):
            return edm_literal(function.name, nodes[0].val)
        if name == "now":
            return bound(self.now, "instant")
        found = FUNCTIONS.get(name)
        if found is None:
            raise invalid_options(f"The function '{name}' is not supported.")
        arguments = [self.value(each) for each in nodes]
        for argument, kinds in zip(arguments, found.takes, strict=False):
            if argument.kind not in {*kinds, "null"}:
                raise invalid_options(f"'{name}' does not take a value of kind '{argument.kind}'.")
        places = ", ".join("{}" for _ in arguments)
        return join(f"odata_{name}({places})", *arguments, kind=found.gives)

    def _arithmetic(self, node: Any) -> Sql:
        if isinstance(node, ast.UnaryOp):
            return negated(self.value(node.operand))
        return computed(type(node.op).__name__, self.value(node.left), self.value(node.right))

    @staticmethod
    def _boolean(value: Sql) -> Sql:
        if value.kind not in {"boolean", "null"}:
            raise invalid_options(f"A condition is needed, not a value of kind '{value.kind}'.")
        return value


def _enum_order(sign: str, left: Sql, right: Sql) -> Sql:
    """Compare by the order of the schema's list, as the numbers of the members do."""
    if left.literal:
        left, right, sign = right, left, _MIRRORED[sign]
    if left.literal or not right.literal:
        raise invalid_options("An enum is ordered against one of its members only.")
    position = rank(right)
    members = left.members[position:] if sign[0] == ">" else left.members[: position + 1]
    chosen = [name for name in members if "=" in sign or name != right.parameters[0]]
    return Sql(f"({left.text} IN ({', '.join('?' for _ in chosen)}))", (*left.parameters, *chosen))
