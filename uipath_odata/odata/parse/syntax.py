"""A filter's syntax tree: OData 4.0's boolCommonExpr by recursive descent, before anything is known of types.

Each level of precedence is one method, weakest first (OData 4.0 part 2, 5.1.1.9). Depth and the number of conditions are
bounded, so that any text ends in bounded time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import attrs

from uipath_odata.odata.bounds import COMPARISONS
from uipath_odata.odata.parse.tokens import FilterToken, Misplaced, misplaced, tokens_of

__all__ = [
    "Binary",
    "Function",
    "InList",
    "Joined",
    "Names",
    "Negation",
    "Quantified",
    "Syntax",
    "Value",
    "syntax_of",
]

_LEVELS: Final[tuple[frozenset[str], ...]] = (
    frozenset({"eq", "ne"}),
    frozenset({"gt", "ge", "lt", "le", "in", "has"}),
    frozenset({"add", "sub"}),
    frozenset({"mul", "div", "mod"}),
)


@attrs.frozen
class Value:
    """A literal, whose type is not known before it is compared with a property."""

    token: FilterToken


@attrs.frozen
class Names:
    """A path: its segments, the first of which may be a lambda's variable."""

    segments: tuple[FilterToken, ...]

    @property
    def token(self) -> FilterToken:
        return self.segments[-1]


@attrs.frozen
class Function:
    token: FilterToken
    arguments: tuple[Syntax, ...]


@attrs.frozen
class Binary:
    """Two parts with an operator between them, which is ``token``."""

    token: FilterToken
    left: Syntax
    right: Syntax


@attrs.frozen
class Joined:
    """Conditions with ``and`` or ``or`` between them, which is ``token``: side by side, however many they are."""

    token: FilterToken
    parts: tuple[Syntax, ...]


@attrs.frozen
class InList:
    token: FilterToken
    operand: Syntax
    values: tuple[FilterToken, ...]


@attrs.frozen
class Negation:
    token: FilterToken
    operand: Syntax


@attrs.frozen
class Quantified:
    """``Robots/any(r:…)``: ``token`` is the quantifier, ``variable`` and ``body`` are None in ``any()``."""

    token: FilterToken
    collection: Names
    variable: FilterToken | None
    body: Syntax | None


Syntax: TypeAlias = Value | Names | Function | Joined | Binary | InList | Negation | Quantified


def syntax_of(text: str, max_depth: int) -> Syntax:
    """Return the tree of one whole condition; raises Misplaced at the first place that does not fit."""
    return _Reader(text, max_depth).whole()


class _Reader:
    """The tokens of one filter, read once from left to right."""

    def __init__(self, text: str, max_depth: int) -> None:
        self._text, self._max_depth = text, max_depth
        self._tokens = list(tokens_of(text))
        self._next = self._depth = 0

    def whole(self) -> Syntax:
        tree = self._condition()
        if self._peek().what != "end":
            raise self._error(self._peek(), "is more than one condition: join conditions with and, or")
        return tree

    def _condition(self) -> Syntax:
        return self._joined("or", lambda: self._joined("and", lambda: self._level(0)))

    def _joined(self, word: str, part: Callable[[], Syntax]) -> Syntax:
        parts, operator = [part()], self._peek()
        while self._is_word(word):
            if len(parts) == COMPARISONS:
                raise self._error(
                    self._peek(), f"joins more than {COMPARISONS} conditions: shorten the filter"
                )
            self._take()
            parts.append(part())
        return Joined(operator, tuple(parts)) if len(parts) > 1 else parts[0]

    def _level(self, level: int) -> Syntax:
        if level == len(_LEVELS):
            return self._unary()
        left, depth, is_chain = self._level(level + 1), self._depth, False
        while self._is_word(*_LEVELS[level]):
            operator = self._take()
            if is_chain:  # each operand of a chain is one level deeper than the next
                self._deepen(operator)
            is_chain = True
            if operator.word == "in":
                left = InList(operator, left, self._values())
            else:
                left = Binary(operator, left, self._level(level + 1))
        self._depth = depth
        return left

    def _values(self) -> tuple[FilterToken, ...]:
        self._expect("(")
        values: list[FilterToken] = []
        while not values or self._taken(","):
            token = self._take()
            if token.what != "value":
                raise self._error(token, "stands where a value of the list was expected")
            values.append(token)
        self._expect(")")
        return tuple(values)

    def _unary(self) -> Syntax:
        token = self._peek()
        if token.what == "name" and token.word == "not":
            self._take()
            return Negation(token, self._deeper(token, self._unary))
        return self._primary()

    def _primary(self) -> Syntax:
        token = self._take()
        if token.what == "value":
            return Value(token)
        if token.text == "(":
            inside = self._deeper(token, self._condition)
            self._expect(")")
            return inside
        if token.what != "name":
            raise self._error(token, "stands where a property or a value was expected")
        return self._function(token) if self._taken("(") else self._path(token)

    def _function(self, name: FilterToken) -> Function:
        arguments: list[Syntax] = []
        if not self._taken(")"):
            while not arguments or self._taken(","):
                arguments.append(self._deeper(name, self._condition))
            self._expect(")")
        return Function(name, tuple(arguments))

    def _path(self, first: FilterToken) -> Syntax:
        segments = [first]
        while self._taken("/"):
            token = self._take()
            if token.what != "name":
                raise self._error(token, "stands where the name of a property was expected")
            if token.word in ("any", "all") and self._taken("("):
                return self._deeper(token, lambda: self._lambda(token, Names(tuple(segments))))  # noqa: B023
            segments.append(token)
        return Names(tuple(segments))

    def _lambda(self, quantifier: FilterToken, collection: Names) -> Quantified:
        if quantifier.word == "any" and self._taken(")"):
            return Quantified(quantifier, collection, None, None)
        variable = self._take()
        if variable.what != "name":
            raise self._error(variable, "stands where a variable was expected, as in Robots/any(r:r/Id eq 1)")
        self._expect(":")
        body = self._condition()
        self._expect(")")
        return Quantified(quantifier, collection, variable, body)

    def _is_word(self, *words: str) -> bool:
        return self._peek().what == "name" and self._peek().word in words

    def _peek(self) -> FilterToken:
        return self._tokens[self._next]

    def _take(self) -> FilterToken:
        token = self._tokens[self._next]
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def _taken(self, mark: str) -> bool:
        found = self._peek().what == "mark" and self._peek().text == mark
        self._next += found
        return found

    def _expect(self, mark: str) -> None:
        if not self._taken(mark):
            raise self._error(self._peek(), f"stands where {mark} was expected")

    def _deeper(self, token: FilterToken, read: Callable[[], Syntax]) -> Syntax:
        self._deepen(token)
        tree = read()
        self._depth -= 1
        return tree

    def _deepen(self, token: FilterToken) -> None:
        self._depth += 1
        if self._depth > self._max_depth:
            raise self._error(
                token, f"is nested deeper than {self._max_depth} levels: write the filter flatter"
            )

    def _error(self, token: FilterToken, problem: str) -> Misplaced:
        return misplaced(self._text, token.place, problem)
