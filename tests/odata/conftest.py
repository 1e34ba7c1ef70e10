"""Judges that share no code with the package: OData's own grammar, and the parser of ``odata-query``.

``oasis/`` holds the "OData ABNF Construction Rules Version 4.01" and the "OData ABNF Test Cases Version 4.01" as OASIS
publishes them: https://github.com/oasis-tcs/odata-abnf/tree/main/abnf, 17 September 2020.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
import yaml
from odata_query import ast
from odata_query.grammar import ODataLexer, ODataParser

OASIS = Path(__file__).parent / "oasis"
TOKEN = re.compile(
    r'(?P<text>(?:%s)?"[^"]*")|%x(?P<code>[0-9A-F]+)(?:-(?P<last>[0-9A-F]+))?'
    r"|(?P<repeat>\d*\*\d*|\d+)|(?P<name>[A-Za-z][\w-]*)|(?P<mark>[()\[\]/])"
)
COMMENT = re.compile(r'("[^"]*")|;.*')


class Grammar:
    """RFC 5234 rules as functions from a place in a text to all places where a match may end."""

    def __init__(self, rules, constraints):
        joined = re.sub(r"\n[ \t]+", " ", COMMENT.sub(lambda match: match[1] or "", rules))
        lines = (line.split("=", 1) for line in joined.splitlines() if "=" in line)
        self.rules = {name.strip(): Reader(self, body).alternatives() for name, body in lines}
        self.constraints = {name: set(allowed) for name, allowed in constraints.items()}
        self.begin("")

    def begin(self, text):
        self.text, self.memo = text, {}

    def accepts(self, rule, text):
        self.begin(text)
        return len(text) in self.ends(rule, 0)

    def ends(self, rule, start):
        if (rule, start) not in self.memo:
            ends = self.rules[rule](start)
            if rule in self.constraints:
                # A name is as long as can be, and one of those that the model has.
                ends = {
                    end for end in ends if end == max(ends) and self.text[start:end] in self.constraints[rule]
                }
            self.memo[rule, start] = ends
        return self.memo[rule, start]


class Reader:
    """One rule's right-hand side."""

    def __init__(self, grammar, body):
        self.grammar = grammar
        self.tokens = [*TOKEN.finditer(body), None]
        self.place = 0

    def next(self, *kinds):
        token = self.tokens[self.place]
        if token is None or (kinds and token[0] not in kinds):
            return None
        self.place += 1
        return token

    def alternatives(self):
        found = [self.sequence()]
        while self.next("/"):
            found.append(self.sequence())
        return lambda start: {end for one in found for end in one(start)}

    def sequence(self):
        parts = []
        while (token := self.tokens[self.place]) is not None and token[0] not in {"/", ")", "]"}:
            parts.append(self.repetition())
        return lambda start: functools.reduce(
            lambda places, part: {end for place in places for end in part(place)}, parts, {start}
        )

    def repetition(self):
        token = self.next()
        if token["repeat"] is None:
            return self.element(token)
        least, star, most = token["repeat"].partition("*")
        low = int(least or 0)
        return repeated(self.element(self.next()), low, int(most or 10_000) if star else low)

    def element(self, token):
        if token["mark"]:
            inner = self.alternatives()
            self.next(")", "]")
            return inner if token["mark"] == "(" else lambda start: {start} | inner(start)
        if token["name"]:
            return functools.partial(self.grammar.ends, token["name"])
        return self.characters(token)

    def characters(self, token):
        grammar = self.grammar
        if token["code"]:
            codes = range(int(token["code"], 16), int(token["last"] or token["code"], 16) + 1)
            return lambda start: (
                {start + 1}
                if grammar.text[start : start + 1] and ord(grammar.text[start]) in codes
                else set()
            )
        exact, wanted = token["text"].startswith("%s"), token["text"].removeprefix("%s")[1:-1]
        fold = str if exact else str.lower
        wanted, length = fold(wanted), len(wanted)
        return lambda start: (
            {start + length} if fold(grammar.text[start : start + length]) == wanted else set()
        )


