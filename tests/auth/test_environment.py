from __future__ import annotations

import ssl

import pytest

from uipath_odata import Orchestrator
from uipath_odata.auth import AccessToken, ClientCredentials, UserKey
from uipath_odata.auth.environment import credentials, deployment, folder, login_pages, trust
from uipath_odata.errors import AuthenticationFailed, QueryError

CLOUD = "https://cloud.uipath.com"
ACME = {"UIPATH_ORGANIZATION": "acme", "UIPATH_TENANT": "Default"}
OTHER = {"UIPATH_URI": "https://other.example.com", "UIPATH_ORGANIZATION": "other", "UIPATH_TENANT": "Other"}
APPLICATION = {"UIPATH_CLIENT_ID": "id", "UIPATH_CLIENT_SECRET": "s"}
TOKEN = {"UIPATH_ACCESS_TOKEN": "t"}


@pytest.mark.parametrize(
    ("environ", "base_url"),
    [
        (ACME, f"{CLOUD}/acme/Default/orchestrator_"),
        ({**ACME, "UIPATH_URL": ""}, f"{CLOUD}/acme/Default/orchestrator_"),
        ({"UIPATH_URL": f"{CLOUD}/acme/Default"}, f"{CLOUD}/acme/Default/orchestrator_"),
        ({"UIPATH_URL": f"{CLOUD}/acme/Default/"}, f"{CLOUD}/acme/Default/orchestrator_"),
        ({"UIPATH_URL": f"{CLOUD}/acme/Default/orchestrator_"}, f"{CLOUD}/acme/Default/orchestrator_"),
        ({"UIPATH_URL": "cloud.uipath.com/acme/Default"}, f"{CLOUD}/acme/Default/orchestrator_"),
        ({**OTHER, "UIPATH_URL": f"{CLOUD}/acme/Default"}, f"{CLOUD}/acme/Default/orchestrator_"),
        ({**OTHER, "UIPATH_URL": "https://o.example.com"}, "https://o.example.com/other/Other/orchestrator_"),
        (OTHER, "https://other.example.com/other/Other/orchestrator_"),
        (
            {"UIPATH_URI": "https://staging.uipath.com", **ACME, "UIPATH_TENANT": "My Tenant"},
            "https://staging.uipath.com/acme/My%20Tenant/orchestrator_",
        ),
        (
            {"UIPATH_URI": "https://suite.acme.com", **ACME, "UIPATH_TENANT": "a/b"},
            "https://suite.acme.com/acme/a%2Fb/orchestrator_",
        ),
        ({"UIPATH_URL": "https://orchestrator.acme.com"}, "https://orchestrator.acme.com"),
        (
            {"UIPATH_URL": "https://proxy.acme.com/deep/path/orchestrator"},
            "https://proxy.acme.com/deep/path/orchestrator",
        ),
    ],
)
def test_a_tenant_is_found_by_what_the_environment_says(environ, base_url):
    assert str(deployment(environ).base_url) == base_url


@pytest.mark.parametrize("variable", ["UIPATH_URL", "UIPATH_URI"])
def test_a_host_with_a_tenant_alone_is_a_standalone_orchestrator(variable):
    found = deployment({variable: "https://orchestrator.acme.com", "UIPATH_TENANT": "Default"})
    assert found.tenant_name == "Default"


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({}, "set UIPATH_URL, or UIPATH_ORGANIZATION and UIPATH_TENANT"),
        ({"UIPATH_ORGANIZATION": "acme"}, "UIPATH_ORGANIZATION is set and UIPATH_TENANT is not"),
        ({"UIPATH_TENANT": "Default"}, "UIPATH_TENANT is set and UIPATH_ORGANIZATION is not"),
        (
            {"UIPATH_URI": "https://suite.acme.com", "UIPATH_ORGANIZATION": "acme"},
            "UIPATH_TENANT is not: set both",
        ),
        ({"UIPATH_URL": CLOUD, "UIPATH_ORGANIZATION": "acme"}, "UIPATH_TENANT is not: set both"),
        ({"UIPATH_URI": "https://suite.acme.com"}, "No Orchestrator is named"),
        ({"UIPATH_URL": "https://["}, "write it like https://cloud"),
        ({"UIPATH_URL": "http://o.example.com/acme/Default"}, "without TLS"),
    ],
)
def test_too_little_to_find_a_tenant_names_what_is_missing(environ, said):
    with pytest.raises(QueryError, match=said):
        deployment(environ)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        (TOKEN, AccessToken("t")),
        ({"UIPATH_PAT": "p"}, AccessToken("p")),
        (
            {**APPLICATION, "UIPATH_SCOPE": "OR.Jobs OR.Assets"},
            ClientCredentials("id", "s", "OR.Jobs OR.Assets"),
        ),
        ({**APPLICATION, "UIPATH_SCOPE": ""}, ClientCredentials("id", "s")),
        ({**APPLICATION, "UIPATH_USER_KEY": "k"}, ClientCredentials("id", "s")),
        ({"UIPATH_CLIENT_ID": "id", "UIPATH_USER_KEY": "k", "UIPATH_TOKEN_URL": ""}, UserKey("id", "k")),
        (
            {"UIPATH_CLIENT_ID": "id", "UIPATH_USER_KEY": "k", "UIPATH_TOKEN_URL": "https://id.acme.com/t"},
            UserKey("id", "k", "https://id.acme.com/t"),
        ),
        (
            {**APPLICATION, "UIPATH_IDENTITY_URI": "https://id.acme.com/identity_/"},
            ClientCredentials("id", "s", token_url="https://id.acme.com/identity_/connect/token"),
        ),
        ({**TOKEN, **APPLICATION, "UIPATH_PAT": "p"}, AccessToken("t")),
        ({**TOKEN, "UIPATH_CLIENT_ID": "id"}, AccessToken("t")),
        ({**APPLICATION, "UIPATH_PAT": "p"}, ClientCredentials("id", "s")),
    ],
)
def test_a_token_wins_over_an_application_and_that_over_a_personal_token(environ, expected):
    assert credentials(environ) == expected


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"UIPATH_CLIENT_ID": "id"}, "UIPATH_CLIENT_ID is set without UIPATH_CLIENT_SECRET"),
        ({"UIPATH_CLIENT_ID": "id", "UIPATH_PAT": "p"}, "UIPATH_CLIENT_ID is set without"),
        ({"UIPATH_CLIENT_SECRET": "canary"}, "UIPATH_CLIENT_SECRET is set without UIPATH_CLIENT_ID"),
        ({"UIPATH_USER_KEY": "canary"}, "UIPATH_USER_KEY is set without UIPATH_CLIENT_ID"),
    ],
)
def test_half_of_a_group_names_the_other_half(environ, said):
    with pytest.raises(AuthenticationFailed, match=said) as caught:
        credentials(environ)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("name", ["UIPATH_DISABLE_SSL_VERIFY", "UIPATH_INSECURE"])
