"""Schedules and queue triggers on the emulator's clock."""

from __future__ import annotations

import pytest

from uipath_odata.emulator import Emulator

START = 1_767_225_600.0  # 2026-01-01T00:00:00Z, a Thursday
FOLDER = {"OrganizationUnitId": "1"}
SETS = "/odata/ProcessSchedules"
DAILY = {"StartProcessCron": "0 0 9 * * ?", "TimeZoneId": "W. Europe Standard Time"}


@pytest.fixture
async def plant(emulators):
    async with emulators(seed=None, clock=lambda: START, job_pending=1, job_running=60) as http:
        http.emulator.add.process("Bot")
        yield http


async def add(http, **fields):
    body = {"Name": "S", "ReleaseName": "Bot", "Enabled": True, "StartStrategy": 1, **fields}
    return await http.send("POST", SETS, body, **FOLDER)


async def jobs(http):
    rows = await http.rows("/odata/Jobs?$orderby=Id", **FOLDER)
    return [(row["CreationTime"], row["SourceType"], row["Source"]) for row in rows]


async def test_a_schedule_starts_jobs_at_its_times_in_its_zone(plant):
    made = (await add(plant, **DAILY, StartStrategy=2)).body
    assert made["StartProcessNextOccurrence"] == "2026-01-01T08:00:00Z"
    assert (made["TimeZoneIana"], made["ReleaseName"], made["PackageName"]) == ("Europe/Berlin", "Bot", "Bot")
    plant.emulator.clock.advance(hours=7, minutes=59)
    assert await jobs(plant) == []
    plant.emulator.clock.advance(days=1)
    assert await jobs(plant) == [("2026-01-01T08:00:00Z", "Schedule", "S")] * 2
    (first, _) = await plant.rows("/odata/Jobs?$orderby=Id", **FOLDER)
    assert (first["State"], first["EndTime"]) == ("Successful", "2026-01-01T08:01:01Z")
    assert first["StartingScheduleId"] == made["Id"]
    now = (await plant.get(f"{SETS}({made['Id']})", **FOLDER)).body
    assert now["StartProcessNextOccurrence"] == "2026-01-02T08:00:00Z"


async def test_a_disabled_schedule_starts_nothing_until_it_is_enabled(plant):
    key = (await add(plant, **DAILY, Enabled=False)).body["Id"]
    plant.emulator.clock.advance(days=1)
    assert await jobs(plant) == []
    enable = f"{SETS}/UiPath.Server.Configuration.OData.SetEnabled"
    await plant.send("POST", enable, {"scheduleIds": [key], "enabled": True}, **FOLDER)
    plant.emulator.clock.advance(days=1)
    assert [moment for moment, *_ in await jobs(plant)] == ["2026-01-02T08:00:00Z"]
    await plant.send("DELETE", f"{SETS}({key})", **FOLDER)
    plant.emulator.clock.advance(days=2)
    assert len(await jobs(plant)) == 1


async def test_a_calendar_leaves_days_out_and_an_end_ends(plant):
    body = {"Name": "C", "ExcludedDates": ["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"]}
    calendar = (await plant.send("POST", "/odata/Calendars", body)).body["Id"]
    await add(plant, **DAILY, CalendarId=calendar, StopProcessDate="2026-01-05T12:00:00Z")
    plant.emulator.clock.advance(days=30)
    assert [moment[:10] for moment, *_ in await jobs(plant)] == ["2026-01-01", "2026-01-04", "2026-01-05"]


@pytest.mark.parametrize(
    ("fields", "status", "word"),
    [
        ({"TimeZoneId": "Europe/Berlin"}, 400, "not a valid windows time zone id"),
        ({"StartProcessCron": "0 9 * * *"}, 400, "InvalidCron"),
        ({"StartProcessCron": "0 0 9 * * ? 2020"}, 400, "ScheduleWillNeverRun"),
        ({"ReleaseName": "Other"}, 404, "Other"),
        ({"QueueDefinitionId": 77}, 404, "77"),
    ],
)
async def test_what_could_never_start_is_refused_and_validation_says_why(plant, fields, status, word):
    sent = {**DAILY, **fields}
    reply = await add(plant, **sent)
    assert (reply.status, word in reply.body["message"]) == (status, True)
    body = {"processSchedule": {"Name": "S", "ReleaseName": "Bot", **sent}}
    checked = await plant.send(
        "POST", f"{SETS}/UiPath.Server.Configuration.OData.ValidateProcessSchedule", body, **FOLDER
    )
    assert (checked.status, checked.body["IsValid"]) == (200, False)
    assert word in checked.body["Errors"][0]
    assert await plant.rows(SETS, **FOLDER) == []


