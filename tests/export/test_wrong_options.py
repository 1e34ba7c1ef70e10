"""What no export can be asked for is a QueryError before any request, and what did not run is not said to be whole."""

from __future__ import annotations

import datetime as dt

import pytest
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.errors import QueryError
from uipath_odata.export import Privacy, export, exporting, in_folders
from uipath_odata.operations.jobs import Jobs
from uipath_odata.operations.webhooks import Webhooks
from uipath_odata.settings import Settings

from .tenant import Tenant

NOW = dt.datetime(2024, 5, 2, tzinfo=dt.UTC)


def channel():
    tenant = Tenant(NOW)
    tenant.sets = {"Jobs": [{"Id": 1, "Key": "k"}], "Webhooks": [{"Id": 1, "Name": "w"}]}
    return TenantChannel(tenant, URL("https://orchestrator.test/acme/Default"), Settings())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"part_rows": "5"}, "part_rows and parallel are numbers of 1 or more"),
        ({"part_rows": True}, "part_rows and parallel are numbers of 1 or more"),
        ({"part_rows": 2.5}, "part_rows and parallel are numbers of 1 or more"),
        ({"parallel": 0}, "part_rows and parallel are numbers of 1 or more"),
        ({"concurrency": 0}, "concurrency=0 is not a number of 1 or more"),
        ({"since": "last", "look_back": 3}, r"look_back=3 is not a time that passed: give a timedelta"),
        ({"since": "last", "look_back": dt.timedelta(-1)}, "is not a time that passed"),
        ({"since": "last", "final_after": 30}, "final_after=30 is not a time that passed"),
        ({"since": "last", "allow_shrink": "Job"}, "allow_shrink=Job is not exported here: name one of Jobs"),
        ({"mode": "0640"}, "mode='0640' is not a number: give one in octal, such as 0o640"),
        ({"mode": True}, "mode=True is not a number"),
        ({"format": "csv", "delimiter": None}, "delimiter=None cannot stand between cells"),
        ({"privacy": {"drop": ["Info"]}}, "is not a Privacy: give one"),
    ],
)
async def test_a_value_of_another_kind_is_refused_before_any_request(tmp_path, options, said):
    own = channel()
    with pytest.raises(QueryError, match=said):
        await export(Jobs._of(own), tmp_path / "lake", **options)
    assert not own.sender.requests
    assert not list(tmp_path.iterdir())


async def test_an_option_that_no_export_takes_is_refused_with_the_right_one(tmp_path):
    with pytest.raises(TypeError, match="an export has no option part_row: did you mean part_rows"):
        await export(Jobs._of(channel()), tmp_path, part_row=5)


def test_a_key_that_is_a_text_is_refused_without_showing_it():
    with pytest.raises(QueryError, match="the key of hash is not bytes") as caught:
        Privacy(hash=("Key",), key="canary-of-16-bytes")
    assert "canary" not in str(caught.value)


async def test_a_run_that_nobody_read_to_its_end_is_not_whole(tmp_path):
    own = channel()
    async with exporting(Jobs._of(own), tmp_path / "none") as run:
        pass
    assert (run.summary.is_complete, run.summary.proven, run.summary.not_begun) == (False, False, 1)
    async with exporting([Jobs._of(own), Webhooks._of(own)], tmp_path / "first", parallel=1) as run:
        async for event in run:
            if event.is_last:
                break
    assert [each.event for each in run.summary.lists] == ["complete"]
    assert (run.summary.is_complete, run.summary.not_begun) == (False, 1)


async def test_no_folder_is_not_taken_for_none_of_the_rows(emulator, orchestrator):
    emulator.add.folder("Shared")
    sets = [lambda folder: folder.jobs, lambda folder: folder.webhooks]
    with pytest.raises(QueryError, match="no folder was named"):
        await in_folders(orchestrator, sets, [])
    assert [each.entity_set for each in await in_folders(orchestrator, sets[:1], "Shared")] == ["Jobs"]
