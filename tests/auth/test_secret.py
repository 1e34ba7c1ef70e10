from __future__ import annotations

import copy
import pickle

import attrs
import pytest

from uipath_odata.auth import AccessToken, BrowserLogin, ClientCredentials, Secret, UserKey, UsernamePassword
from uipath_odata.auth.deployment import Deployment
from uipath_odata.auth.secret_provider import as_provider, get_secret
from uipath_odata.errors import QueryError

HIDDEN = "canary-4711"


@pytest.mark.parametrize(
    "shown", [str, repr, "{}".format, "{0!r:>5}".format, lambda secret: f"{secret}", ascii]
)
def test_r113_a_secret_shows_itself_nowhere(shown):
    assert HIDDEN not in shown(Secret(HIDDEN))
    assert "***" in shown(Secret(HIDDEN))


def test_a_secret_gives_its_text_when_asked():
    assert Secret(HIDDEN).reveal() == HIDDEN


@pytest.mark.parametrize("write", [pickle.dumps, copy.copy, copy.deepcopy])
def test_r113_a_secret_is_not_written_anywhere(write):
    with pytest.raises(TypeError, match="not written to disk") as caught:
        write(Secret(HIDDEN))
    assert HIDDEN not in str(caught.value)


def test_r113_a_secret_has_no_dictionary_to_look_into():
    with pytest.raises(TypeError):
        vars(Secret(HIDDEN))


def test_secrets_are_equal_by_their_text():
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("ä")}) == 2


def test_an_empty_secret_is_a_mistake():
    with pytest.raises(QueryError, match="check the variable or file"):
        Secret("")


CREDENTIALS = [
    UserKey(client_id="app", user_key=HIDDEN),
    ClientCredentials(client_id="app", client_secret=HIDDEN),
    AccessToken(HIDDEN),
]


@pytest.mark.parametrize("credentials", CREDENTIALS, ids=lambda each: type(each).__name__)
def test_r113_credentials_do_not_show_their_secrets(credentials):
    assert HIDDEN not in repr(credentials)
    with pytest.raises(TypeError):
        pickle.dumps(credentials)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        credentials.client_id = "other"
    assert hash(credentials)


def test_a_secret_is_taken_as_it_is():
    secret = Secret(HIDDEN)
    assert ClientCredentials("app", secret).client_secret is secret


BROKEN = ["line\n", "a\r\nb", "nul\0", "tab\tx", "caf\udce9", "\ud83d", "del\x7f"]
MAKERS = {
    "user key": lambda text: UserKey("app", text),
    "client id of a user key": lambda text: UserKey(text, "key"),
    "client secret": lambda text: ClientCredentials("app", text),
    "client id": lambda text: ClientCredentials(text, "secret"),
    "scope": lambda text: ClientCredentials("app", "secret", text),
    "password": lambda text: UsernamePassword("me", text),
    "user name": lambda text: UsernamePassword(text, "word"),
    "tenant": lambda text: UsernamePassword("me", "word", text),
    "access token": AccessToken,
    "browser's client id": lambda text: BrowserLogin(text, "OR.Jobs"),
    "browser's secret": lambda text: BrowserLogin("app", "OR.Jobs", client_secret=text),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize("rest", BROKEN, ids=ascii)
def test_what_cannot_be_sent_is_refused_where_it_is_made_and_not_shown(make, rest):
    with pytest.raises(QueryError, match="check the variable or file") as caught:
        make(f"{HIDDEN}{rest}")
    assert HIDDEN not in str(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


async def test_a_vault_that_gives_what_cannot_be_sent_is_told():
    async def vault():
        return f"{HIDDEN}\udcff"

    with pytest.raises(QueryError, match="not UTF-8") as caught:
        await get_secret(as_provider(vault))
    assert HIDDEN not in str(caught.value)


UNSENDABLE = [
    "\n",
    "a\nb",
    "a\rb",
    "a\tb",
    "a\0b",
    "a\x1bb",
    "a\x7fb",
    "a\x85b",
    "a\x9fb",
    "a\u2028b",
    "\ud83d",
    "",
    "  ",
]
MADE = {
    "client_id of a key": lambda text: UserKey(client_id=text, user_key="k"),
    "user_key": lambda text: UserKey(client_id="c", user_key=text),
    "client_id": lambda text: ClientCredentials(client_id=text, client_secret="s"),
    "client_secret": lambda text: ClientCredentials(client_id="c", client_secret=text),
    "username": lambda text: UsernamePassword(username=text, password="p"),
    "password": lambda text: UsernamePassword(username="u", password=text),
    "tenant": lambda text: UsernamePassword(username="u", password="p", tenant=text or ""),
    "token": AccessToken,
    "client_id of a login": lambda text: BrowserLogin(client_id=text, scope="OR.Jobs"),
    "organization": lambda text: Deployment.cloud(text, "t"),
    "tenant of the address": lambda text: Deployment.automation_suite("https://h.example", "o", text),
    "tenant of a header": lambda text: Deployment.standalone("https://h.example", text),
    "host": lambda text: Deployment.standalone(text, "t"),
    "base URL": Deployment.at,
}


@pytest.mark.parametrize("text", [*UNSENDABLE, None, 5, b"x"], ids=ascii)
@pytest.mark.parametrize("what", MADE)
def test_what_cannot_be_sent_is_refused_where_it_is_given(what, text):
    with pytest.raises(QueryError) as caught:
        MADE[what](text)
    assert not isinstance(text, str) or len(text.strip()) < 2 or text not in str(caught.value)


@pytest.mark.parametrize("scope", [5, b"OR.Jobs", ["OR.Jobs", 5], "a\nb", ["a\x85"]])
def test_scopes_that_are_not_texts_are_refused(scope):
    with pytest.raises(QueryError, match="scope"):
        ClientCredentials(client_id="c", client_secret="s", scope=scope)


@pytest.mark.parametrize(
    "host",
    [
        "good.example\nevil",
        "good\t.example",
        "good.example ",
        "g od.example",
        "a\\b",
        "a..b",
        ".a",
        f"{'x' * 64}.example",
        "a." * 127,
    ],
)
def test_no_other_host_is_made_of_one_that_cannot_be_read(host):
    """yarl, like browsers, drops some characters in silence."""
    with pytest.raises(QueryError, match=r"cannot be read|needs a scheme"):
        Deployment.standalone(host, "t")
