"""Streams that are closed or full, and names that are not UTF-8, lose no row: real processes under a real shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from uipath_odata.emulator import Emulator
from uipath_odata.export import verify

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a POSIX shell closes them")

COMMAND = f"{sys.executable} -m uipath_odata.cli"


@pytest.fixture(scope="module")
def emulator():
    with Emulator() as running:
        yield running


@pytest.fixture
def shell(emulator, tmp_path):
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "UIPATH_URL": emulator.url,
        "UIPATH_ACCESS_TOKEN": emulator.tokens.personal_access_token,
    }

    def run(line):
        return subprocess.run(
            ["bash", "-c", line], env=environ, cwd=tmp_path, capture_output=True, timeout=120, check=False
        )

    return run


def names_in(directory):
    return [os.fsencode(path.name) for path in directory.iterdir()]


@pytest.mark.parametrize("streams", [">&-", "2>&-", "<&- >&- 2>&-", ">/dev/full", "2>/dev/full"])
def test_an_export_is_whole_whatever_becomes_of_its_streams(shell, tmp_path, streams):
    told = shell(f"{COMMAND} export Releases --output lake {streams}")
    assert told.returncode == 0, told.stderr
    assert b"Traceback" not in told.stderr
    report = verify(tmp_path / "lake")
    assert (report.is_sound, report.rows) == (True, 6)


def test_what_is_printed_never_goes_into_a_file_that_took_the_number_of_a_stream(shell, tmp_path):
    assert shell(f"{COMMAND} export Releases --output rows.jsonl <&- >&- 2>&-").returncode == 0
    rows = [orjson.loads(line) for line in (tmp_path / "rows.jsonl").read_bytes().splitlines()]
    assert len({row["Id"] for row in rows}) == 6


def test_rows_for_a_stream_that_is_not_there_end_with_what_to_do(shell):
    closed = shell(f"{COMMAND} export Releases --output - >&-")
    assert (closed.returncode, closed.stderr) == (
        2,
        b"uipath-odata: standard output is closed: name a file\n",
    )
    full = shell(f"{COMMAND} export Releases --output - >/dev/full")
    assert full.returncode == 1
    assert full.stderr.startswith(b"uipath-odata: standard output cannot be written, No space left on device")
    assert full.stderr.count(b"\n") == 1


@pytest.mark.parametrize("name", [b"lake\xff", b"rows\xff.jsonl", "zürich".encode("latin-1")])
def test_a_name_that_is_not_utf_8_is_written_and_told(shell, tmp_path, name):
    output = "$'" + "".join(f"\\x{byte:02x}" for byte in name) + "'"
    told = shell(
        f"{COMMAND} export Releases --output {output} --report $'r\\xff.html' --metrics $'m\\xff.prom'"
    )
    assert told.returncode == 0, told.stderr
    assert name in names_in(tmp_path)
    last, summary = map(orjson.loads, told.stdout.splitlines()[-2:])
    assert last["file"].startswith(name.decode("utf-8", "backslashreplace"))
    assert summary["where"] == [name.decode("utf-8", "backslashreplace")]
    assert {b"r\xff.html", b"m\xff.prom"} <= {*names_in(tmp_path)}
    again = shell(f"{COMMAND} export Releases --output {output} --progress none")
    assert b"Traceback" not in again.stderr
    assert name.decode("utf-8", "backslashreplace").encode() in again.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("words", ["sets", "--help", "status lake", "verify lake", "export Robots --explain"])
def test_a_full_standard_output_is_one_line(shell, words):
    assert shell(f"{COMMAND} export Folders --output lake --progress none").returncode == 0
    full = shell(f"{COMMAND} {words} >/dev/full")
    assert full.returncode == 1
    assert full.stderr.startswith(
        b"uipath-odata: standard output cannot be written, No space left on device:"
    )
    assert full.stderr.count(b"\n") == 1


@pytest.mark.parametrize("name", [b"caf\xe9 d'or", b"zwei\nZeilen"])
def test_the_command_that_status_prints_has_any_name(shell, name, tmp_path):
    place = os.fsdecode(bytes(tmp_path) + b"/" + name)
    environ_name = place.replace("'", "'\\''")
    assert (
        shell(os.fsencode(f"{COMMAND} export Folders --progress none --output '{environ_name}'")).returncode
        == 0
    )
    shown = shell(os.fsencode(f"{COMMAND} status '{environ_name}'")).stdout.decode()
    words = shown.partition("made by: uipath-odata ")[2].strip()
    again = shell(f"{COMMAND} {words} --progress none")
    assert (again.returncode, again.stderr.count(b"whole already")) == (0, 1)
