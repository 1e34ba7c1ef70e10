"""A server that does what it should not."""

from __future__ import annotations

import itertools
import re
from datetime import datetime

import attrs
from aiohttp import web

TOKENS = re.compile(r"'(?:[^']|'')*'|[(),]|[^\s(),']+")
REFUSAL = {"message": "Invalid OData query options.", "errorCode": 1000}
HALF_MILLISECOND = 5_000


def ticks_of(text):
    """Count 100 ns since the year 1 the slow way."""
    day, _, decimals = text.rstrip("Z").partition(".")
    since = datetime.fromisoformat(day) - datetime(1, 1, 1)  # noqa: DTZ001 - all of them are UTC
    return (since.days * 86_400 + since.seconds) * 10**7 + int((decimals + "0000000")[:7])


class Sentence:
    """A ``$filter``, read word by word while it is evaluated."""

    def __init__(self, text, compare):
        self.words, self.compare = [*TOKENS.findall(text), ""], compare

    def either(self, row):
        met = self.both(row)
        while self.words[0] == "or":
            del self.words[0]
            met = self.both(row) | met
        return met

    def both(self, row):
        met = self.one(row)
        while self.words[0] == "and":
            del self.words[0]
            met = self.one(row) & met
        return met

    def one(self, row):
        if self.words[0] == "(":
            del self.words[0]
            met = self.either(row)
            assert self.words.pop(0) == ")"
            return met
        name, operator, value = self.words.pop(0), self.words.pop(0), self.words.pop(0)
        if operator != "in":
            return self.compare(row, name, operator, value)
        values = [*itertools.takewhile(lambda word: word != ")", iter(lambda: self.words.pop(0), None))]
        return any(self.compare(row, name, "eq", word) for word in values if word != ",")


@attrs.define(eq=False)
class Hostile:
    """Lists of rows behind a handler with bad habits."""

    rows: list
    key: str = "TimeStamp"
    window: int = 10**9
    cap: int = 10**9
    deaf: bool = False
    """Whether it ignores every filter."""
    rounds: bool = False
    """Whether it rounds the literals of date-times to milliseconds."""
    links: bool = False
    most: int = 10**9
    """What it counts at most; 0: it counts nothing."""
    total: object = None
    """What GetTotalCount answers instead."""
    refuses: object = None
    anycase: bool = False
    asked: list = attrs.field(factory=list)
    turn: itertools.count = attrs.field(factory=itertools.count)
    url: str = ""

    async def answer(self, request):
        options = dict(request.query)
        self.asked.append(options)
        text = options.get("$filter", "")
        if self.refuses is not None and re.search(self.refuses, text):
            return web.json_response(REFUSAL, status=400)
        found = [
            row for row in self.rows if self.deaf or not text or Sentence(text, self.compare).either(row)
        ]
        if "GetTotalCount" in request.path:
            return await self.tell(len(found))
        assert len(re.findall(r" (?:eq|ne|gt|ge|lt|le|in) ", text)) <= 100
        return web.json_response(self.page(request, options, found))

    async def tell(self, count):
        if isinstance(self.total, int):
            return web.Response(status=self.total)
        return web.json_response({"value": count if self.total is None else self.total})

    def page(self, request, options, found):
        """Order equals anew in every answer."""
        turn = next(self.turn) % 3
        found = found[turn:] + found[:turn] if turn < 2 else found[::-1]
        name, _, way = options.get("$orderby", self.key).partition(" ")
        found.sort(key=lambda row: self.sort_key(row[name]), reverse=way == "desc")
        skip, top = int(options.get("$skip", 0)), int(options.get("$top", 1000))
        assert skip + top <= self.window
        stop = skip + min(top, self.cap)
        answer = {"value": found[skip:stop]}
        if "$count" in options and self.most:
            answer["@odata.count"] = min(len(found), self.most)
        if self.links and stop < min(skip + top, len(found)):
            answer["@odata.nextLink"] = f"http://inside:8080/odata/Other?$filter=true&$skip={stop}&$top=1"
        return answer

    def sort_key(self, value):
        return ticks_of(value) // 10_000 if isinstance(value, str) else value

    def compare(self, row, name, operator, literal):
        value, wanted = row[name], self.read(name, literal)
        if name == "TimeStamp":
            value = ticks_of(value)
        if self.anycase and isinstance(value, str) and isinstance(wanted, str):
            value, wanted = value.lower(), wanted.lower()
        if operator in {"eq", "ne"}:
            return (value == wanted) == (operator == "eq")
        return {"gt": value > wanted, "ge": value >= wanted, "lt": value < wanted, "le": value <= wanted}[
            operator
        ]

    def read(self, name, literal):
        if literal == "null":
            return None
        if literal.startswith("'"):
            return literal[1:-1].replace("''", "'")
        if name == "TimeStamp":
            ticks = ticks_of(literal)
            return (ticks + HALF_MILLISECOND) // 10_000 * 10_000 if self.rounds else ticks
        return int(literal) if literal.lstrip("-").isdigit() else literal
