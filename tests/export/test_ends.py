"""How runs end: cancelled at any turn, left by their consumer, with two lists that fail, with little memory."""

from __future__ import annotations

import asyncio
import datetime as dt
import subprocess
import sys
from urllib.parse import unquote

import orjson
import pytest
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.errors import ExportError, Forbidden, QueryError
from uipath_odata.export import ExportList, export, exporting, in_all_folders, verify
from uipath_odata.operations.jobs import Jobs
from uipath_odata.operations.releases import Releases
from uipath_odata.settings import Settings

from .tenant import Tenant


class Moody(Tenant):
    """Refuses what it is told to."""

    refuses = staticmethod(lambda request: False)

    async def send(self, request, /, into=None):
        if self.refuses(request):
            raise Forbidden("not for you", status=403)
        return await super().send(request, into)


def lists(refuses=None):
    made = Moody(dt.datetime(2024, 5, 2, tzinfo=dt.UTC), page_cap=3)
    made.sets = {
        "Jobs": [{"Id": number, "State": "Running"} for number in range(1, 11)],
        "Releases": [{"Id": number, "Name": str(number)} for number in range(1, 8)],
    }
    made.refuses = refuses or made.refuses
    channel = TenantChannel(made, URL("https://orchestrator.test/acme/Default"), Settings())
    return [ExportList("Jobs", Jobs._of(channel)), ExportList("Releases", Releases._of(channel))]


def parts(root):
    return {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("part-*")}


async def test_cancelled_at_any_turn_of_the_loop_and_again_while_it_ends_it_can_be_gone_on_from(tmp_path):
    await export(lists(), tmp_path / "calm", part_rows=3)
    wanted, turn, was_cancelled = parts(tmp_path / "calm"), 0, True
    while was_cancelled:
        turn += 7
        root = tmp_path / str(turn)
        running = asyncio.create_task(export(lists(), root, part_rows=3))
        for _ in range(turn):
            await asyncio.sleep(0)
        running.cancel()
        for _ in range(turn % 5):
            await asyncio.sleep(0)
            running.cancel()
        (ended,) = await asyncio.gather(running, return_exceptions=True)
        was_cancelled = isinstance(ended, asyncio.CancelledError)
        assert asyncio.all_tasks() == {asyncio.current_task()}, turn
        assert not list(root.rglob("_tmp-*")), turn
        if was_cancelled:
            await export(lists(), root, part_rows=3, overwrite=True)
        assert parts(root) == wanted, turn
        assert verify(root).is_sound, turn
        was_cancelled = turn < 400


async def test_two_lists_that_fail_are_both_named_and_both_gone_on_from(tmp_path):
    def behind_the_first_page(request):
        return "Id gt" in unquote(request.query)

    with pytest.raises(
        ExportError, match=r"2 of 2 lists were not exported whole \(Jobs, Releases; the first: .*not for you"
    ):
        await export(lists(behind_the_first_page), tmp_path, part_rows=100)
    assert len(parts(tmp_path)) == 2
    assert not (tmp_path / "_SUCCESS").exists()
    await export(lists(), tmp_path, part_rows=100)
    assert verify(tmp_path).rows == 17


async def test_a_consumer_that_leaves_in_the_middle_loses_nothing_that_is_committed(tmp_path):
    async def read_a_part():
        async with exporting(lists(), tmp_path, part_rows=3) as run:
            async for event in run:
                if event.event == "part":
                    raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await read_a_part()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert parts(tmp_path)
    await export(lists(), tmp_path, part_rows=3)
    assert verify(tmp_path).rows == 17


async def test_items_of_a_linked_queue_are_given_once(tmp_path, emulator, orchestrator):
    emulator.insert(
        "Folders",
        [{"Id": each, "DisplayName": f"f{each}", "FullyQualifiedName": f"f{each}"} for each in (7, 8)],
    )
    emulator.insert("QueueDefinitions", [{"Id": 71, "Name": "linked"}], folder=7)
    emulator.insert(
        "QueueItems", [{"Id": each, "QueueDefinitionId": 71, "Status": "New"} for each in (1, 2, 3)], folder=7
    )
    async with emulator.client() as client:
        await client.folder(id=7).queue_definitions.share_to_folders(
            queue_ids=[71], to_add_folder_ids=[8], to_remove_folder_ids=[]
        )
        everything = await in_all_folders(client, [lambda scope: scope.queue_items])
        await export(everything, tmp_path / "lake")
    rows = b"".join(parts(tmp_path / "lake").values()).splitlines()
    assert len(rows) == 3
    assert all(b'"_folder_path":"f7"' in row for row in rows)


async def test_items_of_a_queue_that_is_linked_later_are_not_taken_for_deleted(
    tmp_path, emulator, orchestrator
):
    emulator.insert(
        "Folders",
        [{"Id": each, "DisplayName": f"f{each}", "FullyQualifiedName": f"f{each}"} for each in (7, 8)],
    )
    emulator.insert("QueueDefinitions", [{"Id": 71, "Name": "linked"}], folder=8)
    emulator.insert("QueueItems", [{"Id": 1, "QueueDefinitionId": 71, "Status": "New"}], folder=8)
    async with emulator.client() as client:
        for _ in range(2):
            everything = await in_all_folders(client, [lambda scope: scope.queue_items])
            await export(everything, tmp_path / "lake", since="last")
            await client.folder(id=8).queue_definitions.share_to_folders(
                queue_ids=[71], to_add_folder_ids=[7], to_remove_folder_ids=[]
            )
    rows = b"".join(parts(tmp_path / "lake").values()).splitlines()
    assert len(rows) >= 2
    assert not any(b"_deleted" in row for row in rows)


