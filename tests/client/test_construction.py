"""What a client is made of."""

from __future__ import annotations

import inspect
import typing

import pytest

from uipath_odata import AccessToken, Orchestrator
from uipath_odata.client import ClientOptions
from uipath_odata.entities import Job
from uipath_odata.errors import OrchestratorError, QueryError


@pytest.mark.parametrize(
    ("given", "kind"), [("s3cret", "str"), (None, "NoneType"), (AccessToken, "AccessToken")]
)
def test_what_gets_no_tokens_is_refused_at_once_and_not_shown(given, kind):
    with pytest.raises(QueryError, match=rf"^{kind} is not a credential: give AccessToken\(…\)") as caught:
        Orchestrator("https://orchestrator.acme.com", given)
    assert "s3cret" not in str(caught.value)


@pytest.fixture
def client():
    return Orchestrator("http://127.0.0.1:1", AccessToken("t"))


@pytest.mark.parametrize(
    "make",
    [
        lambda client: client.jobs.get(1),
        lambda client: client.jobs.to_list(),
        lambda client: client.jobs.count(),
        lambda client: client.robots.delete(1),
        lambda client: client.__aenter__(),
        lambda client: anext(aiter(client.jobs)),
    ],
)
def test_without_a_loop_of_asyncio_as_under_trio_the_error_says_what_to_do(client, make):
    """Driven by hand, as any other library would."""
    waiting = make(client).__await__()
    with pytest.raises(
        OrchestratorError, match=r"no asyncio event loop runs here.* asyncio\.run.* trio-asyncio"
    ):
        next(waiting)


def test_a_folder_is_named_by_its_path_with_and_without_the_word(client):
    assert client.folder(path="Shared")._channel.headers == client.folder("Shared")._channel.headers
    with pytest.raises(QueryError, match="give exactly one"):
        client.folder(path="Shared", id=5)


def test_the_options_of_every_way_to_make_a_client_are_those_of_the_client():
    taken = set(inspect.signature(Orchestrator).parameters) - {"base_url", "credentials"}
    assert set(typing.get_type_hints(ClientOptions, localns={"Tracing": object})) == taken


async def test_an_estimate_refuses_before_it_counts(client):
    """Nothing listens there: a request would be another error."""
    many = client.jobs.filter(Job.id.in_([1]) | Job.info.in_([str(n) for n in range(2)]))
    for _ in range(98):
        many = many.filter(Job.id > 0)
    with pytest.raises(
        QueryError, match=r"100 comparisons and its plan adds 2, .* ask in several queries, or for one page"
    ):
        await many.estimate()
