"""Filter text to a syntax tree, by odata-query."""

from __future__ import annotations

from typing import Any

from odata_query import ast
from odata_query.exceptions import ODataException
from odata_query.grammar import ODataLexer, ODataParser

from uipath_odata.emulator.filters.tokens import repaired
from uipath_odata.emulator.http.answers import invalid_options


def parse(text: str) -> Any:
    """Read a ``$filter`` or one ``$orderby`` term; refuse what is not OData."""
    lexer: Any = ODataLexer()
    parser: Any = ODataParser()
    try:
        return parser.parse(lexer.tokenize(repaired(text)))
    except (ODataException, AttributeError) as error:
        # AttributeError: odata-query fails so on lambdas below paths of three segments.
        raise invalid_options(f"Syntax error in '{text}'.") from error


def node_count(node: Any) -> int:
    """Count a tree as ASP.NET Core OData's MaxNodeCount does: five nodes for each ``or``-ed ``X eq 1``."""
    if isinstance(node, ast.Identifier):
        return 2
    if isinstance(node, ast.List):
        return 1
    return 1 + sum(node_count(child) for child in _children(node))


def _children(node: Any) -> list[Any]:
    names = ("left", "right", "operand", "owner", "lambda_", "expression")
    single = [getattr(node, name, None) for name in names]
    return [child for child in (*single, *getattr(node, "args", ())) if child is not None]
