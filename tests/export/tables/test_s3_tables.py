"""Lakes and tables in a bucket, with the credentials and the endpoint that fsspec takes."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import time

import fsspec
import pytest
from deltalake import DeltaTable
from s3fs import S3FileSystem

from uipath_odata.errors import ExportError
from uipath_odata.export import export, verify
from uipath_odata.export.tables.storage import storage_options

from ..life import Life
from ..test_churn import lists_of

KEYS = {"AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture
def endpoint():
    """A server in a process of its own, because delta-rs lets no other thread of ours work while it waits."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-p", str(port)],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    for _ in range(200):
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    S3FileSystem.clear_instance_cache()  # it keeps the endpoint of those that it made
    yield f"http://127.0.0.1:{port}"
    S3FileSystem.clear_instance_cache()
    process.kill()
    process.wait()


async def test_a_lake_and_its_tables_lie_in_one_bucket(endpoint, monkeypatch):
    for name, value in {**KEYS, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, value)
    fsspec.filesystem("s3").mkdir("bucket-of-tables")
    life, root = Life(random.Random(5)), "s3://bucket-of-tables"

    async def night(table):
        life.day()
        lists = [each for each in lists_of(life.tenant) if each.entity_set == "Jobs"]
        return await export(lists, f"{root}/lake", "parquet", since="last", table=table)

    for _ in range(2):
        assert (await night(f"delta:{root}/tables")).is_complete
    table = DeltaTable(f"{root}/tables/Jobs", storage_options=storage_options(root))
    shown = {row["Id"]: row["State"] for row in table.to_pyarrow_table().to_pylist()}
    assert shown == {row["Id"]: row["State"] for row in life.tenant.sets["Jobs"]}
    assert verify(f"{root}/lake").is_sound


async def test_a_bucket_that_is_not_there_is_refused_by_its_name(endpoint, monkeypatch, tmp_path):
    for name, value in {**KEYS, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, value)
    life = Life(random.Random(5))
    life.day()
    asked = life.tenant.requests.total()
    lists = [each for each in lists_of(life.tenant) if each.entity_set == "Releases"]
    with pytest.raises(ExportError, match=r"no-such-bucket/tables/Releases cannot be read .*NoSuchBucket"):
        await export(lists, tmp_path, "parquet", table="delta:s3://no-such-bucket/tables")
    assert life.tenant.requests.total() == asked


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        (
            {"AWS_ENDPOINT_URL": "http://here:9"},
            {"AWS_ENDPOINT_URL": "http://here:9", "AWS_ALLOW_HTTP": "true"},
        ),
        ({"AWS_ENDPOINT_URL_S3": "https://here"}, {"AWS_ENDPOINT_URL": "https://here"}),
        ({"AWS_PROFILE": "acme"}, None),
    ],
)
def test_delta_is_told_what_it_does_not_read_by_itself(monkeypatch, environ, wanted):
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert storage_options("s3://bucket/tables") == wanted
    assert storage_options("/a/path") is None
