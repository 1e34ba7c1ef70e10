"""Filter text to a syntax tree, by odata-query."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from odata_query import ast
from odata_query.exceptions import ODataException
from odata_query.grammar import ODataLexer, ODataParser

from uipath_odata.emulator.answers import invalid_options
from uipath_odata.emulator.filter_tokens import repaired


def parse(text: str) -> Any:
    """Read a ``$filter`` or one ``$orderby`` term; refuse what is not OData."""
    lexer: Any = ODataLexer()
    parser: Any = ODataParser()
    try:
        tree = parser.parse(lexer.tokenize(repaired(text)))
    except (ODataException, AttributeError) as error:
        # AttributeError: odata-query fails so on lambdas below paths of three segments.
        raise invalid_options(f"Syntax error in '{text}'.") from error
    if tree is None:
        raise invalid_options("Syntax error: the expression is empty.")
    return tree


def node_count(node: Any) -> int:
    """Count a tree as ASP.NET Core OData's MaxNodeCount does: five nodes for each ``or``-ed ``X eq 1``."""
    match node:
        case ast.Attribute(owner=owner):
            return 1 + node_count(owner)
        case ast.Identifier():
            return 2
        case ast.List():
            return 1
        case ast.Call(args=arguments):
            return 1 + sum(node_count(argument) for argument in arguments)
        case ast.CollectionLambda(owner=owner, lambda_=body):
            return 1 + node_count(owner) + (node_count(body.expression) if body else 0)
        case ast.BoolOp() | ast.Compare() | ast.BinOp() | ast.UnaryOp():
            return 1 + sum(node_count(child) for child in _operands(node))
        case _:
            return 1


def _operands(node: Any) -> list[Any]:
    names = {"left", "right", "operand"}
    return [getattr(node, field.name) for field in fields(node) if is_dataclass(node) and field.name in names]
