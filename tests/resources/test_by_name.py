"""The entity of a name is the one that was meant, or an error."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from uipath_odata import AccessToken, Orchestrator
from uipath_odata.entities import Asset
from uipath_odata.errors import NoRow, QueryError, SeveralRows
from uipath_odata.resources.by_name import entity_named


@pytest.fixture
def names():
    return ["OldPassword", "PASSWORD", "Password", "Pässword", "url", "Url", "ﬁle", "STRASSE", "Café", None]


@pytest.fixture
async def assets(names):
    """Serve these assets, all of them whatever the filter says: Orchestrator documents that eq reads as contains."""

    async def answer(request):
        rows = [{"Id": place, "Name": name, "StringValue": str(place)} for place, name in enumerate(names, 1)]
        asked.append(request.query_string)
        return web.json_response({"@odata.count": len(rows), "value": rows})

    asked: list = []
    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app) as running, Orchestrator(running.make_url("/"), AccessToken("t")) as client:
        yield client.folder("Shared").assets
    assert all("Name eq" in each for each in asked)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Password", 3),  # the same text, although another one differs in case alone
        ("PASSWORD", 2),
        ("oldpassword", 1),
        ("Pässword", 4),
        ("pÄSSWORD", 4),
        ("straße", 8),
        ("Cafe\u0301", 9),  # the accent is a character of its own
    ],
)
async def test_the_equal_text_is_taken_before_the_only_one_in_another_case(assets, name, found):
    asset = await entity_named(assets, name)
    assert (asset.id, asset.string_value) == (found, str(found))


async def test_what_is_selected_and_expanded_is_the_callers(assets):
    asset = await entity_named(assets.select(Asset.id, Asset.name).expand(Asset.user_values), "OldPassword")
    assert asset.id == 1


@pytest.mark.parametrize("name", ["password", "pASSWORD", "URL"])
async def test_several_that_differ_from_it_in_case_are_an_error_that_names_them(assets, name):
    with pytest.raises(SeveralRows, match="2 of Asset fit the name") as caught:
        await entity_named(assets, name)
    assert "'Password'" in str(caught.value) or "'Url'" in str(caught.value)


async def test_one_name_twice_is_an_error(assets, names):
    names.append("OldPassword")
    with pytest.raises(SeveralRows, match="2 of Asset fit the name 'OldPassword'"):
        await entity_named(assets, "OldPassword")


@pytest.mark.parametrize("name", ["assword", "Passwords", "file "])
async def test_a_name_that_only_contains_it_is_not_taken(assets, name):
    with pytest.raises(NoRow, match="no Asset is named"):
        await entity_named(assets, name)


async def test_names_that_come_close_are_named(assets):
    with pytest.raises(NoRow, match=r"'Café'.*check the name and the folder"):
        await entity_named(assets, "cafe")


@pytest.mark.parametrize("name", ["", " ", None, 5])
async def test_what_is_not_a_name_is_refused_before_asking(assets, name):
    with pytest.raises(QueryError, match="is not a name"):
        await entity_named(assets, name)
