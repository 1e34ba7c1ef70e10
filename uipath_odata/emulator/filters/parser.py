"""Filter text to a syntax tree, by odata-query."""

from __future__ import annotations

from typing import Any

from odata_query import ast
from odata_query.exceptions import ODataException
from odata_query.grammar import ODataLexer, ODataParser

from uipath_odata.emulator.filters.tokens import repaired
from uipath_odata.emulator.http.answers import invalid_options

MOST_NODES = 100
"""What Orchestrator's schema calls filter expressions, as ASP.NET Core OData counts them."""


def parse(text: str, limit: int = MOST_NODES) -> Any:
    """Read a ``$filter`` or one ``$orderby`` term; refuse what is not OData, and more than can be answered at small cost."""
    lexer: Any = ODataLexer()
    parser: Any = ODataParser()
    try:
        tree = parser.parse(lexer.tokenize(repaired(text)))
    except (ODataException, AttributeError) as error:
        # AttributeError: odata-query fails so on lambdas below paths of three segments.
        raise invalid_options(f"Syntax error in '{text}'.") from error
    if node_count(tree) > limit:
        raise invalid_options(f"The node count limit of '{limit}' has been exceeded.")
    return tree


def node_count(tree: Any) -> int:
    """Count a tree as ASP.NET Core OData's MaxNodeCount does: five nodes for each ``or``-ed ``X eq 1``."""
    count, left = 0, [tree]
    while left:
        node = left.pop()
        count += 2 if isinstance(node, ast.Identifier) else 1
        if not isinstance(node, ast.Identifier | ast.List):
            left += _children(node)
    return count


def _children(node: Any) -> list[Any]:
    names = ("left", "right", "operand", "owner", "lambda_", "expression")
    single = [getattr(node, name, None) for name in names]
    return [child for child in (*single, *getattr(node, "args", ())) if child is not None]
