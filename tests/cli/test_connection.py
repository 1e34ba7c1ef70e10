from __future__ import annotations

import pytest

from uipath_odata.auth import AccessToken, ClientCredentials, UserKey
from uipath_odata.cli.connection import credentials, deployment
from uipath_odata.errors import AuthenticationFailed, QueryError

CLOUD = "https://cloud.uipath.com"


@pytest.mark.parametrize(
    ("url", "organization", "tenant", "base_url"),
    [
        (None, "acme", "Default", f"{CLOUD}/acme/Default/orchestrator_"),
        (f"{CLOUD}/acme/Default", None, None, f"{CLOUD}/acme/Default/orchestrator_"),
        (f"{CLOUD}/acme/Default/", None, None, f"{CLOUD}/acme/Default/orchestrator_"),
        (f"{CLOUD}/acme/Default/orchestrator_", None, None, f"{CLOUD}/acme/Default/orchestrator_"),
        (f"{CLOUD}/acme/Default", "other", "Other", f"{CLOUD}/acme/Default/orchestrator_"),
        (
            "https://staging.uipath.com",
            "acme",
            "My Tenant",
            "https://staging.uipath.com/acme/My%20Tenant/orchestrator_",
        ),
        ("https://suite.acme.com", "acme", "a/b", "https://suite.acme.com/acme/a%2Fb/orchestrator_"),
        ("https://orchestrator.acme.com", None, None, "https://orchestrator.acme.com"),
        (
            "https://proxy.acme.com/deep/path/orchestrator",
            None,
            None,
            "https://proxy.acme.com/deep/path/orchestrator",
        ),
    ],
)
def test_a_tenant_is_found_by_what_was_given(url, organization, tenant, base_url):
    assert str(deployment(url, organization, tenant).base_url) == base_url


def test_a_host_with_a_tenant_alone_is_a_standalone_orchestrator():
    assert deployment("https://orchestrator.acme.com", None, "Default").tenant_name == "Default"


@pytest.mark.parametrize(
    ("url", "organization", "tenant"),
    [(None, None, None), (None, "acme", None), (None, None, "Default"), ("https://[", None, None)],
)
def test_too_little_to_find_a_tenant_is_refused_with_advice(url, organization, tenant):
    with pytest.raises(QueryError, match=r"UIPATH_URL|https://cloud"):
        deployment(url, organization, tenant)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"UIPATH_ACCESS_TOKEN": "t"}, AccessToken("t")),
        ({"UIPATH_PAT": "t"}, AccessToken("t")),
        (
            {"UIPATH_CLIENT_ID": "id", "UIPATH_CLIENT_SECRET": "s", "UIPATH_SCOPE": "OR.Jobs OR.Monitoring"},
            ClientCredentials("id", "s", "OR.Jobs OR.Monitoring"),
        ),
        (
            {
                "UIPATH_CLIENT_ID": "id",
                "UIPATH_USER_KEY": "k",
                "UIPATH_TOKEN_URL": "https://login.acme.com/token",
            },
            UserKey("id", "k", "https://login.acme.com/token"),
        ),
        ({"UIPATH_CLIENT_ID": "id", "UIPATH_USER_KEY": "k", "UIPATH_TOKEN_URL": ""}, UserKey("id", "k")),
    ],
)
def test_credentials_come_from_the_environment(environ, expected):
    assert credentials(environ) == expected


@pytest.mark.parametrize("environ", [{}, {"UIPATH_CLIENT_ID": "id"}, {"UIPATH_CLIENT_SECRET": "s"}])
def test_incomplete_credentials_are_refused_with_the_names_to_set(environ):
    with pytest.raises(AuthenticationFailed, match="UIPATH_CLIENT_SECRET"):
        credentials(environ)
