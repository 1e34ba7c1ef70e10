"""Filters are read by the names of Spark's classes."""

from __future__ import annotations

from types import SimpleNamespace

from uipath_odata.engines.pushdown import ColumnComparison
from uipath_odata.engines.spark_filters import comparisons_of


def made(name, column=("Id",), **facts):
    return type(name, (SimpleNamespace,), {})(attribute=column, **facts)


def test_a_column_compared_with_a_value_is_read():
    filters = [
        made("EqualTo", value=7),
        made("EqualNullSafe", value=None),
        made("In", value=(1, 2)),
        made("IsNull"),
        made("StringStartsWith", value="a"),
        type("Not", (SimpleNamespace,), {})(child=made("EqualTo", value=7)),
    ]
    assert comparisons_of(filters) == [
        ColumnComparison("Id", "==", 7),
        ColumnComparison("Id", "is null", None),
        ColumnComparison("Id", "in", (1, 2)),
        ColumnComparison("Id", "is null", None),
        ColumnComparison("Id", "startswith", "a"),
        ColumnComparison("Id", "!=", 7),
    ]


def test_what_is_nested_negated_or_new_is_left_to_spark():
    filters = [
        made("EqualTo", ("Robot", "Name"), value="a"),
        made("IsNotNull"),
        type("Not", (SimpleNamespace,), {})(child=made("LessThan", value=7)),
        type("Not", (SimpleNamespace,), {})(child=made("EqualNullSafe", value=None)),
        made("OfALaterSpark", value=7),
    ]
    assert comparisons_of(filters) == []
