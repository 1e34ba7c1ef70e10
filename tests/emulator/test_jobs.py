"""Jobs as tests move them, and how they end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from uipath_odata.emulator import Done, Emulator, Faulted, Suspended


@pytest.fixture
def emulated():
    """Make emulators in threads, each with a process named Bot."""
    running = []

    def start(**options):
        emulator = Emulator(seed=None, clock=lambda: 1_715_688_000.0, **options).__enter__()
        running.append(emulator)
        emulator.add.process("Bot")
        return emulator

    yield start
    for emulator in running:
        emulator.__exit__(None, None, None)


def state(emulator, job):
    return emulator.jobs.get(job["Key"])["State"]


def test_timed_jobs_follow_the_clock_and_have_its_times(emulated):
    emulator = emulated(job_pending=10, job_running=20)
    job = emulator.add.job("Bot", {"n": 1})
    seen = []
    for _ in range(4):
        seen.append(state(emulator, job))
        emulator.clock.advance(seconds=10)
    assert seen == ["Pending", "Running", "Running", "Successful"]
    ended = emulator.jobs.get(job["Key"])
    assert (ended["StartTime"], ended["EndTime"]) == ("2024-05-14T12:00:10Z", "2024-05-14T12:00:30Z")
    assert ended["OutputArguments"] == '{"n":1}'


def test_instant_jobs_have_ended_when_somebody_looks(emulated):
    emulator = emulated(jobs="instant", faulting=["Other"])
    emulator.add.process("Other")
    good, bad = emulator.add.job("Bot"), emulator.add.job("Other")
    assert (good["State"], state(emulator, good), state(emulator, bad)) == (
        "Pending",
        "Successful",
        "Faulted",
    )


def test_manual_jobs_wait_for_the_test(emulated):
    emulator = emulated(jobs="manual")
    job = emulator.add.job("Bot")
    emulator.clock.advance(days=1)
    assert state(emulator, job) == "Pending"
    assert emulator.jobs.start(job["Id"])["State"] == "Running"
    emulator.clock.advance(days=1)
    assert emulator.jobs.finish(job["Key"], {"total": 3})["OutputArguments"] == '{"total":3}'
    with pytest.raises(ValueError, match="is Successful: it can be Faulted from Running"):
        emulator.jobs.fault(job["Key"], "late")
    with pytest.raises(LookupError, match="take it from the answer of StartJobs"):
        emulator.jobs.finish(4711)


def test_a_waiting_job_can_be_ended_in_one_step(emulated):
    emulator = emulated(jobs="manual")
    job = emulator.jobs.fault(emulator.add.job("Bot")["Key"], "no invoice")
    assert (job["State"], job["Info"], job["StartTime"]) == ("Faulted", "no invoice", "2024-05-14T12:00:00Z")


def test_a_timed_job_that_was_ended_by_hand_stays_ended(emulated):
    emulator = emulated()
    job = emulator.jobs.finish(emulator.add.job("Bot")["Key"])
    emulator.clock.advance(hours=1)
    assert (state(emulator, job), job["EndTime"]) == ("Successful", "2024-05-14T12:00:00Z")


def test_the_program_says_how_a_job_ends(emulated):
    ends = {"a": Done({"ok": True}), "b": Faulted("no robot"), "c": Suspended(), "d": None}
    asked = []

    def on_start(job):
        asked.append(job["State"])
        return ends[job["Reference"]]

    emulator = emulated(jobs="instant", on_start=on_start)
    release = emulator.sql("SELECT Id FROM Releases")[0][0]
    body = [
        {"Release": release, "ReleaseName": "Bot", "State": "Pending", "Reference": each} for each in ends
    ]
    emulator.insert("Jobs", [{"Id": number, **row} for number, row in enumerate(body)])
    for number in range(4):
        emulator.jobs.start(number)
    emulator.clock.advance(seconds=0)
    ended = [emulator.jobs.get(number) for number in range(4)]
    assert [job["State"] for job in ended] == ["Successful", "Faulted", "Suspended", "Successful"]
    assert (ended[0]["OutputArguments"], ended[1]["Info"]) == ('{"ok":true}', "no robot")
    assert asked == ["Pending"] * 4


def test_running_jobs_write_logs(emulated):
    emulator = emulated(jobs="instant", on_start=lambda _: Faulted("no invoice"))
    job = emulator.add.job("Bot")
    assert state(emulator, job) == "Faulted"
    rows = emulator.sql("SELECT Level, Message, JobKey, ProcessName FROM RobotLogs ORDER BY rowid")
    assert rows == [
        ("Info", "Bot execution started", job["Key"], "Bot"),
        ("Error", "no invoice", job["Key"], "Bot"),
        ("Info", "Bot execution ended", job["Key"], "Bot"),
    ]


def test_the_clock_moves_forward_only(emulated):
    emulator = emulated()
    before = emulator.clock.now
    emulator.clock.advance(days=1, hours=2, minutes=3, seconds=4)
    assert emulator.clock.now - before == timedelta(days=1, hours=2, minutes=3, seconds=4)
    with pytest.raises(ValueError, match="restore a snapshot"):
        emulator.clock.advance(minutes=-1)


def test_a_job_goes_to_the_robot_with_the_least_to_do(emulated):
    emulator = emulated(job_pending=1, job_running=600)
    robots = {emulator.add.robot(name)["Name"] for name in ("A", "B")}
    jobs = [emulator.add.job("Bot") for _ in range(4)]
    emulator.clock.advance(seconds=1)
    taken = emulator.sql(
        'SELECT r."Name", COUNT(*) FROM "Jobs" j JOIN "Robots" r ON j."Robot" = r."Id" GROUP BY 1'
    )
    assert dict(taken) == dict.fromkeys(robots, 2)
    assert len(jobs) == 4


def test_a_robot_is_busy_while_its_job_runs_and_heard_of_every_half_minute(emulated):
    emulator = emulated(job_pending=0, job_running=100)
    robot = emulator.add.robot("R")["Id"]
    emulator.add.job("Bot")

    def session():
        emulator.jobs.get(1)
        shown = 'SELECT "State", "Job", ("ReportingTime" - 638512848000000000) / 10000000 FROM "Sessions" WHERE "Robot" = ?'
        return emulator.sql(shown, robot)

    assert session() == [("Busy", 1, 0)]
    emulator.clock.advance(seconds=95)
    assert session() == [("Busy", 1, 90)]
    emulator.clock.advance(seconds=6)
    assert session() == [("Available", None, 100)]
    emulator.clock.advance(days=1)
    ((now, job, heard),) = session()
    assert (now, job, heard % 30) == ("Available", None, 10)
    assert 0 <= 101 + 86_400 - heard < 30


def test_a_long_output_is_a_file_beside_the_job(emulated):
    emulator = emulated(jobs="manual")
    job = emulator.add.job("Bot")
    ended = emulator.jobs.finish(job["Key"], {"text": "x" * 10_000})
    assert ended["OutputArguments"] is None
    ((content,),) = emulator.sql(
        "SELECT content FROM _files WHERE place = ?", f"attachment-{ended['OutputFile']}"
    )
    assert content == b'{"text":"' + b"x" * 10_000 + b'"}'


async def test_a_resumed_job_may_have_other_arguments(emulators):
    async with emulators(seed=None, jobs="manual") as http:
        http.emulator.add.process("Bot")
        job = http.emulator.add.job("Bot", {"a": 1})
        http.emulator.jobs.suspend(job["Key"])
        body = {"jobKey": job["Key"], "inputArguments": '{"a":2}'}
        path = "/odata/Jobs/UiPath.Server.Configuration.OData.ResumeJob"
        assert (await http.send("POST", path, body, OrganizationUnitId="1")).status == 200
        assert http.emulator.jobs.finish(job["Key"])["OutputArguments"] == '{"a":2}'
