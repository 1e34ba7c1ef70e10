"""Folders that come to a lake later: each row is there once, whatever the folder was called by."""

from __future__ import annotations

import datetime as dt

import orjson
import pytest

from uipath_odata.errors import ExportError
from uipath_odata.export import export, in_all_folders, verify

from .test_folders import tenant  # noqa: F401 - the fixture


def folders_of(lake):
    rows = [orjson.loads(line) for file in lake.rglob("part-*") for line in file.read_bytes().splitlines()]
    return sorted(row["Name"] for row in rows), {row["Name"]: row.get("_folder_path") for row in rows}


async def test_a_lake_that_began_with_one_folder_gets_others_beside_it(tenant, tmp_path):  # noqa: F811
    await export(tenant.folder("Finance").releases, tmp_path, since="last")
    await export(tenant.folder("Shared").releases, tmp_path, since="last")
    assert folders_of(tmp_path) == (["in 11", "in 14"], {"in 11": None, "in 14": "Shared"})
    await export([tenant.folder(id=11).releases, tenant.folder("Shared").releases], tmp_path, since="last")
    assert folders_of(tmp_path) == (["in 11", "in 14"], {"in 11": "Finance", "in 14": "Shared"})
    await export(tenant.folder("Finance").releases, tmp_path, since="last")
    assert folders_of(tmp_path) == (["in 11", "in 14"], {"in 11": "Finance", "in 14": "Shared"})
    assert verify(tmp_path).is_sound


async def test_a_lake_of_all_folders_is_continued_by_one_of_them(tenant, tmp_path):  # noqa: F811
    await export(await in_all_folders(tenant, [lambda scope: scope.releases]), tmp_path, since="last")
    before = folders_of(tmp_path)
    await export(tenant.folder("Shared").releases, tmp_path, since="last")
    assert folders_of(tmp_path) == before
    assert verify(tmp_path).is_sound


async def test_rows_of_no_folder_are_not_mixed_with_those_of_one(emulator, tenant, tmp_path):  # noqa: F811
    at = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
    emulator.insert("RobotLogs", [{"TimeStamp": at.isoformat(), "Message": "m"}])
    await export(tenant.robot_logs, tmp_path, since="last")
    with pytest.raises(ExportError, match="the folder of RobotLogs was 'none' and is"):
        await export(tenant.folder("Shared").robot_logs, tmp_path, since="last")
