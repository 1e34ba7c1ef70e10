from __future__ import annotations

import pytest

from uipath_odata.emulator.http.answers import Refusal
from uipath_odata.emulator.http.options import Expand, Options, OrderTerm, parse, split

ALLOWED = {
    "$expand": 2,
    "$filter": 100,
    "$select": None,
    "$orderby": 5,
    "$top": 1000,
    "$skip": None,
    "$count": None,
}


def test_all_options_are_read():
    read = parse(
        "$filter=Name%20eq%20%27a%26b%27&$top=5&$skip=10&$count=true&$orderby=A,B desc,C  ASC&$select=A,B",
        ALLOWED,
    )
    assert read == Options(
        filter="Name eq 'a&b'",
        select=("A", "B"),
        orderby=(
            OrderTerm("A", descending=False),
            OrderTerm("B", descending=True),
            OrderTerm("C", descending=False),
        ),
        top=5,
        skip=10,
        count=True,
    )


def test_names_of_options_are_read_whatever_their_case():
    assert parse("$Filter=X", ALLOWED).filter == "X"


def test_options_of_one_s_own_are_passed_over():
    assert parse("api-version=3&@odata.context=x&empty=", ALLOWED) == Options()


def test_nested_expands_are_read():
    read = parse(
        "$expand=Robot($select=Name;$expand=User($top=1)),Release($filter=contains(Name,'a;b,c)'))", ALLOWED
    )
    user = Expand("User", Options(top=1))
    assert read.expand == (
        Expand("Robot", Options(select=("Name",), expand=(user,))),
        Expand("Release", Options(filter="contains(Name,'a;b,c)')")),
    )


@pytest.mark.parametrize(
    "query",
    [
        "$filter=",
        "$top=5&",
        "$search=x",
        "$apply=x",
        "$skiptoken=x",
        "$top=-1",
        "$top=1.5",
        "$top=x",
        "$skip=2147483648",
        "$count=maybe",
        "$top=1&$top=1",
        "$Top=1&$top=1",
        "filter=x",
        "orderby=Id",
        "$orderby=A,,B",
        "$orderby=A,B,C,D,E,F",
        "$select=f(",
        "$expand=A($expand=B($expand=C))",
        "$expand=Robot()x",
        "$expand=Robot(Name)",
        "$expand=Robot($levels=2)",
        "$expand=Robot,",
    ],
)
def test_what_orchestrator_does_not_take_is_refused(query):
    with pytest.raises(Refusal) as refused:
        parse(query, ALLOWED)
    assert (refused.value.status, refused.value.error_code) == (400, 1000)


def test_an_option_that_the_operation_does_not_have_is_refused():
    with pytest.raises(Refusal):
        parse("$filter=X", {"$select": None})


@pytest.mark.parametrize(("cap", "top"), [(1000, 1001), (100, 101)])
def test_more_than_a_page_is_refused_and_a_page_is_not(cap, top):
    allowed = {"$top": cap}
    assert parse(f"$top={top - 1}", allowed).top == cap
    with pytest.raises(Refusal) as refused:
        parse(f"$top={top}", allowed)
    assert refused.value.error_code == 1009
    assert refused.value.message == f"The field take must be between 0 and {cap}"


def test_a_plus_is_a_space_as_in_asp_net_and_an_encoded_one_is_a_plus():
    assert parse("$filter=A+eq+'b%2Bc'", ALLOWED).filter == "A eq 'b+c'"


def test_separators_in_quotes_and_parentheses_do_not_split():
    assert split("a,'b,c',f(d,e),'it''s,'", ",") == ["a", "'b,c'", "f(d,e)", "'it''s,'"]
