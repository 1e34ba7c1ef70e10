"""What pyiceberg reads from the tables is what the lake holds, whatever happened on the way."""

from __future__ import annotations

import random
import sys

import pyarrow as pa
import pytest
from pyiceberg import catalog as pyiceberg_catalog
from pyiceberg.utils.config import Config

from uipath_odata.errors import ExportError, OrchestratorError, QueryError
from uipath_odata.export import export
from uipath_odata.export.tables import iceberg
from uipath_odata.odata.expr.expression import path

from ..life import Life
from ..test_churn import lists_of
from .test_delta import Killed, as_set, current

SETS = ("Jobs", "QueueItems", "RobotLogs", "AuditLogs", "Releases", "Jobs_ids")


@pytest.fixture(autouse=True)
def catalog(tmp_path, monkeypatch):
    """A catalog as a user has it: by name, in the environment."""
    monkeypatch.setenv("PYICEBERG_CATALOG__ICE__URI", f"sqlite:///{tmp_path}/catalog.db")
    monkeypatch.setenv("PYICEBERG_CATALOG__ICE__WAREHOUSE", f"file://{tmp_path}/warehouse")
    monkeypatch.setattr(pyiceberg_catalog, "_ENV_CONFIG", Config())
    opened = pyiceberg_catalog.load_catalog("ice")
    yield opened
    opened.close()


@pytest.fixture
def life():
    life = Life(random.Random(5))
    life.day()
    return life


async def night(tenant, lake, **options):
    return await export(
        lists_of(tenant), lake, "parquet", since="last", table="iceberg:ice.nights", **options
    )


def assert_same(catalog, lake, sets=SETS):
    for each in sets:
        held = catalog.load_table(("nights", each)).scan().to_arrow()
        assert as_set(held) == as_set(current(lake, each)), each


async def test_the_tables_equal_the_lake_after_each_night_though_the_line_dies(catalog, life, tmp_path):
    for number in range(4):
        life.tenant.failing = 25 if number == 2 else None
        if life.tenant.failing:
            with pytest.raises(OrchestratorError):
                await night(life.tenant, tmp_path / "lake", part_rows=40)
            life.tenant.failing = None
        await night(life.tenant, tmp_path / "lake", part_rows=40)
        assert_same(catalog, tmp_path / "lake")
        life.day()


@pytest.mark.parametrize("is_after", [False, True])
async def test_killed_before_or_after_a_commit_the_next_run_adds_nothing_twice(
    catalog, life, tmp_path, monkeypatch, is_after
):
    await night(life.tenant, tmp_path / "lake")
    life.day()
    write, commits = iceberg.IcebergTable.write, []

    def killing(*args):
        if len(commits) == 2 and not is_after:
            raise Killed
        write(*args)
        commits.append(args)
        if len(commits) > 2:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(iceberg.IcebergTable, "write", killing)
        with pytest.raises(Killed):
            await night(life.tenant, tmp_path / "lake")
    await night(life.tenant, tmp_path / "lake")
    assert_same(catalog, tmp_path / "lake")


async def test_a_column_that_is_added_or_left_out_later_is_null_where_the_lake_has_none(
    catalog, life, tmp_path
):
    jobs = lists_of(life.tenant)[0]
    for names in (["Id", "State"], ["Id", "State", "CreationTime"], ["Id", "CreationTime"]):
        each = type(jobs)("Jobs", jobs.query.select(*map(path, names)))
        await export(each, tmp_path / "lake", "parquet", since="last", table="iceberg:ice.nights")
        life.day()
    assert_same(catalog, tmp_path / "lake", ["Jobs"])


async def test_a_table_of_another_lake_or_program_is_refused_before_a_row_is_read(catalog, life, tmp_path):
    catalog.create_namespace("nights")
    catalog.create_table(("nights", "Jobs"), schema=pa.schema([("Id", pa.string())]))
    with pytest.raises(ExportError, match="no rows of this lake"):
        await night(life.tenant, tmp_path / "lake")
    assert not life.tenant.requests["RobotLogs"]


async def test_a_catalog_that_is_not_configured_is_named_before_a_row_is_read(life, tmp_path):
    jobs = lists_of(life.tenant)[:1]
    with pytest.raises(ExportError, match="PYICEBERG_CATALOG__NOWHERE__URI"):
        await export(jobs, tmp_path / "lake", "parquet", since="last", table="iceberg:nowhere.nights")
    assert not (tmp_path / "lake" / "Jobs").exists()


async def test_without_the_library_the_error_names_what_to_install(life, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyiceberg.catalog", None)
    with pytest.raises(QueryError, match=r"pip install 'uipath-odata\[iceberg\]'"):
        await night(life.tenant, tmp_path / "lake")
    assert not life.tenant.requests