@pytest.mark.parametrize("finds_folders", [True, False])
@pytest.mark.parametrize(("here", "there"), [(7, 8), (8, 7)])
async def test_items_of_a_queue_that_is_moved_are_read_where_it_is_then(
    tmp_path, emulator, orchestrator, here, there, finds_folders
):
    emulator.insert(
        "Folders",
        [{"Id": each, "DisplayName": f"f{each}", "FullyQualifiedName": f"f{each}"} for each in (7, 8)],
    )
    emulator.insert("QueueDefinitions", [{"Id": 71, "Name": "moved"}], folder=here)
    emulator.insert("QueueDefinitions", [{"Id": 72, "Name": "other"}], folder=there)
    emulator.insert("QueueItems", [{"Id": 1, "QueueDefinitionId": 71, "Status": "New"}], folder=here)
    emulator.insert("QueueItems", [{"Id": 5_000, "QueueDefinitionId": 72, "Status": "New"}], folder=there)
    async with emulator.client() as client:
        for night in range(3):
            everything = [client.folder(id=each).queue_items for each in (7, 8)]
            if finds_folders:
                everything = await in_all_folders(client, [lambda scope: scope.queue_items])
            await export(everything, tmp_path / "lake", since="last")
            if night == 0:
                await client.folder(id=here).queue_definitions.share_to_folders(
                    queue_ids=[71], to_add_folder_ids=[there], to_remove_folder_ids=[here]
                )
    rows = [orjson.loads(row) for row in b"".join(parts(tmp_path / "lake").values()).splitlines()]
    assert not any("_deleted" in row for row in rows)
    assert {row["_folder_id"] for row in rows if row["Id"] == 1} == {here, there}


_MEASURED = """
import asyncio, resource, sys, tempfile
from uipath_odata.export import ExportList, export
from uipath_odata.operations.jobs import Jobs
from uipath_odata.settings import Settings
from uipath_odata.calls.connection import TenantChannel
from uipath_odata.transport.request import Response
from urllib.parse import unquote
from yarl import URL
import orjson, re

ROWS, TEXT = int(sys.argv[1]), "x" * 400
peaks = []

class Endless:
    async def send(self, request, /, into=None):
        query = unquote(request.query)
        bounds = [int(each) for each in re.findall(r"Id gt (\\d+)", query)]
        ends = [int(each) + 1 for each in re.findall(r"Id le (\\d+)", query)] + [int(each) for each in re.findall(r"Id lt (\\d+)", query)]
        low, high = max(bounds, default=0), min([*ends, ROWS + 1])
        top = int((re.findall(r"[$]top=(\\d+)", query) or [1000])[0])
        ids = range(low + 1, high)
        wanted = ids[::-1][:top] if "Id desc" in query else ids[:top]
        rows = [{"Id": each, "State": "Running", "Info": TEXT} for each in wanted]
        if rows and rows[0]["Id"] % 10_000 < 1_000:
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        return Response(200, {}, orjson.dumps({"@odata.count": len(ids), "value": rows}))

async def main(root):
    channel = TenantChannel(Endless(), URL("https://orchestrator.test/acme/Default"), Settings())
    summary = await export(ExportList("Jobs", Jobs._of(channel)), root, sys.argv[2], part_rows=20_000)
    assert summary.rows == ROWS, summary.rows

with tempfile.TemporaryDirectory() as root:
    asyncio.run(main(root))
print((max(peaks) - peaks[len(peaks) // 3]) // 1024)
"""


def grown(rows, kind):
    """How many MiB the memory grew after the first third of the rows."""
    finished = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(rows), kind], capture_output=True, text=True, check=True
    )
    return int(finished.stdout)


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_r107_memory_does_not_grow_with_the_rows(kind):
    assert grown(100_000, kind) < 50


@pytest.mark.full
@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_r107_nor_with_5_million(kind):
    assert grown(5_000_000, kind) < 50


async def test_an_error_that_nothing_foresaw_is_one_of_ours_and_fails_its_list_alone(tmp_path):
    def refuses(request):
        if "Jobs" in request.path:
            raise ValueError("a cell of another kind")
        return False

    with pytest.raises(
        ExportError, match=r"1 of 2 lists .*Jobs cannot be exported, ValueError: a cell of another kind"
    ):
        await export(lists(refuses), tmp_path)
    assert sum(len(data.splitlines()) for data in parts(tmp_path).values()) == 7


@pytest.mark.parametrize("name", ["lake\ud800", "lake\0", b"lake"])
async def test_a_name_that_no_file_can_have_is_refused(name):
    with pytest.raises(QueryError):
        await export(lists(), name)