async def test_a_schedule_that_fails_ten_times_and_for_a_day_is_disabled(plant):
    hook = {"Name": "h", "Url": "http://127.0.0.1:9/", "Enabled": True, "SubscribeToAllEvents": False}
    await plant.send("POST", "/odata/Webhooks", hook | {"Events": [{"EventType": "schedule.failed"}]})
    key = (await add(plant, StartProcessCron="0 0 * * * ?", TimeZoneId="UTC")).body["Id"]
    (release,) = await plant.rows("/odata/Releases", **FOLDER)
    assert (await plant.send("DELETE", f"/odata/Releases({release['Id']})", **FOLDER)).status == 204
    plant.emulator.clock.advance(hours=23, minutes=30)
    assert (await plant.get(f"{SETS}({key})", **FOLDER)).body["Enabled"] is True
    plant.emulator.clock.advance(hours=2)
    assert (await plant.get(f"{SETS}({key})", **FOLDER)).body["Enabled"] is False
    (entry,) = await plant.rows("/odata/AuditLogs?$filter=Action eq 'Toggle'")
    assert (entry["UserName"], entry["Component"]) == ("System Administrator", "Schedules")
    assert {each.type for each in plant.emulator.deliveries} == {"schedule.failed"}


async def trigger(http, queue, **fields):
    return await add(http, Name="T", TimeZoneId="UTC", QueueDefinitionId=queue, StartStrategy=None, **fields)


async def test_a_queue_starts_its_process_when_items_come(plant):
    queue = plant.emulator.add.queue("Q")["Id"]
    await trigger(plant, queue, ItemsActivationThreshold=2, ItemsPerJobActivationTarget=3, MaxJobsForActivation=2)  # fmt: skip
    seen = []
    for number in range(6):
        plant.emulator.add.queue_item("Q", reference=str(number))
        seen.append(len(await jobs(plant)))
    assert seen == [0, 1, 1, 1, 2, 2]
    assert (await jobs(plant))[0][1:] == ("Queue", "T")


async def test_a_trigger_looks_again_every_half_hour(plant):
    queue = plant.emulator.add.queue("Q")["Id"]
    await trigger(plant, queue)
    plant.emulator.add.queue_item("Q", DeferDate="2026-01-01T00:10:00Z")
    plant.emulator.clock.advance(minutes=29)
    assert await jobs(plant) == []
    plant.emulator.clock.advance(minutes=1)
    assert [moment for moment, *_ in await jobs(plant)] == ["2026-01-01T00:30:00Z"]
    plant.emulator.clock.advance(hours=1)
    assert [moment[11:16] for moment, *_ in await jobs(plant)] == ["00:30", "01:00", "01:30"]


async def test_a_queue_has_one_trigger_which_is_activated_by_hand(plant):
    queue = plant.emulator.add.queue("Q")["Id"]
    made = (await trigger(plant, queue)).body
    assert made["QueueDefinitionName"] == "Q"
    assert (await add(plant, Name="Other", TimeZoneId="UTC", QueueDefinitionId=queue)).status == 409
    plant.emulator.insert("QueueItems", [{"QueueDefinitionId": queue, "Status": "New"}], folder=1)
    activate = "/UiPath.Server.Configuration.OData.Activate"
    assert (await plant.send("POST", f"{SETS}({made['Id']}){activate}", **FOLDER)).status == 200
    assert len(await jobs(plant)) == 1
    timed = (await add(plant, **DAILY)).body["Id"]
    assert (await plant.send("POST", f"{SETS}({timed}){activate}", **FOLDER)).status == 409


def test_schedules_that_are_loaded_are_planned_too(tmp_path):
    with Emulator(seed=None, clock=lambda: START) as emulator:
        emulator.add.process("Bot")
        release = emulator.sql('SELECT "Key" FROM "Releases"')[0][0]
        schedule = {"Name": "S", "ReleaseKey": release, "Enabled": True, **DAILY}
        broken = {"Name": "B", "ReleaseKey": release, "Enabled": True, "TimeZoneId": "Mars"}
        emulator.insert("ProcessSchedules", [schedule, broken], folder=1)
        emulator.clock.advance(seconds=0)
        emulator.save(tmp_path / "tenant.db")
        emulator.clock.advance(days=1)
        assert emulator.sql('SELECT COUNT(*) FROM "Jobs"') == [(1,)]
        emulator.load(tmp_path / "tenant.db")
        emulator.clock.advance(days=1)
        assert emulator.sql('SELECT COUNT(*) FROM "Jobs"') == [(2,)]
