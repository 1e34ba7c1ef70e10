"""The worlds' own reading of filters, held against another parser of OData."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odata_query import ast
from odata_query.grammar import ODataLexer, ODataParser

from .filters import SECOND, Semantics, conjuncts, moment_of, text_of

_KINDS = {"Id": "number", "At": "moment", "Key": "guid", "State": "enum"}
_NAMES = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.And: "and",
    ast.Or: "or",
}


def _tree_of(node):
    match node:
        case ast.BoolOp(op=op, left=left, right=right):
            word, parts = _NAMES[type(op)], []
            for part in (_tree_of(left), _tree_of(right)):
                parts += part[1:] if part[0] == word else (part,)
            return (word, *parts)
        case ast.UnaryOp(operand=operand):
            return ("not", _tree_of(operand))
        case ast.Compare(comparator=ast.In(), left=left, right=right):
            return ("in", left.name, *(_value(each) for each in right.val))
        case ast.Compare(comparator=operator, left=left, right=right):
            return (_NAMES[type(operator)], left.name, _value(right))
    pytest.fail(f"{node} is not read")


def _value(node):
    return None if isinstance(node, ast.Null) else node.val


_texts = st.text("ab' æ()", min_size=1, max_size=4)
_literals = st.one_of(
    _texts.map(lambda text: "'" + text.replace("'", "''") + "'"),
    st.integers(0, 99).map(str),
    st.just("null"),
)
_comparisons = st.one_of(
    st.tuples(st.sampled_from(["Id", "State"]), st.sampled_from(["eq", "ne", "gt", "le"]), _literals).map(
        " ".join
    ),
    st.lists(_literals, min_size=2, max_size=3).map(lambda each: f"State in ({', '.join(each)})"),
)
_filters = st.recursive(
    _comparisons,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda each: f"({each[0]}) {each[1]} ({each[2]})"
        ),
        inner.map(lambda each: f"not ({each})"),
        st.tuples(_comparisons, st.sampled_from(["and", "or"]), _comparisons).map(" ".join),
    ),
    max_leaves=6,
)


@given(_filters)
def test_a_filter_is_read_as_another_parser_reads_it(text):
    tree = _tree_of(ODataParser().parse(ODataLexer().tokenize(text)))
    assert conjuncts(text) == (tree[1:] if tree[0] == "and" else (tree,))


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("Id gt 3", True),
        ("Id gt 4 or Id eq 4", True),
        ("Id le 3", False),
        ("not (Id eq 4)", False),
        ("Name eq null", True),
        ("Name ne 'x'", True),
        ("Name lt 'x'", False),
        ("At gt 2024-02-28T23:59:01Z", False),
        ("At ge 2024-02-28T23:59:01Z and At lt 2024-02-28T23:59:01.001Z", True),
        ("Key eq AB3B2C1A-0000-4000-8000-000000000001", True),
        ("State in ('New','Old') and Id eq 4", True),
        ("State eq 'new'", False),
    ],
)
def test_a_row_meets_a_filter(text, met):
    row = {
        "Id": 4,
        "Name": None,
        "At": "2024-02-28T23:59:01Z",
        "Key": "ab3b2c1a-0000-4000-8000-000000000001",
        "State": "Old",
    }
    assert Semantics(kinds=_KINDS).predicate(("and", *conjuncts(text)))(row) is met


def test_a_collation_that_folds_makes_texts_equal():
    predicate = Semantics(folds=True).predicate(("eq", "Name", "Ae"))
    assert [each for each in ("ae", "æ", "AE ", "Äe", "a e") if predicate({"Name": each})] == [
        "ae",
        "æ",
        "AE ",
        "Äe",
    ]


def test_a_coarse_server_cuts_or_rounds_a_moment():
    row = {"TimeStamp": text_of(10_000)}
    for rounds, met in ((False, True), (True, False)):
        kinds = {"TimeStamp": "moment"}
        coarse = Semantics(kinds=kinds, precision=10_000, rounds=rounds)
        assert coarse.predicate(("gt", "TimeStamp", text_of(9_999)))(row) is met


@given(st.integers(0, 10**14))
def test_a_moment_is_written_and_read_again(moment):
    assert moment_of(text_of(moment)) == moment
    assert moment_of("2024-02-28T23:59:01.5Z") == SECOND * 3 // 2
