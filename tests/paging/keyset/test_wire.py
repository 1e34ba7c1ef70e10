"""Readings by Id of lists that change, through real HTTP, whose connections break and whose answers are cut."""

from __future__ import annotations

import json
import random
import re

import attrs
import pytest
from yarl import URL

from uipath_odata import AccessToken
from uipath_odata.auth.deployment import Deployment
from uipath_odata.calls.connection import TenantChannel
from uipath_odata.errors import NotProven, OrchestratorError, OrderViolation
from uipath_odata.operations.jobs import Jobs
from uipath_odata.operations.queue_items import QueueItems
from uipath_odata.paging.plan import Page
from uipath_odata.transport.transport import Transport

from ..broken_wire import broken_wire, still_clock

BOUND = re.compile(r"Id (gt|le|lt|ge) (\d+)")
PAGE = 7


@attrs.define(eq=False)
class Changing:
    """Jobs, or items of queues of which each is in one folder, that come and go with each answer."""

    chance: random.Random
    ids: list
    churn: float = 0.3
    gone: set = attrs.field(factory=set)
    lie: object = None
    """Changes the options that are heeded."""

    def answer(self, options, *, total=False):
        assert not total
        self._change()
        options = options if self.lie is None else self.lie(options)
        found = [each for each in self.ids if self._meets(each, options.get("$filter", ""))]
        found.sort(reverse=options.get("$orderby", "").startswith("Id desc"))
        skip, top = int(options.get("$skip", 0)), int(options["$top"])
        rows = [{"Id": each, "OrganizationUnitId": 3} for each in found[skip : skip + top]]
        return Page(rows, len(found) if "$count" in options else None)

    def _change(self):
        if self.chance.random() < self.churn:
            self.gone.add(self.ids.pop(self.chance.randrange(len(self.ids))))
        if self.chance.random() < self.churn:
            self.ids.append(max(self.ids) + self.chance.choice([1, 2, 30]))

    def _meets(self, row_id, text):
        tests = {"gt": int.__gt__, "le": int.__le__, "lt": int.__lt__, "ge": int.__ge__}
        return all(tests[name](row_id, int(bound)) for name, bound in BOUND.findall(text))


@pytest.fixture
async def wire():
    async with broken_wire() as wire:
        yield wire


@pytest.fixture
async def read(wire):
    """Read a list exactly, resumed from the checkpoint whenever the transport gave up."""
    transport = Transport(
        Deployment.at(wire.url), AccessToken("token"), clock=still_clock(), random=random.Random(6)
    )

    async def run(server, entities, **options):
        wire.server = server
        given, point = [], None
        for _ in range(20):
            query = entities._of(TenantChannel(transport, URL(wire.url))).exact().dicts()
            async with query.stream(page_size=PAGE, resume=point, **options) as rows:
                try:
                    async for page in rows.pages():
                        given += [row["Id"] for row in page]
                except NotProven:
                    raise
                except OrchestratorError:
                    point = json.loads(json.dumps(rows.checkpoint))
                else:
                    return given, rows.report
        pytest.fail("the reading does not end")

    yield run
    await transport.aclose()


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("entities", [Jobs, QueueItems])
async def test_every_row_comes_once_through_broken_connections(read, entities, ordered):
    proven = 0
    for seed in range(15):
        chance = random.Random(seed)
        first = sorted(chance.sample(range(1, 400), 80))
        server = Changing(chance, [*first])
        try:
            given, report = await read(server, entities, ordered=ordered)
        except NotProven:
            continue
        proven += report.proven
        assert len(given) == len(set(given))
        assert {*first} - server.gone <= {*given}
    assert proven >= 12


def without(name):
    return lambda options: {key: value for key, value in options.items() if key != name}


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        (without("$orderby"), "$orderby"),
        (without("$filter"), "outside of the range that was asked for, by $filter"),
        (lambda options: {**options, "$orderby": "Id desc"}, "out of order of Id, against $orderby"),
    ],
)
@pytest.mark.parametrize("entities", [Jobs, QueueItems])
async def test_an_option_that_a_server_ignores_is_named(read, wire, entities, lie, said):
    wire.faulty = 0.0
    with pytest.raises(OrderViolation) as caught:
        await read(Changing(random.Random(1), [*range(1, 60)], churn=0.0, lie=lie), entities)
    assert said in str(caught.value)
    assert caught.value.checkpoint["plan"] == "keyset"


async def test_rows_that_are_counted_and_not_sent_are_not_proven(read, wire):
    class Hiding(Changing):
        def answer(self, options, *, total=False):
            page = super().answer(options, total=total)
            return Page([row for row in page.rows if row["Id"] not in {20, 21}], page.count)

    wire.faulty = 0.0
    with pytest.raises(NotProven, match=r"counts \d+ rows"):
        await read(Hiding(random.Random(1), [*range(1, 60)], churn=0.0), Jobs)
