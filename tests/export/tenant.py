"""A tenant that lives: rows come, change, come late and go; its lists are answered from memory.

It shares nothing with the client: filters are parsed by odata-query and evaluated here.
"""

from __future__ import annotations

import datetime as dt
import functools
import operator
import re
from collections import Counter
from email.utils import format_datetime
from urllib.parse import parse_qsl, unquote

import orjson
from odata_query import ast
from odata_query.grammar import ODataLexer, ODataParser

from uipath_odata.errors import OrchestratorError
from uipath_odata.transport.request import Response

TOTAL = "/UiPath.Server.Configuration.OData.GetTotalCount"
LEXER, PARSER = ODataLexer(), ODataParser()
EXPANDED = re.compile(r"(\w+)\(")
COMPARE = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def moment(when):
    return when.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@functools.cache
def instant(text):
    return dt.datetime.fromisoformat(text)


def _value(node):
    """Return a function from a row to the value of a node."""
    if isinstance(node, ast.Identifier):
        name, is_time = node.name, node.name.endswith(("Stamp", "Time"))
        return lambda row: instant(row[name]) if is_time and row.get(name) else row.get(name)
    if isinstance(node, ast.List):
        values = frozenset(_value(each)({}) for each in node.val)
    elif isinstance(node, ast.DateTime):
        values = instant(node.val)
    else:
        values = int(node.val) if isinstance(node, ast.Integer) else node.val
    return lambda _row: values


def _condition(node):
    """Return a function that tells whether a row meets a condition."""
    if isinstance(node, ast.BoolOp):
        both, left, right = isinstance(node.op, ast.And), _condition(node.left), _condition(node.right)
        return (lambda row: left(row) and right(row)) if both else (lambda row: left(row) or right(row))
    left, right = _value(node.left), _value(node.right)
    if isinstance(node.comparator, ast.In):
        return lambda row: left(row) in right(row)
    compare = COMPARE[type(node.comparator)]
    return lambda row: left(row) is not None and compare(left(row), right(row))


@functools.cache
def condition(text):
    return _condition(PARSER.parse(LEXER.tokenize(text)))


class Tenant:
    """Answers a client's requests; ``sets`` are its rows, in no order."""

    def __init__(self, now, page_cap=7):
        self.now = now
        self.page_cap = page_cap
        self.sets = {}
        self.requests = Counter()
        self.failing = None
        """After how many requests the line is dead; None: it is not."""

    async def send(self, request, /, into=None):
        assert request.method == "GET"
        if self.failing is not None:
            self.failing -= 1
            if self.failing < 0:
                raise OrchestratorError("the line is dead: try again")
        name = request.path.removeprefix("/odata/").removesuffix(TOTAL)
        self.requests[name] += 1
        options = dict(parse_qsl(unquote(request.query.replace("+", "%2B")), keep_blank_values=True))
        rows = self.sets[name]
        if "$filter" in options:
            rows = list(filter(condition(options["$filter"]), rows))
        if request.path.endswith(TOTAL):
            return self._answer({"value": len(rows)})
        if "$orderby" in options:
            key, _, direction = options["$orderby"].partition(" ")
            rows = sorted(rows, key=operator.itemgetter(key), reverse=direction == "desc")
        skip, top = int(options.get("$skip", 0)), int(options.get("$top", self.page_cap))
        page = rows[skip : skip + min(top, self.page_cap)]
        if "$select" in options:
            names = [*options["$select"].split(","), *EXPANDED.findall(options.get("$expand", ""))]
            page = [{name: row.get(name) for name in names} for row in page]
        return self._answer({"value": page} | ({"@odata.count": len(rows)} if "$count" in options else {}))

    def _answer(self, payload):
        return Response(200, {"Date": format_datetime(self.now, usegmt=True)}, orjson.dumps(payload))
