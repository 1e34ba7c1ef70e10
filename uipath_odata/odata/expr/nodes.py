"""The frozen tree of a filter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias, cast
from typing import Literal as OneOf

import attrs

__all__ = [
    "FALSE",
    "TRUE",
    "Arithmetic",
    "ArithmeticOperator",
    "Call",
    "Comparison",
    "ComparisonOperator",
    "In",
    "Junction",
    "JunctionOperator",
    "Lambda",
    "Literal",
    "Node",
    "Not",
    "Ordinal",
    "Path",
    "Raw",
    "Variable",
    "conjuncts",
    "junction",
    "negation",
    "quantified",
    "truth_of",
    "walk",
]

ComparisonOperator: TypeAlias = OneOf["eq", "ne", "gt", "ge", "lt", "le"]
ArithmeticOperator: TypeAlias = OneOf["add", "sub", "mul", "div", "mod"]
JunctionOperator: TypeAlias = OneOf["and", "or"]
Quantifier: TypeAlias = OneOf["any", "all"]


@attrs.frozen
class Variable:
    """The range variable of one lambda; an int key, once it is bound, tells it from those around it."""

    key: object

    @property
    def is_bound(self) -> bool:
        return isinstance(self.key, int)


@attrs.frozen
class Ordinal:
    """An enum member by its place, for the ordered comparisons that compare enums as quoted numbers."""

    name: str
    number: int


@attrs.frozen(eq=False)
class Literal:
    """A value, told from others by its type and text: to Python True is 1 and 1.0 is 1.00."""

    value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Literal) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _identity(self) -> tuple[object, str]:
        return self.value.__class__, repr(self.value)


@attrs.frozen
class Path:
    """A property path; ``root`` is the entity type it starts at, a lambda's variable, or None for any."""

    root: type | Variable | None
    segments: tuple[str, ...]


@attrs.frozen
class Call:
    """A canonical function (OData 4.0 part 2, 5.1.1.4 ff.)."""

    name: str
    arguments: tuple[Node, ...]


@attrs.frozen
class Arithmetic:
    operator: ArithmeticOperator
    left: Node
    right: Node


@attrs.frozen
class Comparison:
    operator: ComparisonOperator
    left: Node
    right: Node


@attrs.frozen
class In:
    operand: Node
    values: tuple[Literal, ...]


@attrs.frozen
class Lambda:
    """A condition on a collection; ``any`` without a body asks whether it holds anything."""

    quantifier: Quantifier
    collection: Path
    variable: Variable | None = None
    body: Node | None = None


@attrs.frozen
class Not:
    operand: Node


@attrs.frozen
class Junction:
    """Two or more conditions under one ``and`` or ``or``; never directly inside its own kind."""

    operator: JunctionOperator
    operands: tuple[Node, ...]


@attrs.frozen
class Raw:
    """Filter text of the user's own."""

    text: str


Node: TypeAlias = Literal | Path | Call | Arithmetic | Comparison | In | Lambda | Not | Junction | Raw

TRUE, FALSE = Literal(True), Literal(False)
_KNOWN: Final = {True: TRUE, False: FALSE}


def junction(operator: JunctionOperator, operands: tuple[Node, ...]) -> Node:
    """Join conditions, flat, and without those whose truth is known (an empty ``in`` selects nothing)."""
    deciding = operator == "or"
    kept: list[Node] = []
    for operand in operands:
        truth = truth_of(operand)
        if truth is deciding:
            return operand
        if truth is None:
            kept += (
                operand.operands
                if isinstance(operand, Junction) and operand.operator == operator
                else (operand,)
            )
    if len(kept) > 1:
        return Junction(operator, tuple(kept))
    return kept[0] if kept else _KNOWN[not deciding]


def conjuncts(condition: Node) -> tuple[Node, ...]:
    """Return the conditions that a row must meet, all of them."""
    is_and = isinstance(condition, Junction) and condition.operator == "and"
    return condition.operands if is_and and isinstance(condition, Junction) else (condition,)


def truth_of(condition: Node) -> bool | None:
    """Return the truth of a condition where it is known without asking the server."""
    if isinstance(condition, Literal) and isinstance(condition.value, bool):
        return condition.value
    return None


def negation(operand: Node) -> Node:
    """Negate a condition; a known truth stays known."""
    truth = truth_of(operand)
    return Not(operand) if truth is None else _KNOWN[not truth]


def quantified(quantifier: Quantifier, collection: Path, variable: Variable, body: Node) -> Node:
    """Bind a lambda's variable; a body of known truth leaves only whether the collection is empty.

    The key of the variable depends on the lambdas inside alone, so that equal lambdas are equal.
    """
    truth = truth_of(body)
    if truth is not None:
        some = Lambda("any", collection)
        decided: dict[tuple[Quantifier, bool], Node] = {
            ("any", True): some,
            ("any", False): FALSE,
            ("all", True): TRUE,
            ("all", False): Not(some),
        }
        return decided[quantifier, truth]
    inside = [part.variable.key for part in walk(body) if isinstance(part, Lambda) and part.variable]
    bound = Variable(1 + max((key for key in inside if isinstance(key, int)), default=0))
    return Lambda(quantifier, collection, bound, _replaced(body, variable, bound))


def _replaced(node: Any, old: Variable, new: Variable) -> Any:
    if isinstance(node, tuple):
        return tuple(_replaced(each, old, new) for each in cast("Any", node))
    if node == old:
        return new
    kind: Any = node.__class__
    if isinstance(node, type | Literal) or not attrs.has(kind):
        return node
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(kind)
    return attrs.evolve(node, **{one.name: _replaced(getattr(node, one.name), old, new) for one in fields})


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and everything below it, parents first."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        if children := _CHILDREN.get(part.__class__):
            waiting += children(part)[::-1]


_CHILDREN: dict[type, Callable[[Any], tuple[Node, ...]]] = {
    Call: lambda call: call.arguments,
    Arithmetic: lambda node: (node.left, node.right),
    Comparison: lambda node: (node.left, node.right),
    In: lambda node: (node.operand, *node.values),
    Lambda: lambda node: (node.collection,) if node.body is None else (node.collection, node.body),
    Not: lambda node: (node.operand,),
    Junction: lambda node: node.operands,
}
