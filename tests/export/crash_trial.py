"""Exports that end at any operation on their files, killed or without power, and in their recovery again."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from concurrent.futures import Future, ThreadPoolExecutor

import attrs
import orjson
from yarl import URL

from uipath_odata.calls.connection import TenantChannel
from uipath_odata.errors import ExportError
from uipath_odata.export import ExportList
from uipath_odata.export.exporting import running
from uipath_odata.export.journal.journal import JOURNAL, records_in
from uipath_odata.export.journal.manifest import MANIFEST
from uipath_odata.export.journal.state import states_of
from uipath_odata.export.open_export import OpenExport
from uipath_odata.export.options import Options
from uipath_odata.export.places.place import Place
from uipath_odata.export.verify import look_at
from uipath_odata.operations.jobs import Jobs
from uipath_odata.operations.robot_logs import RobotLogs
from uipath_odata.settings import Settings

from .crash_disk import CrashDisk
from .tenant import Tenant

NIGHT = dt.datetime(2024, 5, 2, tzinfo=dt.UTC)
ENDS = {
    "a kill": lambda disk: disk.after_a_kill(),
    "a loss of power": lambda disk: disk.after_a_loss_of_power(),
}


def job(number, **facts):
    at = f"2024-05-01T{number % 24:02d}:00:00Z"
    return {"Id": number, "State": "Running", "CreationTime": at, "LastModificationTime": at, **facts}


def log(number, **facts):
    """Three rows share a millisecond."""
    return {
        "TimeStamp": f"2024-05-01T10:00:{number // 3:02d}.000000{number % 3}Z",
        "Message": str(number),
        **facts,
    }


class AtOnce(ThreadPoolExecutor):
    """Work without threads: their turns would cost more than all else."""

    def submit(self, work, /, *arguments, **options):
        done = Future()
        try:
            done.set_result(work(*arguments, **options))
        except BaseException as error:  # noqa: BLE001 - the loop raises it
            done.set_exception(error)
        return done


def tenant():
    made = Tenant(NIGHT, page_cap=5)
    made.sets = {
        "Jobs": [job(number) for number in range(1, 13)],
        "RobotLogs": [log(number) for number in range(9)],
    }
    return made


def a_day_later(made):
    made.now += dt.timedelta(days=1)
    made.sets["Jobs"][3] |= {"State": "Successful", "LastModificationTime": "2024-05-02T12:00:00Z"}
    made.sets["Jobs"] += [job(30, LastModificationTime="2024-05-02T13:00:00Z")]
    made.sets["RobotLogs"] += [
        log(4, Message="late"),
        {"TimeStamp": "2024-05-02T15:00:00Z", "Message": "new"},
    ]


@attrs.frozen
class Scenario:
    """An export that is disturbed, of a tenant on a disk."""

    tenant: Tenant
    options: Options
    before: dict[str, bytes] = attrs.field(factory=dict)
    file: str | None = None
    overwrite: bool = False
    sets: tuple[str, ...] = ("Jobs", "RobotLogs")
    format: str = "jsonl"

    async def run(self, disk, root):
        """Run it to its end; give how many rows it told to be safe."""
        channel = TenantChannel(self.tenant, URL("https://orchestrator.test/acme/Default"), Settings())
        made = {"Jobs": Jobs._of(channel), "RobotLogs": RobotLogs._of(channel)}
        lists = [ExportList(name, made[name]) for name in self.sets]
        state = root / (f"{self.file}.partial" if self.file else "lake")
        place = Place(format=self.format, state=state, file=root / self.file if self.file else None)
        committed = {}
        try:
            async with running(OpenExport(place, lists, self.options, self.overwrite, disk)) as run:
                async for event in run:
                    committed[event.entity_set] = event.committed
        except BaseException as error:
            if not disk.is_dead:
                raise
            error.__traceback__ = None
        return committed

    def place(self, root):
        return Place(format=self.format, state=root / "lake")


def options(**more):
    return Options(**{"part_rows": 5, "parallel": 1, "concurrency": 1, **more})


async def afresh(_):
    return Scenario(tenant(), options())


async def by_date(_):
    return Scenario(tenant(), options(partition_by=("date",)), sets=("Jobs",))


async def over_an_old_one(root):
    old = await ended(attrs.evolve(await afresh(root), options=options(part_rows=3)), root)
    made = tenant()
    made.sets["Jobs"] = [job(number, Key="new") for number in range(1, 9)]
    return Scenario(made, options(), before=old, overwrite=True)


async def the_second_night(root):
    made = tenant()
    first = Scenario(made, options(since="last"))
    before = await ended(first, root)
    a_day_later(made)
    return attrs.evolve(first, before=before)


async def one_file(_):
    return Scenario(tenant(), options(), file="logs.jsonl", sets=("RobotLogs",))


async def one_csv_file(_):
    return Scenario(tenant(), options(), file="jobs.csv", sets=("Jobs",), format="csv")


async def one_file_over_another(_):
    return Scenario(
        tenant(),
        options(),
        before={"../logs.jsonl": b"old\n"},
        file="logs.jsonl",
        overwrite=True,
        sets=("Jobs",),
    )


SCENARIOS = (
    afresh,
    by_date,
    over_an_old_one,
    the_second_night,
    one_file,
    one_csv_file,
    one_file_over_another,
)


async def ended(scenario, root):
    disk = CrashDisk(random.Random(0), files=scenario.before)
    await scenario.run(disk, root)
    return contents(disk)


def journal_of(files):
    return records_in(files.get(JOURNAL, b""))[0]


def broken_promises(scenario, files, committed):
    """J1: what the journal counts is there, whole; what was told to be safe is counted."""
    behind, counted = {}, states_of(journal_of(files))
    for key, state in counted.items():
        for file in (file for part in state.parts.values() for file in part.files):
            start = behind.get(file.name, 0)
            behind[file.name] = start + file.bytes
            data = files.get(file.name, files.get(f"../{scenario.file}", b""))
            data = data if "/" in file.name else data[start : start + file.bytes]
            if hashlib.sha256(data).hexdigest() != file.sha256:
                yield f"{key}: {file.name} is not what the journal says"
    is_named = scenario.file is not None and JOURNAL not in files
    if not is_named and not scenario.overwrite:
        for key, rows in committed.items():
            if rows > (counted[key].rows if key in counted else 0):
                yield f"{key}: {rows} rows were told to be safe"


def rows_of(files, key):
    """The rows of a list as a reader merges them: each Id as it was read last, every log."""
    state = states_of(journal_of(files))[key]
    lines = [
        orjson.loads(line)
        for part in state.parts.values()
        for file in part.files
        for line in files[file.name].splitlines()
    ]
    lines.sort(key=lambda row: row["_read_at"])
    plain = [{name: row[name] for name in row if name != "_read_at"} for row in lines]
    return [*{row["Id"]: row for row in plain}.values()] if key == "Jobs" else plain


def differences(scenario, wanted, files, root):
    """The files of an export that was gone on from are those of one that nothing disturbed."""
    if scenario.file is None:
        yield from look_at(scenario.place(root), CrashDisk(random.Random(0), files=files)).problems
    if scenario.options.since:
        for key in scenario.sets:
            if sorted(map(orjson.dumps, rows_of(files, key))) != sorted(
                map(orjson.dumps, rows_of(wanted, key))
            ):
                yield f"the rows of {key} differ"
        wanted = dict.fromkeys(name for name in wanted if "/" not in name)
        files = dict.fromkeys(name for name in files if "/" not in name)
    for name in sorted({*files, *wanted} - {JOURNAL}):
        if name == MANIFEST and name in files and name in wanted:
            continue  # it tells the proof and the notes of the runs that there were; verify has read it
        if name not in files or name not in wanted or files[name] != wanted[name]:
            yield f"{name} differs"


@attrs.define
class Trial:
    """Ends of one export at each of its operations, and of its recovery at some."""

    scenario: Scenario
    root: object
    make_disk: type = CrashDisk
    wrong: list[str] = attrs.field(factory=list)
    crashes: int = 0

    async def all(self, seeds, step=1, enough=None):
        """End it everywhere, until ``enough`` is wrong."""
        calm = CrashDisk(random.Random(0), files=self.scenario.before)
        await self.scenario.run(calm, self.root)
        wanted = contents(calm)
        for number in range(1, len(calm.operations) + 2, step):
            if enough is not None and len(self.wrong) >= enough:
                break
            for seed in range(seeds):
                for end, left_after in ENDS.items():
                    rng = random.Random(f"{number} {seed} {end}")
                    told = [each async for each in self.one(rng, number, left_after, wanted)]
                    self.wrong += [f"{end} at {number}, seed {seed}: {each}" for each in told]
        return self

    async def one(self, rng, number, left_after, wanted):
        files, committed = self.scenario.before, {}
        for _ in range(rng.choice((1, 1, 1, 2))):
            disk = self.make_disk(rng, number, files)
            async for told in self.run_on(disk, committed):
                yield told
            files, number = left_after(disk), rng.randint(1, 60)
            self.crashes += 1
            for told in broken_promises(self.scenario, files, committed):
                yield told
        disk = self.make_disk(rng, None, files)
        failed = [each async for each in self.run_on(disk, committed)]
        for told in failed or differences(self.scenario, wanted, contents(disk), self.root):
            yield told

    async def run_on(self, disk, committed):
        try:
            committed |= await self.scenario.run(disk, self.root)
        except ExportError as error:
            if "exists already" not in str(error):
                yield f"it cannot be gone on from: {error}"
        except Exception as error:  # noqa: BLE001 - a mutant may do anything
            yield f"{type(error).__name__}: {error}"


def contents(disk):
    return {name: inode.data for name, inode in disk.files.items()}
