"""Filter text to a predicate, built by the query builder's own methods.

So a value of the wrong type, an unknown enum member or an order on something without one is refused here as it is in
Python. Each name is checked against the list of allowed properties before it becomes a path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeVar, cast

import attrs

from uipath_odata.errors import InvalidInput, QueryError
from uipath_odata.odata.bounds import COMPARISONS
from uipath_odata.odata.entity import Entity, by_wire
from uipath_odata.odata.expr import edm_types as kinds
from uipath_odata.odata.expr import nodes
from uipath_odata.odata.expr.expression import Expr, now
from uipath_odata.odata.expr.paths import CollectionPath, EntityPath, ValuesPath
from uipath_odata.odata.expr.predicate import Predicate, as_node
from uipath_odata.odata.limits import comparisons_in
from uipath_odata.odata.parse import syntax
from uipath_odata.odata.parse.allowed import Allowed, Property
from uipath_odata.odata.parse.syntax import Syntax, syntax_of
from uipath_odata.odata.parse.tokens import FilterToken, Misplaced, misplaced

__all__ = ["parse_filter"]

E = TypeVar("E", bound=Entity)

_COMPARISONS: Final = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
_MIRRORED: Final = {"eq": "eq", "ne": "ne", "gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
_COMPUTE: Final = {"add": "add", "sub": "sub", "mul": "mul", "div": "truediv", "mod": "mod"}
_FUNCTIONS: Final[Mapping[str, tuple[int, ...]]] = {
    "now": (0,),
    **dict.fromkeys(("contains", "startswith", "endswith", "indexof", "concat"), (2,)),
    **dict.fromkeys(("tolower", "toupper", "trim", "length"), (1,)),
    **dict.fromkeys(("year", "month", "day", "hour", "minute", "second", "date", "time"), (1,)),
    **dict.fromkeys(("round", "floor", "ceiling"), (1,)),
    "substring": (2, 3),
}
"""How many arguments a function takes (OData 4.0 part 2, 5.1.1.4 ff.)."""
_DEEPEST: Final = 32
_OF_LITERAL: Final = ((str, kinds.STRING), (bool, kinds.BOOLEAN), (int, kinds.INTEGER))
_SAID: Final = {
    kinds.STRING.name: "a text in single quotes",
    kinds.BOOLEAN.name: "true or false, with eq or ne",
    kinds.INTEGER.name: "a whole number of at most 64 bits",
    kinds.NUMBER.name: "a number",
    kinds.GUID.name: "a GUID without quotes",
    kinds.INSTANT.name: "a date-time with its zone, such as 2024-05-14T12:00:00Z",
    kinds.DATE.name: "a date, such as 2024-05-14",
    kinds.TIME.name: "a time of day, such as 12:00:00",
    kinds.DURATION.name: "a duration, such as duration'PT1H'",
}


def parse_filter(
    entity: type[E], text: str, *, allow: Iterable[Property], max_length: int = 2_000, max_depth: int = 16
) -> Predicate[E]:
    """Return the predicate that a ``$filter`` text says, for queries of ``entity``.

    ``allow`` lists the properties that may be named: ``[Job.state, Job.robot.name]``; an object or collection in it
    allows what lies directly below. ``max_length`` counts characters, ``max_depth`` parentheses, functions, lambdas and
    the operators between values in each other, at most 32. Raises InvalidInput, a QueryError whose text may be shown to whoever sent the filter: it names the place and
    what is wrong there, and nothing that the filter did not say.
    """
    allowed = Allowed.of(entity, allow)
    if not 1 <= max_depth <= _DEEPEST:
        raise QueryError(f"max_depth={max_depth} is not from 1 to {_DEEPEST}: give another")
    if not isinstance(cast("object", text), str):
        raise InvalidInput(f"a filter is a text, not {type(text).__name__}: pass a str")
    if len(text) > max_length:
        raise InvalidInput(f"the filter has {len(text)} characters and {max_length} are allowed: shorten it")
    tree = syntax_of(text, max_depth)
    condition = _Meaning(entity, text, allowed).condition(tree)
    if (comparisons := comparisons_in(condition.__node__)) > COMPARISONS:
        raise InvalidInput(
            f"the filter has {comparisons} comparisons and {COMPARISONS} are allowed: shorten it"
        )
    return condition


@attrs.frozen
class _Constant:
    value: Any


@attrs.frozen
class _Place:
    """What a path leads to, and the wire names on the way; a lambda's variable keeps those of its collection."""

    target: Any
    names: tuple[str, ...] = ()
    is_item: bool = False