def repeated(element, low, high):
    def ends(start):
        found, places = {start} if low == 0 else set(), {start}
        for count in range(1, high + 1):
            places = {end for place in places for end in element(place)} - found
            if not places:
                break
            if count >= low:
                found |= places
        return found

    return ends


@pytest.fixture(scope="session")
def oasis_cases():
    # PyYAML takes no tab inside a text; the grammar reads both forms alike. BaseLoader: every value is a text.
    cases = (OASIS / "odata-abnf-testcases.yaml").read_text(encoding="utf-8").replace("\t", "%09")
    return yaml.load(cases, Loader=yaml.BaseLoader)


@pytest.fixture(scope="session")
def oasis_rules():
    return (OASIS / "odata-abnf-construction-rules.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def grammar_with(oasis_rules):
    """Give the grammar for a model whose names are these, by rule."""
    return functools.partial(Grammar, oasis_rules)


def flat(kind, parts):
    return [inner for part in parts for inner in (part[1:] if part[0] == kind else (part,))]


def ticks(text):
    whole, fraction = re.fullmatch(r"(.{19})(?:\.(\d{1,7}))?Z", text).groups()
    since = dt.datetime.fromisoformat(whole) - dt.datetime.fromisoformat("0001-01-01")
    return ("ticks", (since.days * 86_400 + since.seconds) * 10**7 + int((fraction or "0").ljust(7, "0")))


WORDS = {ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Add: "add",
         ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Mod: "mod", ast.And: "and", ast.Or: "or"}  # fmt: skip
VALUES = {
    ast.Null: lambda node: None,
    ast.Boolean: lambda node: {"true": True, "false": False}[node.val],
    ast.Integer: lambda node: Decimal(node.val),
    ast.Float: lambda node: Decimal(node.val),
    ast.String: lambda node: node.val,
    ast.GUID: lambda node: UUID(node.val),
    ast.Date: lambda node: dt.date.fromisoformat(node.val),
    ast.Time: lambda node: dt.time.fromisoformat(node.val),
    ast.DateTime: lambda node: ticks(node.val),
    ast.Duration: lambda node: exact_duration(*node.unpack()),
}


def exact_duration(sign, years, months, days, hours, minutes, seconds):
    assert years is None
    assert months is None
    whole, _, fraction = (seconds or "0").partition(".")
    span = dt.timedelta(
        int(days or 0), int(whole), int(fraction.ljust(6, "0")), 0, int(minutes or 0), int(hours or 0)
    )
    return -span if sign == "-" else span


def read(node):  # noqa: PLR0911 - one for each kind of node
    """Turn the parser's tree into tuples."""
    if type(node) in VALUES:
        return ("value", VALUES[type(node)](node))
    match node:
        case ast.Identifier(name, ()):
            return ("path", name)
        case ast.Attribute(owner, name):
            return (*read(owner), name)
        case ast.Compare(ast.In(), left, ast.List(listed)):
            return ("in", read(left), tuple(read(value)[1] for value in listed))
        case ast.Compare(word, left, right) | ast.BinOp(word, left, right):
            return (WORDS[type(word)], read(left), read(right))
        case ast.BoolOp(word, left, right):
            kind = WORDS[type(word)]
            return (kind, *flat(kind, (read(left), read(right))))
        case ast.UnaryOp(ast.Not(), operand):
            return ("not", read(operand))
        case ast.Call(name, arguments):
            return ("call", name.name, *map(read, arguments))
        case ast.CollectionLambda(owner, quantifier, inner):
            body = () if inner is None else (inner.identifier.name, read(inner.expression))
            return (type(quantifier).__name__.lower(), read(owner), *body)
    raise AssertionError(node)


@pytest.fixture(scope="session")
def parsed():
    """Give the function that reads a filter into tuples: ``("eq", ("path", "Robot", "Name"), ("value", "x"))``."""
    return lambda text: read(ODataParser().parse(ODataLexer().tokenize(text)))
