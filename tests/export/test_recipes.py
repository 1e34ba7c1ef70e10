"""The recipes of the guide to nights give what the server has."""

from __future__ import annotations

import random
import re
from pathlib import Path

import duckdb
import orjson

from uipath_odata.export import export

from .life import Life
from .test_churn import lists_of

GUIDE = (Path(__file__).parents[2] / "uipath_odata/docs/nights.md").read_text(encoding="utf-8")
RECIPE = re.search(r"```sql\n(CREATE.*?)```", GUIDE, re.DOTALL)[1]


async def test_duckdb_gives_no_rows_where_all_are_gone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    life = Life(random.Random(7))
    life.day()
    for _ in range(2):
        lists = lists_of(life.tenant)
        allowed = [each.entity_set for each in lists]
        await export(lists, "lake", "parquet", since="last", allow_shrink=allowed)
        life.tenant.sets |= {"Jobs": [], "QueueItems": []}
    database = duckdb.connect()
    database.execute(RECIPE)
    assert not database.execute("SELECT Id FROM jobs UNION ALL SELECT Id FROM queue_items").fetchall()


async def test_duckdb_gives_the_newest_of_each_row(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    life = Life(random.Random(7))
    for _ in range(6):
        life.day()
        await export(lists_of(life.tenant), "lake", "parquet", since="last", part_rows=20)
    database = duckdb.connect()
    database.execute(RECIPE)
    jobs = database.execute("SELECT Id, State FROM jobs").fetchall()
    items = database.execute("SELECT Id, Status, SpecificContent FROM queue_items").fetchall()
    sets = life.tenant.sets
    assert sorted(jobs) == sorted((job["Id"], job["State"]) for job in sets["Jobs"])
    assert sorted((each, status, orjson.loads(content)) for each, status, content in items) == sorted(
        (item["Id"], item["Status"], item["SpecificContent"]) for item in sets["QueueItems"]
    )
