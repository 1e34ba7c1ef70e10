from __future__ import annotations

import asyncio
import pickle

import orjson
import pytest

from uipath_odata import as_completed, wait_all
from uipath_odata.emulator.faults import LostAnswer, Status
from uipath_odata.errors import (
    Conflict,
    Forbidden,
    JobFailed,
    JobFaulted,
    JobStopped,
    NoRow,
    NotFound,
    OutcomeUnknown,
    QueryError,
)


async def test_a_process_is_started_by_name_and_waited_for(emulator, intake, after):
    run = await intake.start({"in_Name": "x"}, reference="batch-7", runtime_type="Unattended")
    after(3, lambda: emulator.jobs.finish(run.key, {"out_Sum": 7}))
    job = await run.wait(timeout=600)
    assert (job.state, job.output, job.reference) == ("Successful", {"out_Sum": 7}, "batch-7")
    emulator.calls.of("Jobs.start_jobs").once(input_arguments={"in_Name": "x"}, runtime_type="Unattended")


async def test_starts_and_stops_are_in_the_write_log(intake, caplog):
    caplog.set_level("INFO", "uipath_odata.writes")
    run = await intake.start({"secret": "x"})
    await run.stop()
    events = [record.event for record in caplog.records]
    assert [(each.operation, each.when) for each in events] == [
        ("Jobs.StartJobs", "before"),
        ("Jobs.StartJobs", "after"),
        ("Jobs.StopJob", "before"),
        ("Jobs.StopJob", "after"),
    ]
    assert "secret" not in caplog.text


async def test_clients_with_other_options_share_names_and_poller(emulator, orchestrator, intake):
    quick = orchestrator.with_options(max_wait=2, deadline=60).folder("Shared/Finance")
    run = await quick.process("Intake").start()
    await intake.entity()
    emulator.jobs.finish(run.key)
    assert (await run.wait()).state == "Successful"
    emulator.calls.of("Releases.list").once()
    assert orchestrator.poller._pace.requests > 0


async def test_every_start_has_a_reference_and_ours_is_new_each_time(intake):
    runs = [await intake.start() for _ in range(2)]
    assert len({run.reference for run in runs} - {None, ""}) == 2


async def test_what_is_wrong_is_refused_before_anything_is_asked(emulator, finance, intake):
    for call in (
        intake.start("x"),
        intake.start({}, reference=""),
        intake.start({}, reference="x" * 129),
        intake.start({}, runtime_type="unattended"),
        intake.start_many([{}], concurrency=0),
        intake.start_many([{}, "x"]),
        intake.start_many(None),
        intake.start_many({"in_Name": "x"}),
        intake.start_many("{}"),
        intake.start_many([{}], reference="x"),
        intake.start_many([{}], reference=lambda _: None),
        intake.start_many([{}], reference=lambda _: 1.5),
        intake.start_many([{}], concurrency="2"),
        intake.start({}, search=float("nan")),
        wait_all([3]),
        wait_all(None),
        anext(as_completed([3])),
        finance.run(None),
        finance.run(1.5),
    ):
        with pytest.raises(QueryError):
            await call
    assert not emulator.requests


async def test_a_read_only_client_starts_nothing_and_asks_nothing(emulator):
    async with emulator.client(read_only=True) as orchestrator:
        with pytest.raises(QueryError, match="read_only"):
            await orchestrator.folder("Shared/Finance").process("Intake").start()
    assert not emulator.requests


async def test_a_faulted_job_is_an_error_with_its_info_its_logs_and_itself(emulator, intake):
    run = await intake.start()
    emulator.jobs.fault(run.key, "Selector not found.\nat Main.xaml")
    with pytest.raises(
        JobFaulted, match=r"Intake \(job 1\) ended Faulted: Selector not found; see"
    ) as caught:
        await run.wait()
    assert caught.value.job.info.endswith("Main.xaml")
    assert [log.message for log in caught.value.logs] == ["Selector not found.\nat Main.xaml"]
    assert pickle.loads(pickle.dumps(caught.value)).job.id == run.id
    with pytest.raises(JobFaulted):
        await run.wait()


async def test_logs_that_cannot_be_read_do_not_hide_the_fault(emulator, intake):
    run = await intake.start()
    emulator.jobs.fault(run.key, "no")
    emulator.fail("RobotLogs.list", Status(403))
    with pytest.raises(JobFaulted) as caught:
        await run.wait()
    assert caught.value.logs == []


async def test_stopped_and_killed_jobs_are_errors_and_stopping_what_has_ended_is_none(emulator, intake):
    stopped, killed = await intake.start_many([{}, {"n": 1}])
    await stopped.stop()
    emulator.jobs.start(killed.key)
    await killed.kill()
    emulator.clock.advance(seconds=2)
    for run in (stopped, killed):
        with pytest.raises(JobStopped):
            await run.wait()
        await run.stop()


