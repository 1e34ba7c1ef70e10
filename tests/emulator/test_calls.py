from __future__ import annotations

import pytest

from uipath_odata.emulator.faults import Status


@pytest.fixture
async def bot(empty):
    """Start the process Bot once, with arguments."""
    release = empty.emulator.add.process("Bot")
    body = {"startInfo": {"ReleaseKey": release["Key"], "InputArguments": '{"in_Name": "x"}', "JobsCount": 1}}

    async def start():
        path = "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs"
        return await empty.send("POST", path, body, OrganizationUnitId=str(release["OrganizationUnitId"]))

    await start()
    empty.start, empty.release = start, release
    return empty


@pytest.fixture
def empty(empty):
    class Open:
        def __init__(self):
            self.emulator, self.send, self.get = empty.emulator, empty.send, empty.get

    return Open()


async def test_a_call_is_found_by_operation_and_by_what_it_holds(bot):
    calls = bot.emulator.calls
    call = calls.of("Jobs.start_jobs").once(release_key=bot.release["Key"], input_arguments={"in_Name": "x"})
    assert (call.name, call.method, call.status) == ("Jobs.StartJobs", "POST", 201)
    assert call.json["startInfo"]["JobsCount"] == 1
    assert call.headers["x-uipath-organizationunitid"]
    calls.of("jobs.StartJobs", release_key="another").never()
    assert len(calls.of("Jobs.*")) == len(calls) == 1


async def test_what_did_not_come_as_often_as_expected_is_an_error_that_lists_what_came(bot):
    with pytest.raises(AssertionError, match=r"Jobs\.list: expected 1, came 0"):
        bot.emulator.calls.of("Jobs.list").once()
    with pytest.raises(AssertionError, match=r"Jobs\.start_jobs: expected 0, came 1, among\n  RecordedCall"):
        bot.emulator.calls.of("Jobs.start_jobs").never()


async def test_a_start_sent_twice_is_a_duplicate(bot):
    bot.emulator.calls.no_duplicates()
    await bot.start()
    with pytest.raises(AssertionError, match="came more than once"):
        bot.emulator.calls.of("Jobs.start_jobs").no_duplicates()


async def test_a_name_that_no_operation_has_is_refused_with_the_nearest(bot):
    with pytest.raises(ValueError, match=r"did you mean Jobs\.start_jobs"):
        bot.emulator.calls.of("Jobs.strat_jobs")


async def test_unknown_paths_and_unknown_behaviours_stand_in_the_journal(bot):
    await bot.get("/odata/HttpTrigers")
    await bot.get("/odata/HttpTriggers")
    await bot.send("POST", "/api/robotsservice/BeginSession", {})
    unanswered = bot.emulator.calls.unanswered
    assert [(call.name, call.status) for call in unanswered] == [
        ("", 404),
        ("HttpTriggers.list", 501),
        ("RobotsService.BeginSession", 501),
    ]
    assert unanswered[0].path.endswith("/odata/HttpTrigers")


async def test_what_has_no_behaviour_is_answered_by_the_test(empty):
    empty.emulator.fail("HttpTriggers.list", Status(200, {"value": [{"Slug": "invoice"}]}))
    reply = await empty.get("/odata/HttpTriggers")
    assert (reply.status, reply.body["value"]) == (200, [{"Slug": "invoice"}])


async def test_arguments_of_paths_and_options_of_queries_are_members_too(bot):
    await bot.get("/odata/Robots(7)?$expand=User&$select=Name+,Id")
    call = bot.emulator.calls.of("Robots.get").once(key=7)
    assert call.query == {"$expand": "User", "$select": "Name ,Id"}
    assert bot.emulator.calls.where(lambda each: each.query)[0] is call
    bot.emulator.calls.clear()
    assert len(bot.emulator.calls) == 0
