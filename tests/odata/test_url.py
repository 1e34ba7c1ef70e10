"""What the server reads is what was asked, byte for byte."""

from __future__ import annotations

import urllib.parse
from uuid import UUID

import pytest
from aiohttp import ClientSession, DummyCookieJar, web
from hypothesis import example, given
from hypothesis import strategies as st
from yarl import URL

from uipath_odata import Expand, Query
from uipath_odata.entities import Job, Release, ReleaseVersion
from uipath_odata.errors import QueryError
from uipath_odata.odata.expr.literals import literal_text
from uipath_odata.odata.url import check_length, encoded, key_segment, query_string

NASTY = (
    "a+b c%20d&e=f#g;h?i/j\\k'l''m\"n",
    "%27%22%00%zz%",
    "\x00\x01\x1f\x7f\r\n\t",
    "Söhne & Co. €\U0001f600\u2028\ufeff",
    "!~#$%^&*()_+=-",
    "' or 1 eq 1 or '",
    "$filter=x&$top=1",
    "",
)
texts = st.text(st.characters(codec="utf-8")) | st.text(st.sampled_from("'%&+# ;=?/\\(),$@\"a\x00"))


def asked(text):
    return Query(Job).filter(Job.release_name == text).select(Job.state).top(5)


@given(texts)
@example(NASTY[0])
def test_two_parsers_read_back_the_options_r109(text):
    query = asked(text)
    wanted = list(query.options.items())
    assert urllib.parse.parse_qsl(query.query_string, strict_parsing=True, keep_blank_values=True) == wanted
    assert list(URL.build(query_string=query.query_string, encoded=True).query.items()) == wanted


@given(texts)
def test_nothing_but_characters_of_a_query_is_in_it_r109(text):
    query = asked(text).query_string
    assert query.isascii()
    assert not set(query) & set("+ \"<>#'\\^`{|}?\n\r\t\x00")
    literal = query.split("eq%20", 1)[1].split("&", 1)[0]
    assert (
        literal.replace("%", "").replace("_", "").replace(".", "").replace("-", "").replace("~", "").isalnum()
    )
    assert query.count("&") == 2


@given(texts)
def test_encoding_twice_with_and_without_the_short_way_agrees(text):
    # A character that only the long way takes, put outside of all literals, changes nothing else.
    condition = f"Name eq {literal_text(text)}"
    assert encoded(condition + "\x01") == encoded(condition) + "%01"


def test_syntax_stays_and_the_rest_is_escaped():
    options = {
        "$filter": "contains(A/B,'(),:/*$@;=!') and C in ('a','b')",
        "$expand": "R($select=Name;$top=5)",
    }
    assert query_string(options) == (
        "$filter=contains(A/B,%27%28%29%2C%3A%2F%2A%24%40%3B%3D%21%27)%20and%20C%20in%20(%27a%27,%27b%27)"
        "&$expand=R($select=Name;$top=5)"
    )


def test_the_options_of_an_expand_survive():
    text = "x);$top=1&$filter='"
    inner = Expand(ReleaseVersion).filter(ReleaseVersion.version_number == text)
    query = Query(Release).expand(Release.release_versions, inner)
    assert urllib.parse.parse_qsl(query.query_string) == [*query.options.items()]
    assert query.options == {"$expand": "ReleaseVersions($filter=VersionNumber eq 'x);$top=1&$filter=''')"}


async def test_a_real_server_receives_each_text_r109():
    received = []

    async def remember(request):
        received.append((dict(request.query), request.path))
        return web.Response()

    runner = web.ServerRunner(web.Server(remember))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        for text in NASTY:
            url = f"http://127.0.0.1:{port}/Jobs({key_segment(text)})?{asked(text).query_string}"
            async with session.get(URL(url, encoded=True)):
                pass
    await runner.cleanup()
    doubled = [text.replace("'", "''") for text in NASTY]
    assert received == [
        (asked(text).options, f"/Jobs('{key}')") for text, key in zip(NASTY, doubled, strict=True)
    ]


@given(texts)
@example("..")
@example("1)/../../Robots(1")
def test_a_key_is_one_path_segment_r111(text):
    segment = key_segment(text)
    assert not set(segment) & set("/?#()&+ ;%\\") - {"%"}
    assert urllib.parse.unquote(segment) == "'" + text.replace("'", "''") + "'"
    url = URL(f"https://host/odata/Jobs({segment})/Next", encoded=True)
    assert url.raw_path == f"/odata/Jobs({segment})/Next"
    assert len(url.raw_parts) == 4


@pytest.mark.parametrize(
    ("key", "segment"),
    [
        (5, "5"),
        (-5, "-5"),
        ("a b", "'a%20b'"),
        ("O'Brien", "'O''Brien'"),
        ("Invoices:1.0.0", "'Invoices%3A1.0.0'"),
        (UUID("E49C0012-EE01-45E4-884C-0CE1F2AA6FBB"), "e49c0012-ee01-45e4-884c-0ce1f2aa6fbb"),
        (True, "true"),
    ],
)
def test_keys_are_written_as_literals(key, segment):
    assert key_segment(key) == segment


@pytest.mark.parametrize("key", [None, 1.5, b"x", ("a",), {"Id": 1}])
def test_what_is_no_key_is_refused_r111(key):
    with pytest.raises(QueryError, match="a key is an int, str or UUID, not"):
        key_segment(key)


def test_half_a_surrogate_pair_is_refused_before_sending():
    for refuse in (lambda text: asked(text).query_string, key_segment):
        with pytest.raises(QueryError, match="half a surrogate pair, which no URL can carry: remove it"):
            refuse("a\ud800")


def test_eight_thousand_characters_of_url_pass_and_one_more_does_not():
    check_length("x" * 8_000)
    with pytest.raises(QueryError, match="8001 characters and 8000 are safe: ask in several queries"):
        check_length("x" * 8_001)
