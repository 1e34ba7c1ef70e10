"""A manifest says how each list is proven, also after a run that was killed and resumed."""

from __future__ import annotations

import datetime as dt

import msgspec
import orjson
import pytest
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.export import export, exporting, status
from uipath_odata.export.journal.journal import line_of, sound_records_in
from uipath_odata.export.journal.records import Part, RunEnded, StepRead
from uipath_odata.odata.expr.expression import path
from uipath_odata.operations.jobs import Jobs
from uipath_odata.settings import Settings

from ..tenant import Tenant


def jobs():
    tenant = Tenant(dt.datetime(2024, 5, 2, tzinfo=dt.UTC), page_cap=3)
    tenant.sets = {"Jobs": [{"Id": number, "Key": f"k{number}"} for number in range(1, 9)]}
    return Jobs._of(TenantChannel(tenant, URL("https://orchestrator.test/acme/Default"), Settings()))


def by_id():
    return jobs().exact()


def by_offset():
    return jobs().order_by(path("Key"))


async def entry_of(query, root):
    await export(query, root, "jsonl", part_rows=3)
    return orjson.loads((root / "_manifest.json").read_bytes())["lists"]["Jobs"]


def kill_before(root, kind):
    """Leave a directory as a kill leaves it before the first record of a kind, with earlier ones as they are."""
    records = sound_records_in((root / "_journal").read_bytes())
    kept = records[: next(number for number, record in enumerate(records) if isinstance(record, kind))]
    (root / "_journal").write_bytes(b"".join(map(line_of, kept)))
    for name in ("_manifest.json", "_SUCCESS"):
        (root / name).unlink()
    assert not status(root).is_complete


@pytest.mark.parametrize("kind", [StepRead, RunEnded])
@pytest.mark.parametrize(("query", "proof"), [(by_id, "by_later_bucket"), (by_offset, "none")])
async def test_what_was_read_before_a_kill_keeps_its_proof(tmp_path, query, proof, kind):
    calm = await entry_of(query(), tmp_path)
    assert (calm["proof"], calm["proven"]) == (proof, proof != "none")
    kill_before(tmp_path, kind)
    assert await entry_of(query(), tmp_path) == calm


@pytest.mark.parametrize(("query", "proof"), [(by_id, None), (by_offset, "none")])
async def test_a_query_that_is_resumed_halfway_claims_no_kind_of_what_it_did_not_see(tmp_path, query, proof):
    async with exporting(query(), tmp_path, "jsonl", part_rows=3) as run:
        async for event in run:
            if event.event == "part":
                run.stop()
    entry = await entry_of(query(), tmp_path)
    assert (entry["rows"], entry.get("proof"), entry["proven"]) == (8, proof, proof is None)


async def test_what_an_earlier_release_read_without_recording_a_proof_is_not_proven(tmp_path):
    calm = await entry_of(by_id(), tmp_path)
    kill_before(tmp_path, RunEnded)
    records = sound_records_in((tmp_path / "_journal").read_bytes())
    earlier = [
        msgspec.structs.replace(record, proof=None) if isinstance(record, Part | StepRead) else record
        for record in records
    ]
    (tmp_path / "_journal").write_bytes(b"".join(map(line_of, earlier)))
    entry = await entry_of(by_id(), tmp_path)
    assert (entry["rows"], entry["proven"]) == (calm["rows"], False)
    assert "recorded no proof" in entry["reason"]
    assert "proof" not in entry