@pytest.mark.parametrize("value", ["1", "true", "True", "yes", "on", "anything"])
def test_r05_certificates_are_checked_whatever_the_environment_says(name, value):
    with pytest.raises(QueryError, match=f"{name} is set.*ca_file"):
        Orchestrator.from_env({**ACME, **TOKEN, name: value})


@pytest.mark.parametrize("value", ["", "0", "false", "FALSE", "no", "off", " "])
def test_a_variable_that_says_no_is_no(value):
    assert trust({"UIPATH_INSECURE": value, "UIPATH_DISABLE_SSL_VERIFY": value}) == {}


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_the_bundle_of_other_tools_is_trusted_unless_another_is_given(name, tmp_path):
    environ = {**ACME, **TOKEN, name: str(tmp_path / "missing.pem")}
    assert trust(environ) == {"ca_file": str(tmp_path / "missing.pem")}
    with pytest.raises(QueryError, match=r"missing.pem cannot be read as certificates, No such file.*: give"):
        Orchestrator.from_env(environ)
    assert Orchestrator.from_env(environ, ssl_context=ssl.create_default_context()) is not None


def test_a_bundle_may_be_a_directory(tmp_path):
    assert Orchestrator.from_env({**ACME, **TOKEN, "REQUESTS_CA_BUNDLE": str(tmp_path)}) is not None


@pytest.mark.parametrize(
    ("environ", "headers"),
    [
        ({}, {}),
        ({"UIPATH_FOLDER_PATH": "Shared"}, {"X-UIPATH-FolderPath": "Shared"}),
        (
            {
                "UIPATH_FOLDER_KEY": "0EE0A3B3-5D26-4B50-9F0C-111111111111",
                "UIPATH_FOLDER_PATH": "Shared",
            },
            {"X-UIPATH-FolderKey": "0ee0a3b3-5d26-4b50-9f0c-111111111111"},
        ),
    ],
)
def test_the_folder_of_the_environment_is_that_of_all_calls_and_gives_way(environ, headers):
    orchestrator = Orchestrator.from_env({**ACME, **TOKEN, **environ})
    assert orchestrator._channel.headers == headers
    assert orchestrator.folder(id=7)._channel.headers == {"X-UIPATH-OrganizationUnitId": "7"}
    assert (folder(environ) is None) == (headers == {})


def test_a_client_comes_from_the_environment_alone():
    orchestrator = Orchestrator.from_env({**ACME, **TOKEN}, read_only=True)
    assert str(orchestrator.base_url) == f"{CLOUD}/acme/Default/orchestrator_"
    assert orchestrator._channel.settings.read_only


def test_credentials_that_are_given_need_no_variables():
    assert Orchestrator.from_env(ACME, credentials=AccessToken("t")).base_url.host == "cloud.uipath.com"


def test_the_login_pages_of_the_environment():
    assert login_pages({}) == {}
    assert login_pages({"UIPATH_IDENTITY_URI": "https://id.acme.com/identity"}) == {
        "authorize_url": "https://id.acme.com/identity/connect/authorize",
        "token_url": "https://id.acme.com/identity/connect/token",
    }
