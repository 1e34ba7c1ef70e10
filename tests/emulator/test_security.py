"""What strangers may send to a double: it reaches neither SQL nor the machine's files, and its cost is bounded."""

from __future__ import annotations

import asyncio
import io
import sqlite3
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yarl import URL

from uipath_odata.emulator.data import nupkg, schema
from uipath_odata.emulator.data.store import Store
from uipath_odata.emulator.http.answers import Refusal

FOLDER = {"OrganizationUnitId": "36885"}
READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}

INJECTIONS = [
    "Name eq 'a''; DROP TABLE \"Jobs\"; --'",
    'Id eq 1; DROP TABLE "Robots"',
    "Id eq 1) OR 1=1 --",
    "_folder eq 1",
    "rowid eq 1",
    '"Name" eq 1',
    "Id eq 1 UNION SELECT content FROM _files",
    "load_extension('x') eq 1",
    "Name eq 'a\x00b'",
    "Robot/_folder eq 1",
    "Name eq '\r\nX-Injected: 1'",
]
DEEP = ["not " * 1000 + "(Id eq 1)", "-" * 1000 + "Id eq 1", "(" * 900 + "Id eq 1" + ")" * 900]
HUGE = [
    " or ".join(["Id eq 1"] * 101),
    "Id in (" + ",".join(["1"] * 3000) + ")",
    "Id eq 99999999999999999999999",
    "round(1e308 mul 10) eq 1",
    "floor(1e300) eq 1",
    "CreationTime add duration'P99999999999D' gt now()",
    "Name eq '" + "a" * 7000 + "'",
]


@pytest.mark.parametrize("option", ["$filter", "$orderby", "$select", "$expand"])
async def test_an_option_is_answered_or_refused_and_only_reads(demo, option):
    seen = set()
    connection = demo.emulator._store.connection
    before = demo.emulator.sql('SELECT COUNT(*) FROM "Jobs"')
    token = {"Authorization": f"Bearer {demo.emulator.tokens.issue()}"}
    connection.set_authorizer(lambda action, *_: seen.add(action) or sqlite3.SQLITE_OK)
    for text in INJECTIONS + DEEP + HUGE:
        url = URL(f"{demo.emulator.base_url}/odata/Robots").with_query({option: text})
        async with demo.session.get(url, headers=token) as reply:
            assert reply.status in {200, 400}, text
            assert "X-Injected" not in reply.headers
    assert sqlite3.SQLITE_SELECT in seen
    assert seen <= READS
    assert demo.emulator.sql('SELECT COUNT(*) FROM "Jobs"') == before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec="utf-8"), max_size=40))
async def test_a_filter_of_any_characters_is_never_a_fault_of_the_server(demo, text):
    for filter_ in (text, f"Name eq '{text}'", f"contains(Name,'{text}')"):
        url = URL(f"{demo.emulator.base_url}/odata/Robots").with_query({"$filter": filter_})
        token = {"Authorization": f"Bearer {demo.emulator.tokens.issue()}"}
        async with demo.session.get(url, headers=token) as reply:
            assert reply.status in {200, 400}, filter_


@pytest.mark.parametrize("key", ["1 OR 1=1", "1)--", "' OR ''='", "1;DROP TABLE Robots"])
async def test_a_key_is_a_key(demo, key):
    assert (await demo.get(f"/odata/Robots({key})", **FOLDER)).status in {400, 404}
    assert (await demo.get(f"/odata/Settings('{key}')")).status in {400, 404}


def test_a_query_that_takes_too_long_is_ended():
    store = Store(schema.load(), 1, seconds=0.2)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"
    with pytest.raises(Refusal, match="costs too much"):
        store.rows(endless)
    assert store.rows("SELECT 1") == [(1,)]
    store.connection.close()


@pytest.mark.parametrize("top", [1001, 2**31, -1])
async def test_a_page_has_a_size(demo, top):
    assert (await demo.get(f"/odata/Robots?$top={top}", **FOLDER)).status == 400


