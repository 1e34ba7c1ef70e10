"""Of a next link nothing is used but what continues the list (R65, R66)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata.errors import NotProven
from uipath_odata.paging.offset.next_link import continuation_of


@pytest.mark.parametrize(
    ("link", "query", "rank"),
    [
        ("Jobs?$skip=10", "$skip=10", 10),
        ("Jobs?%24skip=10&%24top=5", "$skip=10", 10),
        ("http://orchestrator-7.internal:8080/odata/Jobs?$filter=a&$skiptoken=Id-5", "$skiptoken=Id-5", None),
        ("//evil.example/odata/Jobs?$skiptoken=%252F%2b+x#part", "$skiptoken=%252F%2b+x", None),
        ("?$skiptoken=a=b==&$count=true", "$skiptoken=a=b==", None),
        ("Jobs?$SkipToken='2024-05-14T00:00:00Z',7", "$skiptoken='2024-05-14T00:00:00Z',7", None),
        ("Jobs?$skip=5&$skiptoken=x", "$skip=5&$skiptoken=x", None),
    ],
)
def test_what_continues_the_list_is_taken_as_it_was_written(link, query, rank):
    rest = continuation_of(link)
    assert (rest.query, rest.rank) == (query, rank)


@pytest.mark.parametrize(
    "link",
    [
        "",
        "Jobs",
        "https://cloud.example.com/odata/Jobs?page=2",
        "Jobs?skip",
        "Jobs?$top=5",
        "Jobs#?$skip=5",
        "https://evil.example?@127.0.0.1/odata/Jobs?$skip=1",
        "Jobs?$skip=",
        "Jobs?$skip=-1",
        "Jobs?$skip=1e3",
        "Jobs?$skip=\u0661",
        "Jobs?$skip=9999999999999999999",
        "Jobs?$skip=5&$skip=6",
        "Jobs?$skiptoken=a&%24skiptoken=b",
        "Jobs?$skiptoken=",
        "Jobs?$skiptoken=a b",
        "Jobs?$skiptoken=a%2",
        "Jobs?$skiptoken=a%zz",
        "Jobs?$skiptoken=a\r\nHost: evil.example",
        "Jobs?$skiptoken=\u0441",
        "Jobs?$skiptoken=a\\b",
        "javascript:alert(1)",
    ],
)
def test_a_link_that_does_not_say_how_to_go_on_is_refused(link):
    with pytest.raises(NotProven, match=r"next link.*narrow the filter"):
        continuation_of(link)


def test_the_refusal_does_not_repeat_the_link():
    with pytest.raises(NotProven) as caught:
        continuation_of("https://evil.example/?token=hunter2")
    assert "hunter2" not in str(caught.value)


@given(st.text(alphabet="$skiptoken=&?#%25 /\\\r\n\u00e9", max_size=40))
def test_no_text_brings_another_option_or_a_line_break(link):
    try:
        query = continuation_of("?" + link).query
    except NotProven:
        return
    assert {option.partition("=")[0] for option in query.split("&")} <= {"$skip", "$skiptoken"}
    assert query.isascii()
    assert query.isprintable()
    assert not {" ", "#", "\\"} & set(query)
