"""Checkpoints that earlier versions wrote are read as they stand; none of them gives a row twice or leaves one out."""

from __future__ import annotations

import pytest

from uipath_odata import path
from uipath_odata.errors import QueryError

from .wire import wire
from .worlds.shape import Shape
from .worlds.tables import TABLES, token_of
from .worlds.world import World

JOBS = {"version": 1, "query": "11d44f048d2fe3d6ced57b34b70939dd", "plan": "keyset"}
LOGS = {"version": 1, "query": "593f5b90e0fadd9990fe36caa5111196", "plan": "window"}
# Written by the package at four ages, for lists of 60 rows of which 18 were given out.
WRITTEN = {
    "ranges of Ids": ("Jobs", {**JOBS, "after": 18, "to": 60}, [*range(19, 61)]),
    "ranges of Ids with gaps": (
        "Jobs",
        {**JOBS, "after": 18, "to": 60, "open": [[18, 30], [40, 60]]},
        [*range(19, 31), *range(41, 61)],
    ),
    "ranges of Ids, and what was counted": (
        "Jobs",
        {**JOBS, "after": 18, "to": 60, "from": None, "given": 18, "counted": 60},
        [*range(19, 61)],
    ),
    "a time": ("RobotLogs", {**LOGS, "from": "2024-02-28T23:59:18.1Z", "to": None}, [*range(19, 61)]),
    "intervals of time": (
        "RobotLogs",
        {
            **LOGS,
            "from": "2024-02-28T23:59:18.1Z",
            "to": None,
            "open": [
                ["2024-02-28T23:59:18.1Z", "2024-02-28T23:59:30.5Z"],
                ["2024-02-28T23:59:40.5Z", None],
            ],
        },
        [*range(19, 31), *range(41, 61)],
    ),
}


@pytest.fixture(name="http")
async def _http():
    async with wire() as http:
        yield http


def a_list(name):
    """Sixty rows, an Id or a second apart."""
    table = TABLES[name]
    return World(seed=1, table=table, shape=Shape(sizes=(1,) * 60, step=(10**7,) if table.window else (1,)))


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("age", WRITTEN)
async def test_an_old_checkpoint_is_gone_on_from(http, age, exact, ordered):
    name, checkpoint, rest = WRITTEN[age]
    world = a_list(name)
    async with http.connected(world) as entities:
        query = entities.exact() if exact else entities.dicts()
        async with query.dicts().stream(page_size=10, resume=checkpoint, ordered=ordered) as rows:
            given = [token_of(world.table, row) async for row in rows]
    every = [fact.token for fact in http.server.history.facts]
    assert sorted(given) == sorted(every[place - 1] for place in rest)
    assert rows.report.proven or not exact


@pytest.mark.parametrize(
    ("change", "said"), [({"version": 2}, "another version"), ({"query": "0"}, "another query")]
)
async def test_what_cannot_be_gone_on_from_says_why(http, change, said):
    async with http.connected(a_list("Jobs")) as entities:
        with pytest.raises(QueryError, match=said):
            entities.stream(resume={**WRITTEN["ranges of Ids"][1], **change})
        with pytest.raises(QueryError, match="another query"):
            entities.filter(path("Id") > 3).stream(resume=WRITTEN["ranges of Ids"][1])