@pytest.mark.parametrize("performed", [True, False])
async def test_a_lost_answer_to_stop_is_decided_by_reading_the_job(emulator, intake, performed):
    run = await intake.start()
    emulator.fail("Jobs.stop_job", LostAnswer(performed))
    if performed:
        await run.stop()
    else:
        with pytest.raises(OutcomeUnknown):
            await run.stop()


async def test_a_wait_that_takes_too_long_leaves_the_job_running(emulator, intake):
    run = await intake.start()
    with pytest.raises(TimeoutError, match=r"job 1 was Pending when 0\.05 s were over, and runs on"):
        await run.wait(timeout=0.05)
    emulator.jobs.finish(run.key)
    assert (await run.wait()).state == "Successful"


@pytest.mark.parametrize("limit", ["3", float("nan"), True])
async def test_a_timeout_that_is_not_a_number_is_refused_and_none_waits_for_ever(emulator, intake, limit):
    run = await intake.start()
    asked = len(emulator.requests)
    for wait in (run.wait(timeout=limit), wait_all([run], timeout=limit)):
        with pytest.raises(QueryError, match="timeout is in seconds"):
            await wait
    with pytest.raises(QueryError, match="settle is in seconds"):
        await anext(run.logs(follow=True, settle=float("nan")))
    with pytest.raises(QueryError, match="search is in seconds"):
        await run.restart(search=-1)
    assert len(emulator.requests) == asked


async def test_a_key_that_no_job_has_is_named(finance):
    with pytest.raises(NoRow, match="no job with the Key 00000000-0000-0000-0000-000000000000"):
        await finance.run("00000000-0000-0000-0000-000000000000")


async def test_a_suspended_job_is_waited_for_until_it_was_resumed_and_has_ended(emulator, intake, after):
    run = await intake.start()
    emulator.jobs.suspend(run.key)

    resumed = []

    def resume():
        resumed.append(asyncio.create_task(run.resume()))

    def finish():
        emulator.jobs.finish(run.key, {"approved": True})

    after(3, resume)
    after(40, finish)
    assert (await run.wait()).output == {"approved": True}
    assert resumed[0].done()


@pytest.mark.parametrize("performed", [True, False])
async def test_a_lost_answer_to_resume_is_decided_by_reading_the_job(emulator, intake, performed):
    run = await intake.start()
    emulator.jobs.suspend(run.key)
    emulator.fail("Jobs.resume_job", LostAnswer(performed))
    if performed:
        await run.resume()
    else:
        with pytest.raises(OutcomeUnknown):
            await run.resume()


async def test_resuming_what_is_not_suspended_is_a_conflict(intake):
    with pytest.raises(Conflict):
        await (await intake.start()).resume()


async def test_a_job_that_has_ended_is_started_again_and_one_that_runs_is_not(emulator, intake):
    run = await intake.start({"n": 1})
    with pytest.raises(Conflict):
        await run.restart()
    emulator.jobs.fault(run.key, "no")
    again = await run.restart()
    assert again.id != run.id
    emulator.jobs.finish(again.key)
    assert (await again.wait()).output == {"n": 1}


async def test_a_lost_answer_to_restart_finds_the_new_job_and_never_the_old(emulator, intake):
    run = await intake.start(reference="batch-7")
    emulator.jobs.fault(run.key, "no")
    emulator.fail("Jobs.restart_job", LostAnswer())
    assert (await run.restart()).id == run.id + 1
    emulator.fail("Jobs.restart_job", LostAnswer(performed=False))
    with pytest.raises(OutcomeUnknown, match="Id above 2"):
        await run.restart()
    assert len(emulator.calls.of("Jobs.restart_job")) == 2


async def test_equal_inputs_are_started_in_one_request_and_runs_come_in_the_order_of_inputs(emulator, intake):
    runs = await intake.start_many([{"n": 1}, {"n": 2}, {"n": 1}])
    assert len(emulator.calls.of("Jobs.start_jobs")) == 2
    texts = [orjson.loads((await run.refresh()).input_arguments) for run in runs]
    assert texts == [{"n": 1}, {"n": 2}, {"n": 1}]
    assert len({run.id for run in runs}) == 3


async def test_each_input_has_its_reference_where_one_is_given(intake):
    runs = await intake.start_many([{"id": 1}, {"id": 2}], reference=lambda row: row["id"])
    assert [run.reference for run in runs] == ["1", "2"]
    assert await intake.start_many([]) == []


