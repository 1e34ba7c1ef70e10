"""A list in memory whose server reads filters with odata-query, compares as databases do, and changes between pages."""

from __future__ import annotations

import functools
import operator
import random
from urllib.parse import parse_qsl

import attrs
import orjson
import pytest
from odata_query import ast
from odata_query.grammar import ODataLexer, ODataParser
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.client import FolderClient
from uipath_odata.errors import BadRequest
from uipath_odata.settings import Settings
from uipath_odata.transport.request import Response

BASE = URL("https://o.example.com/acme/Default/orchestrator_")


@functools.lru_cache(maxsize=4096)
def tree(text):
    return ODataParser().parse(ODataLexer().tokenize(text))


COMPARE = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def exact(text):
    """Write a time with seven decimals, as it can be compared."""
    seconds, _, decimals = text.removesuffix("Z").partition(".")
    return f"{seconds}.{decimals:0<7}"


LITERALS = {
    ast.Integer: int,
    ast.Float: float,
    ast.Boolean: "true".__eq__,
    ast.String: str,
    ast.DateTime: exact,
}


def value(node, row):
    if isinstance(node, ast.Identifier):
        found = row.get(node.name)
        return exact(found) if node.name in {"EndTime", "TimeStamp"} and found else found
    return None if isinstance(node, ast.Null) else LITERALS[type(node)](node.val)


def meets(node, row):
    """Tell whether a row meets a filter; a comparison with null is false, except for equality."""
    match node:
        case ast.BoolOp():
            sides = meets(node.left, row), meets(node.right, row)
            return all(sides) if isinstance(node.op, ast.And) else any(sides)
        case ast.Compare():
            left, right = value(node.left, row), value(node.right, row)
            compare = COMPARE[type(node.comparator)]
            of_equality = compare in {operator.eq, operator.ne}
            return (of_equality or None not in (left, right)) and compare(left, right)
    raise NotImplementedError(node)


def in_order(rows, order):
    """Sort as OData says: null before all values, in ascending order; times of logs by milliseconds."""
    if order.startswith("TimeStamp"):
        replica = random.sample(rows, len(rows))  # each has an order of its own
        return sorted(replica, key=lambda row: exact(row["TimeStamp"])[:23], reverse=order.endswith("desc"))
    for term in reversed(order.split(",") if order else []):
        name, _, direction = term.partition(" ")
        rows = sorted(rows, key=lambda row: sort_key(row.get(name), name), reverse=direction == "desc")
    return rows


def sort_key(found, name):
    return found is not None, exact(found) if name == "EndTime" and found else found or 0


@attrs.define
class World:
    """One list, its requests, and what it refuses."""

    rows: list = attrs.field(factory=list)
    asked: list = attrs.field(factory=list)
    largest: int = 1_000
    refuses: str = "\0"
    ignores_bounds: bool = False
    answers_nothing_to: str = "\0"

    async def send(self, request):
        options = dict(parse_qsl(request.query))
        self.asked.append(options)
        if self.refuses in options.get("$filter", ""):
            raise BadRequest("Filters are not like that.", status=400)
        found = [dict(row) for row in self.rows]
        if "$filter" in options and not self.ignores_bounds:
            found = [row for row in found if meets(tree(options["$filter"]), row)]
        if self.answers_nothing_to in options.get("$filter", ""):
            found = []
        if "GetTotalCount" in request.path:
            return Response(200, {}, orjson.dumps({"value": len(found)}))
        count = len(found)
        skip, top = int(options.get("$skip", 0)), int(options.get("$top", self.largest))
        found = in_order(found, options.get("$orderby", ""))[skip:][: min(top, self.largest)]
        body = {"value": found} | ({"@odata.count": count} if "$count" in options else {})
        if top > self.largest and skip + len(found) < count:
            body["@odata.nextLink"] = f"{BASE}/odata/Jobs?$skip={skip + len(found)}"
        return Response(200, {}, orjson.dumps(body))


@pytest.fixture
def world():
    return World()


def client(world, **settings):
    return FolderClient(TenantChannel(world, BASE, Settings(**settings)))


@pytest.fixture
def scope(world):
    return client(world)
