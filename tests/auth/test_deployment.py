from __future__ import annotations

import pytest
from yarl import URL

from uipath_odata.auth import Deployment
from uipath_odata.errors import QueryError

ACCOUNT = "https://account.uipath.com/oauth/token"


def parts(deployment):
    return str(deployment.base_url), deployment.token_url, deployment.account_url, deployment.tenant_name


def test_automation_cloud():
    assert parts(Deployment.cloud("acme", "Default")) == (
        "https://cloud.uipath.com/acme/Default/orchestrator_",
        "https://cloud.uipath.com/acme/identity_/connect/token",
        ACCOUNT,
        None,
    )


def test_the_public_sector_has_no_place_for_user_keys():
    assert parts(Deployment.cloud("acme", "Default", host="govcloud.uipath.us")) == (
        "https://govcloud.uipath.us/acme/Default/orchestrator_",
        "https://govcloud.uipath.us/acme/identity_/connect/token",
        None,
        None,
    )


def test_an_automation_suite():
    assert parts(Deployment.automation_suite("suite.example.com:8443", "acme", "Default")) == (
        "https://suite.example.com:8443/acme/Default/orchestrator_",
        "https://suite.example.com:8443/identity_/connect/token",
        None,
        None,
    )


def test_a_standalone_orchestrator():
    assert parts(Deployment.standalone("https://orchestrator.example.com/", "Default")) == (
        "https://orchestrator.example.com",
        "https://orchestrator.example.com/identity/connect/token",
        None,
        "Default",
    )


@pytest.mark.parametrize(
    ("base_url", "token_url", "account_url"),
    [
        (
            "https://cloud.uipath.com/acme/Default/orchestrator_",
            "https://cloud.uipath.com/acme/identity_/connect/token",
            ACCOUNT,
        ),
        (
            "https://own.dedicated.uipath.com/acme/Default/orchestrator_/",
            "https://own.dedicated.uipath.com/acme/identity_/connect/token",
            ACCOUNT,
        ),
        (
            "https://uipath.com.example.com/a/b/orchestrator_",
            "https://uipath.com.example.com/identity_/connect/token",
            None,
        ),
        ("https://notuipath.com/a/b/orchestrator_", "https://notuipath.com/identity_/connect/token", None),
        (
            "https://platform.uipath.com/acme/Default",
            "https://platform.uipath.com/acme/Default/identity/connect/token",
            ACCOUNT,
        ),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/identity/connect/token", None),
        (
            "https://o.example.com/dept/orchestrator",
            "https://o.example.com/dept/orchestrator/identity/connect/token",
            None,
        ),
    ],
)
def test_a_base_url_tells_its_kind(base_url, token_url, account_url):
    assert parts(Deployment.at(base_url)) == (base_url.rstrip("/"), token_url, account_url, None)
    assert Deployment.at(URL(base_url)) == Deployment.at(base_url)


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        ("A B", "A%20B"),
        ("a/b", "a%2Fb"),
        ("Büro", "B%C3%BCro"),
        ("50%", "50%25"),
        ("a?b#c", "a%3Fb%23c"),
        ("a..b", "a..b"),
    ],
)
def test_names_are_path_segments(name, segment):
    deployment = Deployment.cloud(name, name)
    assert deployment.base_url.raw_path == f"/{segment}/{segment}/orchestrator_"
    assert deployment.token_url == f"https://cloud.uipath.com/{segment}/identity_/connect/token"


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_is_no_segment_is_refused(name):
    with pytest.raises(QueryError, match="copy it from the address"):
        Deployment.cloud(name, "Default")
    with pytest.raises(QueryError, match="copy it from the address"):
        Deployment.automation_suite("suite.example.com", "acme", name)


@pytest.mark.parametrize("name", ["", "a\r\nX: 1", " a", "a ", "Büro"])
def test_r112_a_tenant_that_cannot_be_a_header_is_refused(name):
    with pytest.raises(QueryError, match="cannot be a header"):
        Deployment.standalone("o.example.com", name)


@pytest.mark.parametrize(
    "url",
    [
        "http://o.example.com",
        "https://user:hunter2@o.example.com/",
        "https://o.example.com/?a=1",
        "https://o.example.com/#x",
    ],
)
def test_r50_a_base_url_that_could_leak_is_refused(url):
    with pytest.raises(QueryError) as caught:
        Deployment.at(url)
    assert "hunter2" not in str(caught.value)


def test_a_host_is_not_a_base_url():
    with pytest.raises(QueryError, match="carries a path"):
        Deployment.standalone("https://o.example.com/orchestrator", "Default")


@pytest.mark.parametrize("end", ["odata", "odata/", "OData"])
def test_a_base_url_with_what_each_request_adds_is_refused(end):
    with pytest.raises(QueryError, match="leave that out"):
        Deployment.at(f"https://cloud.uipath.com/acme/Default/orchestrator_/{end}")


@pytest.mark.parametrize(
    "url",
    [
        "https://[::1",
        "https://o.example.com:99999",
        "https://user:canary@[bad/x",
        "https://o\ud800.com",
        5,
        None,
    ],
)
def test_an_address_that_is_none_is_refused_without_showing_it(url):
    with pytest.raises(QueryError) as caught:
        Deployment.at(url)
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


@pytest.mark.parametrize("name", ["a\ud800", "a\n", "\0"])
def test_a_name_that_no_url_can_hold_is_refused(name):
    for make in (lambda: Deployment.cloud(name, "t"), lambda: Deployment.cloud("o", name)):
        with pytest.raises(QueryError, match="control character"):
            make()