async def test_runs_come_as_they_end_and_what_each_came_to_in_order(emulator, intake, after):
    runs = await intake.start_many([{"n": number} for number in range(3)])
    emulator.jobs.finish(runs[2].key)
    seen = []
    async for run in as_completed(runs):
        seen.append(run.id)
        if run is runs[2]:
            emulator.jobs.fault(runs[0].key, "no")
        elif run is runs[0]:
            emulator.jobs.finish(runs[1].key)
    assert seen == [runs[2].id, runs[0].id, runs[1].id]
    first, *others = await wait_all(runs)
    assert isinstance(first, JobFaulted)
    assert [job.state for job in others] == ["Successful", "Successful"]


async def test_breaking_out_of_as_completed_leaves_no_task(emulator, intake, orchestrator):
    runs = await intake.start_many([{"n": number} for number in range(3)])
    emulator.jobs.finish(runs[0].key)
    ending = as_completed(runs)
    async for _ in ending:
        break
    await ending.aclose()
    assert orchestrator.poller.waiting == 0


async def test_waiting_for_all_of_which_some_take_too_long_says_how_many(emulator, intake):
    runs = await intake.start_many([{"n": number} for number in range(3)])
    emulator.jobs.finish(runs[1].key)
    with pytest.raises(TimeoutError, match=r"of 3 jobs had not ended"):
        await wait_all(runs, timeout=0.3)


async def test_large_arguments_go_and_come_as_attachments(emulator, finance, intake):
    arguments = {"text": "ä" * 9_999}
    run = await intake.start(arguments)
    sent = emulator.calls.of("Jobs.start_jobs").once()
    assert "InputArguments" not in sent.json["startInfo"]
    attachment = await finance.attachments.get(sent.json["startInfo"]["InputFile"])
    assert attachment.name == "arguments.json"
    emulator.jobs.finish(run.key, {})
    with emulator._world.lock:
        emulator._store.change("Jobs", run.id, {"OutputArguments": None, "OutputFile": str(attachment.id)})
    assert (await run.wait()).output == arguments


async def test_a_lost_answer_to_the_announcement_of_a_file_is_no_lost_start(emulator, intake):
    emulator.fail("Attachments.create", LostAnswer())
    assert (await intake.start({"text": "x" * 10_000})).id == 1


async def test_a_job_that_is_gone_is_told_to_who_waits(emulator, intake):
    run = await intake.start()
    with emulator._world.lock:
        emulator._store.connection.execute('DELETE FROM "Jobs"')
    with pytest.raises(NotFound):
        await run.wait()


async def test_logs_are_followed_until_the_job_has_ended_with_those_that_arrive_late(emulator, intake, clock):
    run = await intake.start()
    emulator.jobs.start(run.key)
    seen = []
    async for log in run.logs(follow=True):
        seen.append(log.message)
        if len(seen) == 1:
            emulator.jobs.finish(run.key)
        elif len(seen) == 2:
            late = emulator.sql('SELECT "TimeStamp" FROM "RobotLogs" ORDER BY 1')[0][0] - 10**7
            with emulator._world.lock:
                emulator._store.connection.execute(
                    'INSERT INTO "RobotLogs" ("Level", "TimeStamp", "Message", "JobKey", "_folder") '
                    'SELECT "Level", ?, \'late\', "JobKey", "_folder" FROM "RobotLogs" LIMIT 1',
                    (late,),
                )
    assert seen == ["Intake execution started", "Intake execution ended", "late"]
    assert [log.message async for log in run.logs()] == ["late", *seen[:2]]


async def test_logs_of_one_tick_come_as_the_server_has_them(emulator, intake):
    run = await intake.start()
    emulator.jobs.start(run.key)
    emulator.jobs.finish(run.key)
    with emulator._world.lock:
        emulator._store.connection.execute(
            'UPDATE "RobotLogs" SET "TimeStamp" = (SELECT MIN("TimeStamp") FROM "RobotLogs")'
        )
    before = len(emulator.calls)
    assert [log.message async for log in run.logs()] == ["Intake execution started", "Intake execution ended"]
    assert len(emulator.calls) == before + 2


async def test_a_job_of_a_newer_state_with_an_end_is_a_failure_of_its_own(emulator, intake):
    run = await intake.start()
    with emulator._world.lock:
        emulator._store.change("Jobs", run.id, {"State": "Expired", "EndTime": 1})
    with pytest.raises(JobFailed, match="ended Expired"):
        await run.wait()


async def test_who_may_not_read_jobs_is_told_so(emulator, intake):
    run = await intake.start()
    emulator.fail("Jobs.list", Status(403, {"message": "no"}), times=None)
    with pytest.raises(Forbidden):
        await run.wait()