class _Meaning:
    """What the parts of one filter mean; ``items`` are the variables of the lambdas around."""

    def __init__(self, entity: type[Entity], text: str, allowed: Allowed) -> None:
        self._entity, self._text, self._allowed = entity, text, allowed
        self._items: dict[str, _Place] = {}
        self._read: Mapping[type, Callable[[Any], Any]] = {
            syntax.Value: lambda part: _Constant(part.token.value),
            syntax.Names: self._path,
            syntax.Function: self._function,
            syntax.Joined: self._joined,
            syntax.Binary: self._binary,
            syntax.InList: self._in,
            syntax.Negation: lambda part: ~self.condition(part.operand),
            syntax.Quantified: self._lambda,
        }

    def condition(self, part: Syntax) -> Predicate[Any]:
        meant = self._of(part)
        if isinstance(meant, _Constant) and isinstance(meant.value, bool):
            return Predicate(nodes.Literal(meant.value))
        if isinstance(meant, _Constant):
            raise self._error(part.token, "is a value and not a condition: compare a property with it")
        return Predicate(self._built(part.token, lambda: as_node(meant)))

    def _of(self, part: Syntax) -> Any:
        return self._read[part.__class__](part)

    def _operand(self, part: Syntax) -> Expr[Any, Any]:
        meant: Any = self._of(part)
        if isinstance(meant, _Constant):
            kind = next((kind for each, kind in _OF_LITERAL if isinstance(meant.value, each)), kinds.ANY)
            return Expr(nodes.Literal(meant.value), kind)
        if not _is(meant, Expr):
            raise self._error(part.token, "has no value of its own: compare a property")
        operand: Expr[Any, Any] = meant
        return operand

    def _joined(self, part: syntax.Joined) -> Predicate[Any]:
        conditions = tuple(self.condition(each).__node__ for each in part.parts)
        return Predicate(nodes.junction("and" if part.token.word == "and" else "or", conditions))

    def _binary(self, part: syntax.Binary) -> Any:
        word = part.token.word
        if word not in _COMPARISONS and word not in _COMPUTE:
            raise self._error(part.token, "is not supported: compare with eq")
        left, right = part.left, part.right
        if isinstance(left, syntax.Value) and isinstance(right, syntax.Value):
            raise self._error(part.token, "stands between two values: name a property")
        if word in _COMPARISONS:
            return self._compared(
                part.token,
                *((right, left, _MIRRORED[word]) if isinstance(left, syntax.Value) else (left, right, word)),
            )
        return self._computed(part.token, left, right, _COMPUTE[word])

    def _compared(self, token: FilterToken, left: Syntax, right: Syntax, word: str) -> Any:
        if isinstance(right, syntax.Value) and isinstance(right.token.value, bool) and word in ("eq", "ne"):
            meant: Any = self._of(left)
            if _is(meant, Predicate):  # contains(Name,'x') eq true, as some clients write it
                condition: Predicate[Any] = meant
                return condition if right.token.value is (word == "eq") else ~condition
        operand = self._operand(left)
        other = (
            self._fitting(operand, right.token) if isinstance(right, syntax.Value) else self._operand(right)
        )
        return self._built(token, lambda: getattr(operand, f"__{word}__")(other), operand)

    def _computed(self, token: FilterToken, left: Syntax, right: Syntax, word: str) -> Any:
        if isinstance(left, syntax.Value):
            operand, value = self._operand(right), left.token.value
            return self._built(token, lambda: getattr(operand, f"__r{word}__")(value))
        operand = self._operand(left)
        other = right.token.value if isinstance(right, syntax.Value) else self._operand(right)
        return self._built(token, lambda: getattr(operand, f"__{word}__")(other))

    def _in(self, part: syntax.InList) -> Any:
        operand = self._operand(part.operand)
        values = [self._fitting(operand, token) for token in part.values]
        return self._built(part.token, lambda: operand.in_(values), operand)

    def _function(self, part: syntax.Function) -> Any:
        name, counts = part.token.word, _FUNCTIONS.get(part.token.word)
        if counts is None:
            known = ", ".join(sorted(_FUNCTIONS))
            raise self._error(part.token, f"is not a function that filters may use: {known}")
        if len(part.arguments) not in counts:
            wanted = " or ".join(map(str, counts))
            raise self._error(part.token, f"takes {wanted} arguments, not {len(part.arguments)}")
        if name == "now":
            return now()
        first, *others = part.arguments
        operand = self._operand(first)
        values = [
            each.token.value if isinstance(each, syntax.Value) else self._operand(each) for each in others
        ]
        return self._built(part.token, lambda: getattr(operand, name)(*values))

    def _path(self, part: syntax.Names) -> Any:
        place = self._place(part)
        if not place.is_item and not self._allowed.has(place.names):
            raise self._error(part.token, "is not a property that filters may name")
        return place.target

    def _place(self, part: syntax.Names) -> _Place:
        first, *others = part.segments
        place = self._items.get(first.text) or self._below(_Place(self._entity), first)
        for token in others:
            place = self._below(place, token)
        return place

    def _below(self, place: _Place, token: FilterToken) -> _Place:
        target: Any = place.target
        is_related = _is(target, EntityPath)
        entity: Any = target.__member__.argument if is_related else target
        names = (*place.names, token.text)
        member = by_wire(entity).get(token.text) if isinstance(entity, type) else None
        if member is None or not self._allowed.leads_to(names):
            raise self._error(token, "is not a property that filters may name")
        return _Place(getattr(target, member.name), names)

    def _lambda(self, part: syntax.Quantified) -> Any:
        place = self._place(part.collection)
        target: Any = place.target
        if not _is(target, CollectionPath | ValuesPath) or not self._allowed.has(place.names):
            raise self._error(part.token, "follows something that is not a collection that filters may name")
        variable, body = part.variable, part.body
        if variable is None or body is None:
            return self._built(part.token, target.any)
        if variable.text in self._items:
            raise self._error(variable, "is the variable of a lambda around it: choose another name")

        def condition(item: Any) -> Predicate[Any]:
            self._items[variable.text] = _Place(item, place.names, is_item=True)
            try:
                return self.condition(body)
            finally:
                del self._items[variable.text]

        return self._built(part.token, lambda: getattr(target, part.token.word)(condition))

    def _fitting(self, left: Expr[Any, Any], token: FilterToken) -> Any:
        """Return a literal as the query builder takes it for ``left``."""
        value, kind = token.value, left.__kind__
        if kind.members and kind.ordered and isinstance(value, str) and value.isdecimal():
            place = int(value)  # RobotLogs' levels are compared by quoted number
            return kind.members[place] if place < len(kind.members) else value
        if kind is kinds.INTEGER and isinstance(value, Decimal) and value == value.to_integral_value():
            return int(value)
        return value

    def _built(
        self, token: FilterToken, build: Callable[[], Any], operand: Expr[Any, Any] | None = None
    ) -> Any:
        """Build a part; what the query builder refuses is refused with the place, in OData's words."""
        try:
            return build()
        except Misplaced:
            raise
        except (QueryError, AttributeError, TypeError):
            reason = "does not fit what stands beside it"
            if operand is not None:
                reason = f"does not fit: {operand} takes {_said(operand.__kind__)}"
            raise self._error(token, reason) from None

    def _error(self, token: FilterToken, problem: str) -> Misplaced:
        return misplaced(self._text, token.place, problem)


def _is(value: object, kind: Any) -> bool:
    # Not a narrowing: checkers would know the value by a class whose parameters nobody knows.
    return isinstance(value, kind)


def _said(kind: kinds.Kind) -> str:
    if kind.members:
        listed = ", ".join(f"'{member}'" for member in kind.members)
        return f"one of {listed}" if kind.ordered else f"one of {listed}, with eq, ne or in"
    return _SAID.get(kind.name, "another kind of value")