async def test_a_body_has_a_size(demo):
    token = {"Authorization": f"Bearer {demo.emulator.tokens.issue()}"}
    url = f"{demo.emulator.base_url}/odata/Webhooks"
    async with demo.session.post(url, data=io.BytesIO(b"x" * (65 * 1024 * 1024)), headers=token) as reply:
        assert reply.status == 413


async def test_a_file_of_one_bucket_is_not_reached_through_another(empty):
    """The path is taken as it is: a name with dots leads nowhere else, and the signature is of one file."""
    first, second = (empty.emulator.add.bucket(name) for name in ("A", "B"))
    folder = {"OrganizationUnitId": "1"}
    empty.emulator.sql(
        f"INSERT INTO _files VALUES ('bucket-{second['Id']}', 'secret', x'01', 'text/plain', 0)"
    )
    place = f"/odata/Buckets({first['Id']})/UiPath.Server.Configuration.OData."
    around = f"../bucket-{second['Id']}/secret"
    for path in (around, "/etc/passwd", "..\\..\\x", f"x/{around}"):
        assert (await empty.get(f"{place}GetReadUri?path={path}", **folder)).status == 404
    write = (await empty.get(f"{place}GetWriteUri?path={around}", **folder)).body
    target = URL(write["Uri"], encoded=True)
    headers = dict(zip(write["Headers"]["Keys"], write["Headers"]["Values"], strict=True))
    async with empty.session.put(target, data=b"overwritten", headers=headers) as reply:
        assert reply.status in {201, 403}
    ((content,),) = empty.emulator.sql(
        "SELECT content FROM _files WHERE place = ? AND path = 'secret'", f"bucket-{second['Id']}"
    )
    assert content == b"\x01"


async def test_a_signature_is_for_one_file_and_one_verb(empty):
    bucket = empty.emulator.add.bucket("A")["Id"]
    empty.emulator.sql(f"INSERT INTO _files VALUES ('bucket-{bucket}', 'a', x'01', 'text/plain', 0)")
    empty.emulator.sql(f"INSERT INTO _files VALUES ('bucket-{bucket}', 'b', x'02', 'text/plain', 0)")
    path = f"/odata/Buckets({bucket})/UiPath.Server.Configuration.OData.GetReadUri?path=a"
    uri = (await empty.get(path, OrganizationUnitId="1")).body["Uri"]
    for changed in (
        uri.replace("/a?", "/b?"),
        uri.replace("sp=GET", "sp=PUT"),
        uri.replace("se=", "se=9"),
        uri.replace("se=", "se=%C2%B2"),
        f"{uri}%C3%A9",
    ):
        async with empty.session.get(URL(changed, encoded=True)) as reply:
            assert reply.status == 403
    async with empty.session.put(URL(uri, encoded=True), data=b"x") as reply:
        assert reply.status == 403


def test_a_package_is_read_within_bounds():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.nuspec", b"<package>" + b" " * (200 * 1024 * 1024) + b"</package>")
    with pytest.raises(ValueError, match="NuGet"):
        nupkg.read(bomb.getvalue())
    laughs = '<!DOCTYPE p [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    entities = io.BytesIO()
    with zipfile.ZipFile(entities, "w") as archive:
        archive.writestr("x.nuspec", laughs + "]><package><id>&i;</id><version>1</version></package>")
    with pytest.raises(ValueError, match=r"package"):
        nupkg.read(entities.getvalue())


async def test_a_header_that_is_not_text_is_refused(demo):
    port = URL(demo.emulator.base_url).port
    token = demo.emulator.tokens.issue().encode()
    lines = b"GET /odata/Robots HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + token
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(lines + b"\r\nX-UIPATH-FolderPath: \xff\r\n\r\n")
    assert b" 400 " in await reader.readline()
    writer.close()


async def test_a_line_that_never_ends_is_refused(demo):
    port = URL(demo.emulator.base_url).port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert b" 400 " in await reader.readline()
    writer.close()
