"""How texts stand in files is chosen once for a lake, and said in its manifest."""

from __future__ import annotations

import csv
import datetime as dt
import io

import orjson
import pytest

from uipath_odata.errors import ExportError, QueryError
from uipath_odata.export import export, verify
from uipath_odata.export.journal.command_line import commands_of

from .tenant import Tenant
from .test_churn import lists_of

NOW = dt.datetime(2024, 5, 10, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def releases():
    tenant = Tenant(NOW)
    tenant.sets = {"Releases": [{"Id": each, "Name": "a;=1\n+1"} for each in range(1, 4)]}
    [found] = [each for each in lists_of(tenant) if each.entity_set == "Releases"]
    return tenant, found


def job_of(lake):
    return orjson.loads((lake / "_manifest.json").read_bytes())["job"]


async def test_a_lake_keeps_its_delimiter(releases, tmp_path):
    tenant, found = releases
    await export(found, tmp_path, "csv", since="last", delimiter=";")
    [file] = (tmp_path / "Releases").iterdir()
    rows = [*csv.DictReader(io.StringIO(file.read_bytes().decode(), newline=""), delimiter=";")]
    assert [row["Name"] for row in rows] == ["a;'=1\n'+1"] * 3
    assert verify(tmp_path).rows == 3
    assert job_of(tmp_path)["sets"]["Releases"]["delimiter"] == ";"
    [command] = commands_of(job_of(tmp_path), "lake")
    assert "--delimiter ';'" in command
    with pytest.raises(
        ExportError, match="delimiter of Releases was ';' and is not given: write delimiter=';'"
    ):
        await export(found, tmp_path, "csv", since="last")
    with pytest.raises(QueryError, match="delimiter= is for csv"):
        await export(found, tmp_path / "other", "parquet", delimiter=";")
    assert tenant.requests


async def test_the_manifest_says_that_halves_of_characters_were_replaced(releases, tmp_path):
    _, found = releases
    await export(found, tmp_path, replace_surrogates=True)
    assert job_of(tmp_path)["sets"]["Releases"]["replace_surrogates"] is True
    [command] = commands_of(job_of(tmp_path), "lake")
    assert "--replace-surrogates" in command
    with pytest.raises(ExportError, match="replace_surrogates of Releases was True"):
        await export(found, tmp_path)


async def test_a_set_that_no_command_asks_for_so_is_said_to_be_of_a_program(releases, tmp_path):
    tenant, found = releases
    await export(found, tmp_path)
    job = job_of(tmp_path)
    facts = job["sets"]["Releases"]
    [command] = commands_of(job, "lake")
    assert command.startswith("uipath-odata export Releases")
    facts["url"] += "&$top=5" if "?" in facts["url"] else "?$top=5"
    assert commands_of(job, "lake") == ["a program, for no command takes $top=5 of Releases"]
    assert tenant.requests
