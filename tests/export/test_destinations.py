"""Places behind fsspec: files there appear whole or not at all, and the journal stays here."""

from __future__ import annotations

import datetime as dt
import itertools
import stat
import traceback

import fsspec
import pytest
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.errors import ExportError, ExportLocked, QueryError
from uipath_odata.export import export, exporting, status, verify
from uipath_odata.export.places.disk import LocalDisk
from uipath_odata.export.places.file_store import RemoteFileStore
from uipath_odata.operations.jobs import Jobs
from uipath_odata.settings import Settings

from .tenant import Tenant

NUMBERS = itertools.count()


def jobs(of=None):
    made = of or Tenant(dt.datetime(2024, 5, 2, tzinfo=dt.UTC), page_cap=3)
    made.sets = {"Jobs": [{"Id": number, "State": "Running"} for number in range(1, 11)]}
    return Jobs._of(TenantChannel(made, URL("https://orchestrator.test/acme/Default"), Settings()))


@pytest.mark.parametrize("asks", [0, 1])
def test_r98_a_remote_place_is_not_changed_once_another_exporter_holds_its_journal(tmp_path, asks):
    answers = iter([None] * asks + [ExportLocked("was taken over")] * 9)

    def check_fence():
        if error := next(answers):
            raise error

    remote = tmp_path / "remote"
    (remote / "Jobs").mkdir(parents=True)
    (remote / "Jobs" / "part").write_bytes(b"of the other")
    (tmp_path / "_tmp-0").write_bytes(b"ours")
    store = RemoteFileStore(LocalDisk(tmp_path), check_fence, fsspec.filesystem("file"), str(remote))
    for change in (lambda: store.put("_tmp-0", "Jobs/part"), lambda: store.remove("Jobs/part")):
        with pytest.raises(ExportLocked, match="was taken over"):
            change()
    assert (remote / "Jobs" / "part").read_bytes() == b"of the other"
    assert (tmp_path / "_tmp-0").exists()


@pytest.fixture(params=["memory", "s3"])
def place(request):
    if request.param == "memory":
        return f"memory://lake-{next(NUMBERS)}"
    return request.getfixturevalue("s3")


def names_at(url):
    filesystem, root = fsspec.core.url_to_fs(url)
    filesystem.invalidate_cache()
    return sorted(name.lstrip("/").removeprefix(f"{root.lstrip('/')}/") for name in filesystem.find(root))


def rows_at(url):
    return b"".join(fsspec.open(f"{url}/{name}").open().read() for name in names_at(url) if "part-" in name)


def here(root):
    return {str(file.relative_to(root)) for file in root.rglob("*") if not file.is_dir()}


PARTS = [f"Jobs/part-00000{number}-g1.jsonl" for number in range(1, 5)]
WHOLE = sorted([*PARTS, "_SUCCESS", "_manifest.json"])


async def test_parts_a_manifest_and_the_mark_are_there_and_the_journal_is_here(place, tmp_path):
    await export(jobs(), place, part_rows=3, state=tmp_path)
    assert names_at(place) == WHOLE
    assert here(tmp_path) == {"_journal", "_job.json", "_job.lock"}
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("_journal", "_job.json")} == {0o600}
    assert verify(place, state=tmp_path).is_sound
    assert (verify(place, state=tmp_path).rows, status(place, state=tmp_path).is_complete) == (10, True)
    await export(jobs(), tmp_path / "local", part_rows=3)
    assert rows_at(place) == b"".join((tmp_path / "local" / name).read_bytes() for name in PARTS)


async def test_the_mark_comes_last(s3, s3_server, tmp_path):
    await export(jobs(), s3, part_rows=3, state=tmp_path)
    order = [path.rpartition("lake/")[2] for path in s3_server.uploads]
    assert order == [*PARTS, "_manifest.json", "_SUCCESS"]


@pytest.mark.parametrize("fails", ["part-000001", "part-000003", "_manifest.json", "_SUCCESS"])
async def test_an_upload_that_fails_ends_it_and_the_same_export_goes_on(s3, s3_server, tmp_path, fails):
    s3_server.refuses = lambda path: fails in path
    with pytest.raises(ExportError, match=r"cannot be reached, .* run the same export again"):
        await export(jobs(), s3, part_rows=3, state=tmp_path)
    assert "_SUCCESS" not in names_at(s3)
    assert not any(name.startswith("_tmp-") for name in here(tmp_path))
    s3_server.refuses = lambda path: False
    before = len(s3_server.uploads)
    await export(jobs(), s3, part_rows=3, state=tmp_path)
    again = [path.rpartition("lake/")[2] for path in s3_server.uploads[before:]]
    wanted = [*PARTS, "_manifest.json", "_SUCCESS"]
    first = next(
        (number for number, name in enumerate(wanted) if fails in name and "part" in name), len(PARTS)
    )
    assert again == wanted[first:]
    assert verify(s3, state=tmp_path).is_sound


async def test_parts_of_another_program_stay(place, tmp_path):
    filesystem, root = fsspec.core.url_to_fs(place)
    theirs = ["Jobs/part-00000-4711.c000.snappy.parquet", "Other/part-000001-g1.jsonl", "_tmp-1", "notes"]
    for name in theirs:
        filesystem.pipe_file(f"{root}/{name}", b"precious")
    await export(jobs(), place, part_rows=3, state=tmp_path)
    await export(jobs(), place, part_rows=3, state=tmp_path, overwrite=True)
    assert names_at(place) == sorted([*WHOLE, *theirs])
    assert {filesystem.cat_file(f"{root}/{name}") for name in theirs} == {b"precious"}


