from __future__ import annotations

import copy
import pickle

import attrs
import pytest

from uipath_odata.auth import AccessToken, ClientCredentials, Secret, UserKey
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
