"""An emulator that workers find by a file, and what is true of the rows that an engine has."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import sys
from pathlib import Path

import attrs
import pytest

from uipath_odata.emulator import Emulator
from uipath_odata.odata.instant import Instant
from uipath_odata.partitions.process_loop import process_loop

from .worker_side import FILE

HERE = Path(__file__).parent
TOKEN = "canary-token"  # looked for in all that travels
FIRST = dt.datetime(2024, 5, 14, 6, 0, tzinfo=dt.UTC)
LOGS = 6_000


def log(number):
    """Three rows share a millisecond, and differ in the seventh digit; a whole number is missing in some."""
    at = FIRST + dt.timedelta(milliseconds=100 * (number // 3))
    return {
        "TimeStamp": f"{at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + f"000{number % 3 + 1}Z",
        "Level": "Info" if number % 10 else "Error",
        "Message": f"row {number}",
        "RobotName": f"Robot{number % 7}",
        "MachineId": None if number % 4 == 0 else number,
    }


@attrs.frozen
class Tenant:
    """A running emulator, and the file by which clients of workers find it."""

    emulator: Emulator
    file: Path

    def tell(self, **facts):
        told = {"url": self.emulator.url, "token": TOKEN, **facts}
        self.file.write_text(json.dumps(told), "utf-8")

    def passes(self, hours=1, logs=50):
        """Let time pass in which robots write logs, all of them settled in the end."""
        clock = self.emulator.clock
        now = dt.datetime.fromtimestamp(clock(), dt.UTC)
        begun = self.emulator.sql("SELECT count(*) FROM RobotLogs")[0][0]
        rows = [
            log(begun + number)
            | {"TimeStamp": f"{now + dt.timedelta(seconds=number):%Y-%m-%dT%H:%M:%S}.1234567Z"}
            for number in range(logs)
        ]
        self.emulator.insert("RobotLogs", rows)
        clock.advance(hours=hours)

    def logs(self):
        """Return how many logs there are, and a sum of hashes that does not depend on their order."""
        rows = self.emulator.sql(
            'SELECT "TimeStamp", "Level", "Message", "RobotName", "MachineId" FROM RobotLogs'
        )
        return content(rows)


def content(rows):
    hashes = [int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest()) for row in rows]
    return len(hashes), sum(hashes) % 2**256


NAMES = ("TimeStamp_text", "Level", "Message", "RobotName", "MachineId")


def content_of(table, names=NAMES):
    """Return the same of an Arrow table whose times have their texts beside them."""
    columns = [table.column(name).to_pylist() for name in names]
    return content((Instant.parse(at).ticks, *rest) for at, *rest in zip(*columns, strict=True))


@pytest.fixture(scope="session")
def workers_find(tmp_path_factory):
    """Name the file before any worker starts, for what it inherits is what is set then."""
    file = tmp_path_factory.mktemp("engines") / "emulator.json"
    os.environ[FILE] = str(file)
    os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])
    sys.path.insert(0, str(HERE))
    return file


@pytest.fixture(scope="session")
def served():
    """One for all tests of a process: workers keep their clients, and these refuse another tenant's pieces."""
    with Emulator(seed=None, token=TOKEN) as emulator:
        yield emulator
        process_loop().close()


@pytest.fixture
def tenant(workers_find, served):
    served.reset()
    served.insert("RobotLogs", map(log, range(LOGS)))
    made = Tenant(served, workers_find)
    made.tell()
    return made