async def test_a_whole_export_is_done_already_and_replaced_when_asked_to(place, tmp_path):
    first = await export(jobs(), place, part_rows=3, state=tmp_path)
    dead = Tenant(dt.datetime(2024, 5, 2, tzinfo=dt.UTC))
    dead.failing = 0
    again = await export(jobs(dead), place, part_rows=3, state=tmp_path)
    assert (again.rows, again.requests, again.is_complete) == (first.rows, 0, True)
    assert (again.proven, again.reason) == (first.proven, first.reason)
    assert names_at(place) == WHOLE
    assert verify(place, state=tmp_path).is_sound
    await export(jobs(), place, part_rows=9, state=tmp_path, overwrite=True)
    assert names_at(place) == sorted([*PARTS[:2], "_SUCCESS", "_manifest.json"])
    assert verify(place, state=tmp_path).is_sound


async def test_a_place_whose_journal_was_lost_is_refused_and_replaced_when_asked_to(place, tmp_path):
    await export(jobs(), place, part_rows=3, state=tmp_path / "one")
    with pytest.raises(ExportError, match="no journal here knows it"):
        await export(jobs(), place, part_rows=9, state=tmp_path / "two")
    assert names_at(place) == WHOLE
    await export(jobs(), place, part_rows=9, state=tmp_path / "two", overwrite=True)
    assert names_at(place) == sorted([*PARTS[:2], "_SUCCESS", "_manifest.json"])


async def test_a_journal_of_another_place_is_not_gone_on_from(tmp_path):
    await export(jobs(), "memory://first", part_rows=3, state=tmp_path)
    with pytest.raises(ExportError, match=r"which the journal counts, cannot be found: restore"):
        await export(jobs(), "memory://second", part_rows=3, state=tmp_path)


async def test_stopped_it_says_what_is_there_and_goes_on(place, tmp_path):
    async with exporting(jobs(), place, part_rows=3, state=tmp_path) as run:
        async for event in run:
            if event.event == "part":
                run.stop()
    assert "_SUCCESS" not in names_at(place)
    assert "_manifest.json" in names_at(place)
    assert not status(place, state=tmp_path).is_complete
    assert verify(place, state=tmp_path).problems == ("Jobs was not read to its end",)
    await export(jobs(), place, part_rows=3, state=tmp_path)
    assert names_at(place)[-2:] == ["_SUCCESS", "_manifest.json"]
    assert sorted(rows_at(place).splitlines()) == sorted(
        b'{"Id":%d,"State":"Running"}' % each for each in range(1, 11)
    )


async def test_a_bucket_that_does_not_exist_is_not_made(s3, tmp_path):
    with pytest.raises(ExportError, match=r"s3://no-such-bucket-here/lake|no-such-bucket-here"):
        await export(jobs(), "s3://no-such-bucket-here/lake", state=tmp_path)
    assert not fsspec.filesystem("s3").exists("no-such-bucket-here")


async def test_a_file_url_is_a_local_place(tmp_path):
    await export(jobs(), f"file://{tmp_path}/lake", part_rows=3)
    assert here(tmp_path / "lake") == {*WHOLE, "_journal", "_job.json", "_job.lock"}
    assert verify(f"file://{tmp_path}/lake").is_sound


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        ("memory://lake/jobs.jsonl", {}, "one file is written to a local disk only"),
        ("memory://lake", {"single_file": True}, "one file is written to a local disk only"),
        ("jobs.jsonl", {"format": "csv"}, "ends like jsonl and format='csv'"),
        ("la\0ke", {}, "holds a NUL"),
        ("lake", {"state": "elsewhere"}, "the journal of a local one lies with it"),
        ("lake", {"single_file": True, "format": "parquet"}, "parquet cannot grow in one file"),
    ],
)
async def test_what_does_not_go_together_is_refused(tmp_path, target, options, message):
    place = target if "://" in target else tmp_path / target
    with pytest.raises(QueryError, match=message):
        await export(jobs(), place, **options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "url", ["htp://b/k", "S3X://b", "nonsense://user:canary-4711@lake", "filecache::htp://b"]
)
async def test_what_is_not_a_scheme_is_said_before_any_request(tmp_path, url):
    for state in (tmp_path, None):
        with pytest.raises(
            QueryError, match=r"^(htp|S3X|nonsense) is not a scheme: name a directory, or"
        ) as refused:
            await export(jobs(), url, state=state)
        assert "canary" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("url", ["gs://bucket/lake"])
async def test_a_place_that_cannot_be_reached_is_named(tmp_path, url):
    with pytest.raises(ExportError, match=f"{url} cannot be reached"):
        await export(jobs(), url, state=tmp_path)


async def test_a_password_in_a_url_is_written_nowhere(tmp_path):
    url = f"memory://user:canary-4711@lake-{next(NUMBERS)}"
    summary = await export(jobs(), url, state=tmp_path)
    assert "canary" not in str(summary)
    assert not any(b"canary" in (tmp_path / name).read_bytes() for name in here(tmp_path))
    with pytest.raises(ExportError, match="holds Jobs/") as refused:
        await export(jobs(), url, state=tmp_path / "another")
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize("url", ["gs://user:canary-4711@lake", "s3://user:canary-4711@lake/x"])
async def test_a_password_in_the_url_of_a_place_that_cannot_be_reached_is_not_shown(tmp_path, s3, url):
    with pytest.raises(ExportError, match=r"lake.* cannot be reached") as refused:
        await export(jobs(), url, state=tmp_path)
    assert "canary" not in "".join(traceback.format_exception(refused.value))
