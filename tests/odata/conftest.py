"""OData's own grammar as a judge that shares no code with the package.

``oasis/`` holds the "OData ABNF Construction Rules Version 4.01" and the "OData ABNF Test Cases Version 4.01" as OASIS
publishes them: https://github.com/oasis-tcs/odata-abnf/tree/main/abnf, 17 September 2020.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest
import yaml

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
