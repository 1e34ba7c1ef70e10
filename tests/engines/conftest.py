"""An emulator that workers find by a file, and what is true of the rows that an engine has."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import sys
import time
from pathlib import Path

import attrs
import pytest

from uipath_odata.emulator import Emulator
from uipath_odata.odata.instant import Instant
from uipath_odata.partitions.process_loop import process_loop

from ..robot_logs import log
from .worker_side import FILE

HERE = Path(__file__).parent
TOKEN = "canary-token"  # looked for in all that travels
LOGS = 6_000
ROBOTS_OF_A_PAGE = 20


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

    def insert_robots(self, pages=200):
        self.emulator.insert("Robots", [{"Id": number} for number in range(1, pages * ROBOTS_OF_A_PAGE + 1)])

    def asked_for_robots(self):
        return self.emulator.requests["GET /odata/Robots"]

    def logs(self):
        """Return how many logs there are, and a sum of hashes that does not depend on their order."""
        rows = self.emulator.sql(
            'SELECT "TimeStamp", "Level", "Message", "RobotName", "MachineId" FROM RobotLogs'
        )
        return content(rows)


@attrs.frozen
class Gate:
    """Where a reading waits, once it has asked ``asks`` times, until it is let on."""

    directory: Path
    asks: int = 10

    @property
    def facts(self):
        return {
            "asks": self.asks,
            "reached": str(self.directory / "reached"),
            "go": str(self.directory / "go"),
        }

    def wait(self):
        """Wait until it is reached, and return the process that waits there."""
        reached = self.directory / "reached"
        wait_for(lambda: reached.exists() and reached.read_text("ascii"))
        return int(reached.read_text("ascii"))

    def open(self):
        (self.directory / "go").touch()


def has_ended(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def wait_for(condition):
    for _ in range(1_000):
        if condition():
            return
        time.sleep(0.02)
    pytest.fail(f"{condition} never came true")


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
    """One for all tests of a process: workers keep their clients, and these refuse another tenant's partitions."""
    with Emulator(seed=None, token=TOKEN, page_caps={"Robots": ROBOTS_OF_A_PAGE}) as emulator:
        yield emulator
        process_loop().close()


@pytest.fixture
def tenant(workers_find, served):
    served.reset()
    served.insert("RobotLogs", map(log, range(LOGS)))
    made = Tenant(served, workers_find)
    made.tell()
    return made
