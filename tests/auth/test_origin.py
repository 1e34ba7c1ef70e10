from __future__ import annotations

import pytest
from yarl import URL

from uipath_odata.auth.origin import check_origin, within
from uipath_odata.errors import QueryError

BASE = URL("https://cloud.uipath.com/acme/Default/orchestrator_")


@pytest.mark.parametrize(
    "url",
    [
        "https://o.example.com",
        "http://127.0.0.1:8080",
        "http://127.8.9.1",
        "http://localhost",
        "http://[::1]:1",
    ],
)
def test_tls_or_this_machine(url):
    assert check_origin(URL(url)) == URL(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://o.example.com",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://0.0.0.0",
        "http://[::]",
        "http://169.254.169.254",
        "http://10.0.0.1",
        "ftp://localhost",
        "file:///etc/passwd",
        "//localhost",
        "/odata",
        "",
        "https://user@o.example.com",
        "https://user:hunter2@o.example.com",
        "http://localhost@o.example.com",
    ],
)
def test_r50_credentials_go_nowhere_else(url):
    with pytest.raises(QueryError) as caught:
        check_origin(URL(url))
    assert "hunter2" not in str(caught.value)


def test_a_misspelt_scheme_is_named():
    with pytest.raises(QueryError, match=r"^htp is not a scheme that"):
        check_origin(URL("htp://o.example.com"))


@pytest.mark.parametrize(
    "url",
    [
        "https://cloud.uipath.com/acme/Default/orchestrator_/odata/Jobs",
        "https://cloud.uipath.com:443/acme/Default/orchestrator_/odata/Jobs?$top=1",
        "https://CLOUD.uipath.com/acme/Default/orchestrator_/api/x..y",
        "https://cloud.uipath.com/acme/Default/orchestrator_/odata/Settings('a.b')",
    ],
)
def test_below_the_base_url(url):
    assert within(BASE, URL(url, encoded=True).with_host(URL(url).host))


@pytest.mark.parametrize(
    "url",
    [
        "http://cloud.uipath.com/acme/Default/orchestrator_/odata/Jobs",
        "https://cloud.uipath.com:444/acme/Default/orchestrator_/odata/Jobs",
        "https://cloud.uipath.com./acme/Default/orchestrator_/odata/Jobs",
        "https://evil.example.com/acme/Default/orchestrator_/odata/Jobs",
        "https://cloud.uipath.com.evil.example.com/acme/Default/orchestrator_/odata",
        "https://cloud.uipath.com@evil.example.com/acme/Default/orchestrator_/odata",
        "//evil.example.com/acme/Default/orchestrator_/odata",
        "https://cloud.uipath.com/acme/Other/orchestrator_/odata/Jobs",
        "https://cloud.uipath.com/acme/Default/orchestrator_",
        "https://cloud.uipath.com/acme/Default/orchestrator_evil/odata",
        "https://cloud.uipath.com/acme/Default/orchestrator_/../../x",
        "https://cloud.uipath.com/acme/Default/orchestrator_/%2e%2e/x",
        "https://cloud.uipath.com/acme/Default/orchestrator_/.%2E/x",
        "https://cloud.uipath.com/acme/Default/orchestrator_/..%2Fx",
        "https://cloud.uipath.com/acme/Default/orchestrator_/a%5c..%5cx",
        "https://cloud.uipath.com/acme/Default/orchestrator_/x/..",
        "https://cloud.uipath.com/acme/Default/orchestrator_/x/.",
        "https://cloud.uipath.com/odata/Jobs",
    ],
)
def test_r65_r66_anywhere_else_is_foreign(url):
    assert not within(BASE, URL(url, encoded=True))


def test_a_base_url_without_a_path_covers_the_host():
    assert within(URL("https://o.example.com"), URL("https://o.example.com/odata/Jobs"))
