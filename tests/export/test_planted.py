"""What lies in the way of an export, planted or lost while it runs: found, and never followed."""

from __future__ import annotations

import os

import pytest

from uipath_odata.errors import DecodeError, ExportError, QueryError
from uipath_odata.export import ExportList, Folder, export, exporting, verify

from .test_altered import jobs, tenant


@pytest.mark.parametrize("since", [None, "last"])
async def test_a_link_that_lies_where_parts_would_go_is_not_followed(tmp_path, since):
    root, elsewhere = tmp_path / "lake", tmp_path / "elsewhere"
    root.mkdir()
    elsewhere.mkdir()
    (root / "Jobs").symlink_to(elsewhere)
    with pytest.raises(ExportError, match="Jobs is a symbolic link, which no export follows"):
        await export(jobs(), root, since=since)
    assert not [*elsewhere.iterdir()]


async def export_and(root, meddle):
    """Export, and let somebody meddle once every list is read."""
    async with exporting(jobs(), root, part_rows=3) as run:
        async for event in run:
            if event.event == "complete":
                meddle(root)


@pytest.mark.parametrize("lost", ["_journal", "Jobs/part-000001-g1.jsonl"])
async def test_what_vanished_while_the_export_ran_is_found_before_the_mark(tmp_path, lost):
    with pytest.raises(ExportError, match=r"was removed or altered while|cannot be found"):
        await export_and(tmp_path, lambda root: (root / lost).unlink())
    assert not (tmp_path / "_SUCCESS").exists()


async def test_a_pipe_that_takes_the_place_of_the_journal_is_not_waited_for(tmp_path):
    def meddle(root):
        (root / "_journal").unlink()
        os.mkfifo(root / "_journal")

    with pytest.raises(ExportError, match="is not a file"):
        await export_and(tmp_path, meddle)
    assert not (tmp_path / "_SUCCESS").exists()


@pytest.mark.parametrize("url", ["s3://", "s3:///", "memory://"])
async def test_a_url_without_a_bucket_is_refused(url):
    with pytest.raises(QueryError, match="names no bucket or path"):
        await export(jobs(), url)


class Odd:
    """A server whose answers for one folder are odd."""

    def __init__(self, rows, folder, odd):
        self.rows, self.folder, self.odd = rows, folder, odd

    async def send(self, request, /, into=None):
        response = await self.rows.send(request, into)
        if request.headers.get("X-UIPATH-OrganizationUnitId") != self.folder:
            return response
        return type(response)(response.status, response.headers, self.odd(response.body))


ODD = {
    "deep": lambda body: body.replace(b'"Running"', b"[" * 1_000 + b"]" * 1_000),
    "count": lambda body: body.replace(b'"value":[', b'"@odata.count":' + b"9" * 5_000 + b',"value":['),
    "deep beyond reading": lambda body: body.replace(b'"Running"', b"[" * 200_000 + b"]" * 200_000),
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
async def test_an_odd_answer_fails_its_list_alone(tmp_path, odd, kind):
    server = Odd(tenant(), "7", ODD[odd])
    lists = [
        ExportList(
            "Jobs", jobs(of=server, **{"X-UIPATH-OrganizationUnitId": str(number)}), Folder(number, "F")
        )
        for number in (6, 7, 8)
    ]
    async with exporting(lists, tmp_path, kind) as run:
        try:
            async for _ in run:
                pass
        except (ExportError, DecodeError):
            pass
    ends = {
        event.folder and number: event.event
        for number, event in zip((6, 7, 8), run.summary.lists, strict=True)
    }
    assert (ends[6], ends[8]) == ("complete", "complete")
    if ends[7] == "complete":
        assert verify(tmp_path).is_sound
    assert sum(event.rows for event in run.summary.lists if event.event == "complete") in {14, 21}
