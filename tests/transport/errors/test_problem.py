"""Every shape of error body that Orchestrator and its gateways are known to send."""

from __future__ import annotations

import time
from urllib.parse import quote

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uipath_odata.auth import Secret
from uipath_odata.transport.errors.problem import Problem, read_problem

TRACE = "00-8a2f0d1c-6b1f-01"
SHAPES = {
    "orchestrator": (
        b'{"message":"Item not found","errorCode":1002,"traceId":"00-8a2f0d1c-6b1f-01","resourceIds":[]}',
        Problem("Item not found", 1002, TRACE),
    ),
    "strict binding": (
        b'{"message":"roleDto must not be null","errorCode":0}',
        Problem("roleDto must not be null", 0),
    ),
    "problem details": (
        (
            b'{"errors":{"Name":["is required","is short"],"Id":["is bad"]},"title":"Validation failed","status":400,'
            b'"traceId":"00-8a2f0d1c-6b1f-01"}'
        ),
        Problem("Validation failed Name: is required is short; Id: is bad", None, TRACE),
    ),
    "problem with detail": (
        b'{"title":"Too large","detail":"Ask for less.","status":413}',
        Problem("Too large Ask for less."),
    ),
    "abp": (
        (
            b'{"message":"You are not authorized!","errorCode":0,"result":null,"success":false,"error":{"code":0,'
            b'"message":"other","details":"Ask an administrator.","validationErrors":null},"__abp":true}'
        ),
        Problem("You are not authorized! Ask an administrator.", 0),
    ),
    "abp, inner only": (
        (
            b'{"result":null,"success":false,"error":{"code":1000,"message":"Invalid password.",'
            b'"details":[{"message":"one"},{"message":"two"}]},"__abp":true}'
        ),
        Problem("Invalid password. one; two", 1000),
    ),
    "pascal case": (
        b'{"StatusCode":400,"StatusDescription":"BadRequest","Message":"Wrong","ErrorCode":"1009","TraceId":"t"}',
        Problem("Wrong", 1009, "t"),
    ),
    "portal": (b'{"errorMessage":"scope not found."}', Problem("scope not found.")),
    "bulk identity": (
        b'{"result":{"succeeded":false,"errors":[{"code":"Dup","description":"Name is taken"}]}}',
        Problem("Name is taken"),
    ),
    "odata": (
        b'{"error":{"code":"","message":"The query is invalid","innererror":{}}}',
        Problem("The query is invalid"),
    ),
    "oauth": (b'{"error":"invalid_token","error_description":"It expired"}', Problem("It expired")),
    "latin-1": (
        '{"message":"Ordner fehlt für diese Aktion","errorCode":1101}'.encode("latin-1"),
        Problem("Ordner fehlt f\ufffdr diese Aktion", 1101),
    ),
    "oauth, code only": (b'{"error":"invalid_token"}', Problem("invalid_token")),
    "text in JSON": (b'"Not found"', Problem("Not found")),
    "list": (b"[1,2]", Problem()),
    "empty": (b"", Problem()),
    "byte order mark": (b'\xef\xbb\xbf{"message":"Wrong"}', Problem("Wrong")),
    "html": (
        (
            b"<html><head><style>p{}</style><title>Sign in</title><script>var token='x'</script></head>"
            b"<body>\r\n<p>Please &amp; sign&nbsp;in</p></body></html>"
        ),
        Problem("Sign in Please & sign in"),
    ),
    "xml": (
        b"<?xml version='1.0'?><Error><Code>AuthenticationFailed</Code></Error>",
        Problem("AuthenticationFailed"),
    ),
    "wrong charset": ("アクセス".encode("shift_jis"), Problem("�A�N�Z�X")),
    "wrong types": (
        b'{"message":5,"errorCode":true,"traceId":7,"errors":[1],"error":{"details":3}}',
        Problem(),
    ),
}


@pytest.mark.parametrize(("body", "problem"), SHAPES.values(), ids=SHAPES)
def test_each_shape_is_read(body, problem):
    assert read_problem(body) == problem


def test_a_message_cannot_forge_a_line_or_drive_a_terminal():
    problem = read_problem(b'{"message":"one\\r\\ntwo \\u001b[31m\\u009b1m red\\u2028end","traceId":"a\\nb"}')
    assert problem.message == "one two [31m 1m red end"
    assert problem.trace_id == "a b"


def test_a_token_that_the_server_repeats_is_not_shown():
    body = b'{"message":"Bearer abcdefgh12345 is bad, eyJhbGciOi.eyJzdWIi.c2ln too"}'
    assert read_problem(body).message == "*** is bad, *** too"


def test_a_long_message_is_cut():
    assert len(read_problem(b'{"message":"' + b"long " * 1_000 + b'"}').message) <= 500
    assert len(read_problem(b"<p>" + b"long " * 100_000).message) <= 200


@given(st.binary(max_size=200))
def test_no_body_makes_it_fail(body):
    assert isinstance(read_problem(body), Problem)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=9),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["message", "Message", "error", "errors", "details", "result", "title", "errorCode", "code"]
            ),
            children,
            max_size=5,
        )
    ),
)


@given(json_values)
def test_no_json_makes_it_fail(value):
    orjson = pytest.importorskip("orjson")
    problem = read_problem(orjson.dumps(value))
    assert isinstance(problem.message, str)


PAGES = (b"<" * 8_192, b"<script>" * 1_024, b"<style><" * 1_024, b"</script" * 1_024, b"<a>" * 2_730)


@pytest.mark.parametrize("page", PAGES, ids=["open", "script", "style", "closing", "tags"])
def test_no_page_costs_more_than_its_length(page):
    """The processor's time, not the wall's: a pattern that looks ahead from each tag takes 1,000 times as long."""
    plain = 8_192 * b"x"
    assert cost(page) < 500 * cost(plain)


def cost(page):
    def once():
        began = time.process_time_ns()
        read_problem(page)
        return time.process_time_ns() - began

    return min(once() for _ in range(5))


def test_a_page_shows_what_stands_around_a_script_that_never_ends():
    assert read_problem(b"<h1>Busy</h1><SCRIPT>var a = '<b>'").message == "Busy"
    assert read_problem(b"<h1>Busy</h1><script>x</script >later").message == "Busy later"
    assert read_problem(b"a < b").message == "a"


def test_what_another_service_answered_is_read_and_not_quoted_as_json():
    inner = '{"error":{"message":"The robot is gone.","code":77}}'
    body = orjson.dumps({"message": inner, "traceId": "t"})
    assert read_problem(body).message == "The robot is gone."
    assert read_problem(body).error_code == 77


@pytest.mark.parametrize("spelled", [str, lambda text: quote(text, safe="")], ids=["plain", "encoded"])
def test_a_known_secret_is_masked_wherever_it_stands(spelled):
    secret = Secret("pass/word+9")
    for words in ("[{}]", "token={}&x", '{{"message":"no {} here"}}'):
        assert "pass" not in read_problem(words.format(spelled("pass/word+9")).encode(), [secret]).message
