"""Spark's filters as comparisons, read by class name, so that pyspark is not needed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from uipath_odata.engines.pushdown import ColumnComparison, Operator

__all__ = ["comparisons_of"]

_OPERATORS: Final[dict[str, Operator]] = {
    "EqualTo": "==", "EqualNullSafe": "==", "GreaterThan": ">", "GreaterThanOrEqual": ">=", "LessThan": "<",
    "LessThanOrEqual": "<=", "In": "in", "IsNull": "is null", "StringStartsWith": "startswith",
    "StringEndsWith": "endswith", "StringContains": "contains",
}  # fmt: skip


def comparisons_of(filters: Iterable[Any]) -> list[ColumnComparison]:
    """Return those that compare a column of the table itself with values."""
    return [found for each in filters if (found := _comparison(each)) is not None]


def _comparison(pushed: Any) -> ColumnComparison | None:
    negated = type(pushed).__name__ == "Not"
    found = pushed.child if negated else pushed
    operator = _OPERATORS.get(type(found).__name__)
    if operator is None or len(found.attribute) != 1 or (negated and operator != "=="):
        return None
    value = getattr(found, "value", None)
    if operator == "==" and value is None:
        operator = "is null"
    if not negated:
        return ColumnComparison(found.attribute[0], operator, value)
    return ColumnComparison(found.attribute[0], "!=", value) if operator == "==" else None
