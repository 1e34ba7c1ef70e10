"""What a server sends need not look like a line of a file: it is one there all the same, or an error."""

from __future__ import annotations

import datetime as dt
import json

import attrs
import pytest
from yarl import URL

from uipath_odata.errors import DecodeError
from uipath_odata.execution.list_source import TenantChannel
from uipath_odata.export import Privacy, export
from uipath_odata.operations.jobs import Jobs
from uipath_odata.settings import Settings

from .tenant import Tenant

ROWS = [
    {"Id": each, "Key": f"k{each}", "Info": "a\r\nb\u2028c", "Robot": {"Id": 5}, "State": "Pending"}
    for each in range(1, 18)
]


class Printed:
    """A tenant whose bodies are changed on their way, as by a server with a taste of its own."""

    def __init__(self, change):
        self.tenant, self.change = Tenant(dt.datetime(2024, 5, 2, tzinfo=dt.UTC)), change
        self.tenant.sets = {"Jobs": ROWS, "RobotLogs": []}

    async def send(self, request, /, into=None):
        _, parenthesis, key = request.path.partition("(")
        if parenthesis:
            row = ROWS[int(key.removesuffix(")")) - 1]
            return attrs.evolve(
                await self.tenant.send(attrs.evolve(request, path="/odata/Jobs"), into),
                body=self.change(json.dumps(row).encode()),
            )
        answer = await self.tenant.send(request, into)
        return attrs.evolve(answer, body=self.change(answer.body))


def over_lines(between):
    return lambda body: json.dumps(json.loads(body), indent=2).replace("\n", between).encode()


def jobs(change):
    return Jobs._of(TenantChannel(Printed(change), URL("https://orchestrator.test/acme/Default"), Settings()))


HASHED = {"privacy": Privacy(drop="Robot", hash="Key", key=b"a key of 16 bytes or more")}


@pytest.mark.parametrize("between", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize(
    "options",
    [{}, {"with_details": True}, HASHED, {"since": "last"}, {"single_file": True}],
    ids=["as sent", "with details", "hashed", "nightly", "one file"],
)
async def test_rows_that_come_over_many_lines_are_lines(tmp_path, between, options):
    place = tmp_path / ("jobs.jsonl" if "single_file" in options else "jobs")
    await export(jobs(over_lines(between)), place, **options)
    files = sorted(place.rglob("*.jsonl")) if place.is_dir() else [place]
    read = [json.loads(line) for file in files for line in file.read_bytes().splitlines()]
    assert [row["Id"] for row in read] == [row["Id"] for row in ROWS]
    assert [row["Info"] for row in read] == [row["Info"] for row in ROWS]


@pytest.mark.parametrize(
    "text", [b"Gr\xfc\xdfe", b"\xed\xa0\xbd", b"\xf0\x9f\x98"], ids=["Latin-1", "CESU-8", "cut"]
)
@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
@pytest.mark.parametrize("of_lists", [True, False], ids=["a list", "an entity"])
async def test_a_body_that_is_no_utf_8_is_refused_and_not_written_r22(tmp_path, text, kind, of_lists):
    def change(body):
        return body.replace(b'"k7"', b'"%b"' % text) if (b'"value"' in body) is of_lists else body

    with pytest.raises(DecodeError, match="is not JSON"):
        await export(jobs(change), tmp_path / "jobs", kind, with_details=True)
    written = b"".join(file.read_bytes() for file in (tmp_path / "jobs").rglob("*.jsonl"))
    assert text not in written
    written.decode()
