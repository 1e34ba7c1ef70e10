from __future__ import annotations

import datetime as dt
import enum
import math
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata import Instant, Query, path
from uipath_odata.entities import Job
from uipath_odata.errors import QueryError
from uipath_odata.odata.expr.literals import literal_text
from uipath_odata.odata.query import selects_nothing


class Colour(enum.IntEnum):
    RED = 3

    def __str__(self):
        return "1 or 1 eq 1"


class Ratio(float):
    def __repr__(self):
        return "Ratio(0.5)"


class Word(enum.StrEnum):
    QUOTED = "it's"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-(2**63), "-9223372036854775808"),
        (2**63 - 1, "9223372036854775807"),
        (Colour.RED, "3"),
        (1.5, "1.5"),
        (-0.25, "-0.25"),
        (1e22, "1e22"),
        (1e-7, "1e-07"),
        (Ratio(0.5), "0.5"),
        (math.inf, "INF"),
        (-math.inf, "-INF"),
        (Decimal("1.10"), "1.10"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-1E-7"), "-0.0000001"),
        (Decimal("12345678901234567890.123456789"), "12345678901234567890.123456789"),
        ("", "''"),
        ("DocBot", "'DocBot'"),
        ("O'Brien", "'O''Brien'"),
        ("'", "''''"),
        ("a\\b\n%27\u20ac\U0001f600", "'a\\b\n%27\u20ac\U0001f600'"),
        (Word.QUOTED, "'it''s'"),
        (UUID("E49C0012-EE01-45E4-884C-0CE1F2AA6FBB"), "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb"),
        (dt.date(1, 1, 1), "0001-01-01"),
        (dt.date(2024, 2, 29), "2024-02-29"),
        (dt.time(7, 5), "07:05:00"),
        (dt.time(23, 59, 59, 1), "23:59:59.000001"),
        (dt.datetime(2018, 3, 5, 3, 48, 4, 147_000, tzinfo=dt.UTC), "2018-03-05T03:48:04.147Z"),
        (dt.datetime(1, 1, 1, tzinfo=dt.UTC), "0001-01-01T00:00:00Z"),
        (dt.datetime(2024, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=-1))), "2024-01-01T01:00:00Z"),
        (Instant.parse("2019-10-14T13:55:18.2473626Z"), "2019-10-14T13:55:18.2473626Z"),
        (dt.timedelta(0), "duration'P0D'"),
        (dt.timedelta(days=2), "duration'P2D'"),
        (dt.timedelta(hours=-1), "duration'-PT1H'"),
        (dt.timedelta(minutes=90), "duration'PT1H30M'"),
        (dt.timedelta(seconds=10), "duration'PT10S'"),
        (dt.timedelta(days=1, microseconds=-1), "duration'PT23H59M59.999999S'"),
        (dt.timedelta(days=-1, microseconds=500_000), "duration'-PT23H59M59.5S'"),
    ],
)  # fmt: skip
def test_every_kind_of_value_has_its_literal(value, text):
    assert literal_text(value) == text


@pytest.mark.parametrize("value", [math.nan, Decimal("NaN"), Decimal("Infinity"), object(), b"x", [1], 1j])
def test_what_has_no_literal_is_refused(value):
    with pytest.raises(QueryError, match=r": (leave|use) "):
        literal_text(value)


@pytest.fixture(scope="module")
def judge(grammar_with):
    return grammar_with({})


@given(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.dates(), st.times(),
        st.decimals(allow_nan=False, allow_infinity=False), st.uuids(), st.timedeltas(),
        st.integers(0, 3_155_378_975_999_999_999).map(Instant),
    )
)  # fmt: skip
def test_each_literal_is_one_by_the_grammar_of_oasis(judge, value):
    assert judge.accepts("primitiveLiteral", literal_text(value))


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("decimalValue", Decimal("3.14")),
        ("decimalValue", Decimal("-3.14")),
        ("decimalValue", Decimal("1e10")),
        ("doubleValue", math.inf),
        ("doubleValue", -math.inf),
        ("stringLiteral", "ABCDEFGHIHJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=@"),
        ("durationLiteral", dt.timedelta(days=6, hours=23, minutes=59, seconds=59, milliseconds=999)),
        ("date", dt.date(2012, 9, 10)),
        ("guid", UUID("01234567-89ab-cdef-0123-456789abcdef")),
    ],
)  # fmt: skip
def test_a_literal_of_each_rule_is_one(judge, rule, value):
    assert judge.accepts(rule, literal_text(value))


def test_no_suffix_marks_an_int64():
    assert Query(Job).filter(Job.id == 123).options == {"$filter": "Id eq 123"}


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([5], "X eq 5"),
        ([5, 5], "X eq 5"),
        ([1, 2], "X in (1,2)"),
        (["a", "b'c"], "X in ('a','b''c')"),
        ([None], "X eq null"),
        ([1, None], "X eq 1 or X eq null"),
        ([1, None, 2], "X in (1,2) or X eq null"),
        ([1, True, 1.0], "X in (1,true,1.0)"),
        ([], "false"),
    ],
)
def test_in_takes_one_value_as_eq_and_none_as_null(values, text):
    query = Query(Job).filter(path("X").in_(values))
    assert query.options == {"$filter": text}
    assert selects_nothing(query) is (values == [])
