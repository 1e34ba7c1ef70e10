"""Read a ``$filter`` as a server does; it knows columns and their kinds, and nothing of the client."""

from __future__ import annotations

import datetime as dt
import functools
import re
import unicodedata

import attrs

__all__ = ["EPOCH", "SECOND", "Semantics", "conjuncts", "moment_of", "text_of"]

EPOCH = dt.datetime(2024, 2, 28, 23, 59, 0, tzinfo=dt.UTC)
SECOND = 10**7  # in steps of 100 ns
_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|[(),]|[^\s(),']+)")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?Z")
_BINARY = {"eq", "ne", "gt", "ge", "lt", "le", "in"}


@functools.lru_cache(2**16)
def moment_of(text):
    """Give the steps of 100 ns since EPOCH of a date-time as it is written."""
    whole, decimals = _MOMENT.fullmatch(text).groups()
    seconds = (dt.datetime.fromisoformat(f"{whole}Z") - EPOCH) // dt.timedelta(seconds=1)
    return seconds * SECOND + int(f"{decimals or '':0<7}")


def text_of(moment):
    """Write steps since EPOCH as Orchestrator does: no zeros at the end."""
    whole, rest = divmod(moment, SECOND)
    decimals = f".{rest:07d}".rstrip("0") if rest else ""
    return f"{EPOCH + dt.timedelta(seconds=whole):%Y-%m-%dT%H:%M:%S}{decimals}Z"


@functools.lru_cache(4096)
def conjuncts(text):
    """Give what must all be true: a tree for each part that ``and`` joins at the top."""
    tree = _Parser(_TOKEN.findall(text)).whole() if text else ("and",)
    return tree[1:] if tree[0] == "and" else (tree,)


@attrs.define
class _Parser:
    tokens: list
    at: int = 0

    def whole(self):
        tree = self._joined("or")
        assert self.at == len(self.tokens), f"not a filter: {self.tokens}"
        return tree

    def _joined(self, word):
        parts = [self._part(word)]
        while self._next_is(word):
            self.at += 1
            parts.append(self._part(word))
        if len(parts) == 1:
            return parts[0]
        return (word, *(each for part in parts for each in (part[1:] if part[0] == word else (part,))))

    def _part(self, word):
        return self._joined("and") if word == "or" else self._unary()

    def _unary(self):
        token = self._take()
        if token == "not":
            return ("not", self._unary())
        if token == "(":
            tree = self._joined("or")
            assert self._take() == ")"
            return tree
        operator = self._take()
        assert operator in _BINARY, f"not an operator: {operator}"
        return (operator, token, *(self._list() if operator == "in" else [_literal(self._take())]))

    def _list(self):
        assert self._take() == "("
        values = [_literal(self._take())]
        while self._take() == ",":
            values.append(_literal(self._take()))
        return values

    def _next_is(self, word):
        return self.at < len(self.tokens) and self.tokens[self.at] == word

    def _take(self):
        self.at += 1
        return self.tokens[self.at - 1]


def _literal(token):
    if token == "null":
        return None
    return token[1:-1].replace("''", "'") if token.startswith("'") else token


def _both(one, other):
    return lambda row: one(row) and other(row)


def _either(one, other):
    return lambda row: one(row) or other(row)


@attrs.frozen
class Semantics:
    """How one server compares: its collation, and the precision of its date-times."""

    kinds: dict = attrs.field(factory=dict)
    """Of each column: number, truth, guid, enum, text or moment; texts where nothing is said."""
    folds: bool = False
    """Texts are equal without regard to case, accents of one letter and blanks at the end; ae is æ."""
    whole_seconds: bool = False
    precision: int = 1
    """Steps of the key that moments are sorted and compared by."""
    rounds: bool = False
    """A literal is rounded to the precision, not cut."""
    _known: dict = attrs.field(factory=dict, init=False, repr=False, eq=False)

    @classmethod
    def draw(cls, chance, table):
        return cls(
            kinds=table.kinds,
            folds=chance.random() < 0.4,
            whole_seconds=chance.random() < 0.3,
            precision=chance.choice([1, 10, 10_000]) if table.window else 1,
            rounds=chance.random() < 0.5,
        )

    def value(self, column, value):
        """Give what of a column's value takes part in a comparison, of a row or a literal."""
        if value is None:
            return None
        kind = self.kinds.get(column, "text")
        if kind == "number":
            return int(value)
        if kind == "moment":
            return moment_of(value) if isinstance(value, str) else value
        if kind == "truth":
            return str(value).lower()
        return str(value).lower() if kind == "guid" else self._text(str(value), kind)

    def _text(self, text, kind):
        if kind == "enum" or not self.folds:
            return text
        spread = unicodedata.normalize("NFKD", text.replace("æ", "ae").replace("Æ", "AE"))
        return "".join(each for each in spread if not unicodedata.combining(each)).rstrip().casefold()

    def coarse(self, column, value, *, literal):
        """Cut a moment to what the server keeps of it."""
        if value is None or self.kinds.get(column) != "moment":
            return value
        if column != "TimeStamp":
            return value // SECOND if self.whole_seconds else value
        half = self.precision // 2 if literal and self.rounds else 0
        return (value + half) // self.precision

    def reader(self, column):
        """Give the function of a row that tells what of the column takes part in a comparison; it works a value out once."""
        if column not in self._known:
            self._known[column] = functools.cache(
                lambda value: self.coarse(column, self.value(column, value), literal=False)
            )
        known = self._known[column]
        return lambda row: known(row[column])

    def predicate(self, tree):
        """Give a function of a row."""
        word, *rest = tree
        if word in {"and", "or"}:
            parts = [self.predicate(each) for each in rest]
            return functools.reduce(_both if word == "and" else _either, parts or [lambda _: True])
        if word == "not":
            inner = self.predicate(rest[0])
            return lambda row: not inner(row)
        return self._comparison(word, *rest)

    def _comparison(self, operator, column, *literals):
        values = [self.coarse(column, self.value(column, each), literal=True) for each in literals]
        value, among = values[0], set(values)
        shown = self.reader(column)

        def ordered(test):
            return lambda row: (mine := shown(row)) is not None and value is not None and test(mine)

        return {
            "eq": lambda row: shown(row) == value,
            "ne": lambda row: shown(row) != value,
            "in": lambda row: shown(row) in among,
            "gt": ordered(lambda mine: mine > value),
            "ge": ordered(lambda mine: mine >= value),
            "lt": ordered(lambda mine: mine < value),
            "le": ordered(lambda mine: mine <= value),
        }[operator]
