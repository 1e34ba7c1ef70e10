"""Assets by name are those of that name, from a server that reads `eq` as *contains*, as UiPath documents it."""

from __future__ import annotations

import re
import unicodedata

import attrs
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from uipath_odata import AccessToken, Orchestrator, raw_filter
from uipath_odata.entities import Asset
from uipath_odata.errors import NotProven, SeveralRows

NAMES = ["OldPassword", "Password", "PASSWORD", "Password2", "Pässword", "Ｐassword", "Other", "Passw"]  # noqa: RUF001


def as_database(text):
    """Fold a text as SQL Server's usual collation does, which compares without case and width; here without accents."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(each for each in plain if not unicodedata.combining(each)).lower()


@attrs.define
class Assets:
    names: list = attrs.field(factory=lambda: list(NAMES))
    asked: list = attrs.field(factory=list)
    spelt: object = str

    async def answer(self, request):
        options = dict(request.query)
        self.asked.append(options)
        text = options.get("$filter", "")
        wanted = re.findall(r"Name eq '([^']*)'", text, re.IGNORECASE)
        wanted += re.findall(r"'([^']*)' eq Name", text)
        wanted += re.findall(r"'([^']*)'", text.partition("Name in (")[2].partition(")")[0])
        above = [int(number) for number in re.findall(r"Id gt (\d+)", text)]
        below = [int(number) for number in re.findall(r"Id le (\d+)", text)]
        rows = [
            {"Id": row_id, "Name": name, "StringValue": str(row_id)}
            for row_id, name in enumerate(self.names, 1)
            if not wanted or any(as_database(each) in as_database(name) for each in wanted)
            if all(row_id > each for each in above) and all(row_id <= each for each in below)
        ]
        rows.sort(key=lambda row: row["Id"], reverse=options.get("$orderby") == "Id desc")
        skip, top = int(options.get("$skip", 0)), int(options.get("$top", 1000))
        selected = options.get("$select", "Id,Name,StringValue").split(",")
        page = [{self.spelt(name): row[name] for name in selected} for row in rows[skip : skip + top]]
        return web.json_response({"@odata.count": len(rows), "value": page})


@pytest.fixture
def server():
    return Assets()


@pytest.fixture
async def assets(server):
    app = web.Application()
    app.router.add_get("/{path:.*}", server.answer)
    async with TestServer(app) as running, Orchestrator(running.make_url("/"), AccessToken("t")) as client:
        yield client.folder("Shared").assets


async def test_the_first_asset_of_a_name_is_no_other_one(assets):
    assert (await assets.filter(Asset.name == "Password2").first()).name == "Password2"
    assert (await assets.filter(Asset.name == "passw").one()).name == "Passw"
    assert await assets.filter(Asset.name == "Pass").first() is None


async def test_names_that_databases_take_for_equal_are_kept_and_the_rest_is_dropped_and_counted(assets):
    async with assets.filter(Asset.name == "Password").stream() as rows:
        found = [asset.name async for asset in rows]
    assert found == ["Password", "PASSWORD", "Pässword", "Ｐassword"]  # noqa: RUF001
    (note,) = rows.report.notes
    assert note.startswith("2 rows dropped: assets whose name only contains the one asked for")
    assert rows.report.rows == 4


async def test_a_list_of_names_is_narrowed_too(assets, server):
    server.names = ["a", "A", "á", "ab", "zz", "b"]
    assert [row.id for row in await assets.filter(Asset.name.in_(["á", "zz"])).to_list()] == [1, 2, 3, 5]


async def test_bounds_hold_for_the_rows_that_are_left(assets):
    by_name = assets.filter(Asset.name == "Password")
    assert [each.id for each in await by_name.top(2).to_list()] == [2, 3]
    assert [each.id for each in await by_name.skip(1).top(5).to_list()] == [3, 5, 6]
    assert await by_name.top(0).to_list() == []
    with pytest.raises(SeveralRows):
        await by_name.one()


async def test_counts_are_those_of_the_filter_as_it_is_written(assets):
    assert await assets.filter(Asset.name == "Password").count() == 4
    assert await assets.filter(Asset.name == "Password").top(1).count() == 4
    assert await assets.filter(Asset.id > 0).count() == len(NAMES)


async def test_what_is_proven_is_the_list_before_dropping(assets):
    assert [each.id for each in await assets.filter(Asset.name == "Password").exact().to_list()] == [
        2,
        3,
        5,
        6,
    ]
    assert (await assets.filter(Asset.name == "Password2").exact().to_list())[0].id == 4


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ((Asset.name == "Password") | (Asset.name == "Other"), [2, 3, 5, 6, 7]),
        ((Asset.name == "Password") & (Asset.id > 2), [3, 5, 6]),
        (Asset.name.in_(["Password", "Other"]), [2, 3, 5, 6, 7]),
        ((Asset.name == "Password") | (Asset.string_value == "1"), [1, 2, 3, 4, 5, 6]),
        (Asset.name.contains("Password"), [*range(1, 9)]),
    ],
)
async def test_only_what_the_name_alone_tells_is_dropped(assets, condition, kept):
    assert [each.id for each in await assets.filter(condition).to_list()] == kept


async def test_rows_as_sent_and_selected_ones_are_narrowed_too(assets, server):
    query = assets.filter(Asset.name == "Password2").select(Asset.string_value)
    assert [asset.string_value for asset in await query.to_list()] == ["4"]
    assert [row["StringValue"] for row in await query.dicts().to_list()] == ["4"]
    assert "Name" in server.asked[-1]["$select"]
    async with query.stream() as rows:
        assert [row async for row in rows]
    assert "$select: Name" in rows.report.added


async def test_what_is_shown_of_the_query_is_what_was_asked(assets):
    query = assets.filter(Asset.name == "Password").top(3)
    assert query.options == {"$filter": "Name eq 'Password'", "$top": "3"}


async def test_a_bounded_read_has_no_checkpoint_that_would_forget_its_bounds(assets):
    async with assets.filter(Asset.name == "Password").top(2).stream() as rows:
        assert [each.id async for each in rows] == [2, 3]
        assert rows.checkpoint is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Name eq 'Password2'", [4]),
        ("'passw' eq Name", [8]),
        ("(Name eq 'Password2' or Name eq 'Other') and Id gt 0", [4, 7]),
        ("Name in ('Password2','Passw')", [4, 8]),
        ("name eq 'Password2' and contains(StringValue,'4')", [4]),
    ],
)
async def test_a_filter_text_is_narrowed_like_an_expression(assets, server, text, kept):
    server.names = list(NAMES)
    query = assets.filter(raw_filter(text))
    assert [asset.id for asset in await query.order_by(Asset.id).to_list()] == kept
    assert await query.count() == len(kept)


async def test_what_cannot_be_read_of_a_filter_text_is_left_to_the_server(assets):
    query = assets.filter(raw_filter("Name eq 'Passw' and geo.length(Line) lt 5 and (Name"[:-10]))
    assert [asset.id for asset in await query.to_list()] == [8]


async def test_rows_whose_keys_come_in_another_case_are_narrowed_too(assets, server):
    server.spelt = str.lower
    query = assets.filter(Asset.name == "Password").skip(1).top(2).dicts()
    async with query.stream(paging="offset") as stream:
        rows = [row async for row in stream]
    assert [row["name"] for row in rows] == ["PASSWORD", "Pässword"]


@pytest.mark.parametrize(
    "condition",
    [~(Asset.name == "Pass"), ~Asset.name.in_(["Pass", "x"]), raw_filter("not (Name eq 'Pass') and Id gt 0")],
)
async def test_names_that_are_excluded_prove_nothing_because_others_may_be_left_out(assets, condition):
    async with assets.filter(condition).stream() as rows:
        _ = [row async for row in rows]
    assert not rows.report.proven
    assert any("where names are excluded" in note for note in rows.report.notes)
    with pytest.raises(NotProven, match="where names are excluded"):
        await assets.filter(condition).exact().to_list()
