"""Trees to filter text; plans add their own bounds to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from uipath_odata.errors import QueryError
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.literals import EnumOrder, literal_text

__all__ = ["shown", "text_of"]


# OData 4.0 part 2, 5.1.1.9, weakest first.
_OR, _AND, _EQUALITY, _RELATION, _SUM, _PRODUCT, _UNARY, _PRIMARY = range(8)
_STRENGTH: Final = {
    "or": _OR,
    "and": _AND,
    "add": _SUM,
    "sub": _SUM,
    "mul": _PRODUCT,
    "div": _PRODUCT,
    "mod": _PRODUCT,
}


@attrs.frozen
class _Scope:
    """How ordered enums are written, and the names that the lambdas around have taken."""

    enum_order: EnumOrder
    names: Mapping[nodes.Variable, str]


_OUTSIDE: Final[Mapping[EnumOrder, _Scope]] = {"number": _Scope("number", {}), "name": _Scope("name", {})}


def text_of(node: nodes.Node, enum_order: EnumOrder = "number") -> str:
    """Render a tree as ``$filter`` or ``$orderby`` text, with only the parentheses that precedence asks for.

    ``enum_order`` says how the members of an ordered enum are compared: by quoted number (``Level ge '4'``) or by name.
    """
    try:
        return _text(node, _OUTSIDE[enum_order])
    except RecursionError:
        raise QueryError(
            "the filter is nested too deep: join its conditions with & and | without nesting"
        ) from None


def shown(node: nodes.Node) -> str:
    """Return the text of a tree for a message, also of one that cannot be sent."""
    try:
        return text_of(node)
    except QueryError as error:
        return f"({error})"


def _text(node: nodes.Node, scope: _Scope, above: int = _OR) -> str:
    return _RENDER[node.__class__](node, scope, above)


def _enclosed(text: str, strength: int, above: int) -> str:
    return f"({text})" if strength < above else text


def _literal(node: nodes.Literal, scope: _Scope, _: int) -> str:
    value = node.value
    if isinstance(value, nodes.Ordinal):
        value = str(value.number) if scope.enum_order == "number" else value.name
    return literal_text(value)


def _path(node: nodes.Path, scope: _Scope, _: int) -> str:
    path = "/".join(node.segments)
    if isinstance(node.root, nodes.Variable):
        # One that is not bound yet stands in a message only.
        item = scope.names.get(node.root, "item")
        return f"{item}/{path}" if path else item
    return path


def _call(node: nodes.Call, scope: _Scope, _: int) -> str:
    return f"{node.name}({','.join([_text(argument, scope) for argument in node.arguments])})"


def _arithmetic(node: nodes.Arithmetic, scope: _Scope, above: int) -> str:
    strength = _STRENGTH[node.operator]
    left, right = _text(node.left, scope, strength), _text(node.right, scope, strength + 1)
    return _enclosed(f"{left} {node.operator} {right}", strength, above)


def _comparison(node: nodes.Comparison, scope: _Scope, above: int) -> str:
    # Most of a filter is comparisons: going through no other function for their sides takes a fifth off it.
    left, operator, right = node.left, node.operator, node.right
    first, second = _RENDER[left.__class__](left, scope, _SUM), _RENDER[right.__class__](right, scope, _SUM)
    strength = _EQUALITY if operator in ("eq", "ne") else _RELATION
    return f"({first} {operator} {second})" if strength < above else f"{first} {operator} {second}"


def _in(node: nodes.In, scope: _Scope, above: int) -> str:
    # Servers disagree on a space after the comma; none is what all of them read.
    values = ",".join([_text(value, scope) for value in node.values])
    return _enclosed(f"{_text(node.operand, scope, _PRIMARY)} in ({values})", _RELATION, above)


def _lambda(node: nodes.Lambda, scope: _Scope, _: int) -> str:
    start = f"{_text(node.collection, scope)}/{node.quantifier}"
    if node.body is None or node.variable is None:
        return f"{start}()"
    name = f"item{len(scope.names) + 1}" if scope.names else "item"
    inner = attrs.evolve(scope, names={**scope.names, node.variable: name})
    return f"{start}({name}:{_text(node.body, inner)})"


def _not(node: nodes.Not, scope: _Scope, above: int) -> str:
    return _enclosed(f"not {_text(node.operand, scope, _PRIMARY)}", _UNARY, above)


def _junction(node: nodes.Junction, scope: _Scope, above: int) -> str:
    strength = _STRENGTH[node.operator]
    parts = [_RENDER[part.__class__](part, scope, strength + 1) for part in node.operands]
    return _enclosed(f" {node.operator} ".join(parts), strength, above)


def _raw(node: nodes.Raw, scope: _Scope, above: int) -> str:
    del scope, above
    return f"({node.text})"


_RENDER: Final[Mapping[type, Callable[[Any, _Scope, int], str]]] = {
    nodes.Literal: _literal,
    nodes.Path: _path,
    nodes.Call: _call,
    nodes.Arithmetic: _arithmetic,
    nodes.Comparison: _comparison,
    nodes.In: _in,
    nodes.Lambda: _lambda,
    nodes.Not: _not,
    nodes.Junction: _junction,
    nodes.Raw: _raw,
}
