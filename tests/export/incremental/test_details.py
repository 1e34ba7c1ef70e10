"""Rows asked for one by one: whole where the list was not, and nothing that the query leaves out."""

from __future__ import annotations

import datetime as dt

import pytest
from yarl import URL

from uipath_odata.errors import DecodeError
from uipath_odata.execution.list_source import TenantChannel
from uipath_odata.export import ExportList, export
from uipath_odata.odata.expr.expression import path
from uipath_odata.operations.jobs import Jobs
from uipath_odata.settings import Settings
from uipath_odata.transport.request import Response

from ..tenant import Tenant

ENTITY = rb'{"@odata.context":"x","Id":%b,"State":"Running","InputArguments":"\ud83d","New":12345678901234567890123,"Robot":null}'


class Detailed:
    """A tenant whose single jobs have more than its list has."""

    def __init__(self, entity=ENTITY):
        self.tenant, self.entity, self.asked = Tenant(dt.datetime(2024, 5, 2, tzinfo=dt.UTC)), entity, []
        self.tenant.sets = {
            "Jobs": [
                {"Id": each, "State": "Pending", "InputArguments": None, "Robot": {"Id": 5}}
                for each in (1, 2)
            ],
            "RobotLogs": [],
        }

    async def send(self, request, /, into=None):
        _, parenthesis, key = request.path.partition("(")
        if not parenthesis:
            return await self.tenant.send(request, into)
        self.asked.append(request.path)
        return Response(200, {}, self.entity.replace(b"%b", key.removesuffix(")").encode()))


def jobs(of):
    return Jobs._of(TenantChannel(of, URL("https://orchestrator.test/acme/Default"), Settings()))


async def lines(queries, root):
    await export(queries, root, with_details=True)
    return (root / "Jobs" / "part-000001-g1.jsonl").read_bytes().splitlines()


async def test_the_texts_of_an_entity_stay_as_they_were_sent(tmp_path):
    first, _ = await lines(jobs(Detailed()), tmp_path)
    assert first == (
        rb'{"Id":1,"State":"Running","InputArguments":"\ud83d","Robot":null,"New":12345678901234567890123}'
    )


async def test_what_was_not_selected_does_not_come_with_the_details(tmp_path):
    first, _ = await lines(jobs(Detailed()).select(path("InputArguments"), path("State")), tmp_path)
    assert first == rb'{"InputArguments":"\ud83d","State":"Running"}'


async def test_what_was_expanded_stays_as_the_list_had_it(tmp_path):
    first, _ = await lines(jobs(Detailed()).expand(path("Robot")), tmp_path)
    assert b'"Robot":{"Id":5}' in first


async def test_nothing_is_asked_for_ids_alone_beside_a_list_with_details(tmp_path):
    of = Detailed()
    await lines([jobs(of), ExportList("Jobs_ids", jobs(of).select(path("Id")))], tmp_path)
    assert sorted(of.asked) == ["/odata/Jobs(1)", "/odata/Jobs(2)"]


@pytest.mark.parametrize("entity", [b"[]", b"{}", b"<html>", b'{"Id":'])
async def test_an_answer_that_is_no_entity_is_refused(tmp_path, entity):
    with pytest.raises(DecodeError):
        await export(jobs(Detailed(entity)), tmp_path, with_details=True)
