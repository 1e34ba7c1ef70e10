"""Webhooks: what receivers of others get, at real sockets."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json

import attrs
import pytest
from aiohttp import web

from uipath_odata.emulator import Faulted

FOLDER = {"OrganizationUnitId": "1"}


@attrs.define
class Receiver:
    """A receiver that answers with a status and keeps what came."""

    url: str = ""
    status: int = 200
    came: asyncio.Queue = attrs.field(factory=asyncio.Queue)

    async def answer(self, request):
        status = self.status
        await self.came.put((await request.read(), request.headers.copy()))
        return web.Response(status=status)

    async def events(self, count):
        return [json.loads((await asyncio.wait_for(self.came.get(), 10))[0]) for _ in range(count)]


@pytest.fixture
async def receiver():
    receiver = Receiver()
    application = web.Application()
    application.router.add_post("/hook", receiver.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


async def subscribe(http, url, *events, **fields):
    body = {
        "Name": "hook",
        "Url": url,
        "Enabled": True,
        "SubscribeToAllEvents": not events,
        "AllowInsecureSsl": False,
        "Events": [{"EventType": each} for each in events],
    }
    reply = await http.send("POST", "/odata/Webhooks", body | fields)
    assert reply.status == 201, reply.body
    return reply.body["Id"]


async def test_a_body_is_signed_with_the_secret_over_its_bytes(empty, receiver):
    await subscribe(empty, receiver.url, "queueItem.added", Secret="s\u00e9cret")
    empty.emulator.add.queue("Invoices")
    empty.emulator.add.queue_item("Invoices", {"Number": 7}, reference="INV-7")
    body, headers = await asyncio.wait_for(receiver.came.get(), 10)
    digest = hmac.new("s\u00e9cret".encode(), body, hashlib.sha256).digest()
    assert headers["X-UiPath-Signature"] == base64.b64encode(digest).decode()
    event = json.loads(body)
    assert (event["Type"], event["Webhook"], event["TenantId"]) == ("queueItem.added", "hook", 1)
    assert event["QueueItems"][0]["Reference"] == "INV-7"
    assert event["Queue"]["Name"] == "Invoices"


async def test_a_job_tells_its_states_in_their_order(emulators, receiver):
    async with emulators(seed=None, jobs="manual") as http:
        http.emulator.add.process("Bot")
        await subscribe(http, receiver.url)
        job = http.emulator.add.job("Bot")
        http.emulator.jobs.finish(job["Key"], {"total": 3})
        created, started, completed = await receiver.events(3)
        assert [each["Type"] for each in (created, started, completed)] == [
            "job.created",
            "job.started",
            "job.completed",
        ]
        assert created["Jobs"][0]["Key"] == started["Job"]["Key"] == completed["EntityKey"] == job["Key"]
        assert completed["Job"]["OutputArguments"] == {"total": 3}
        assert completed["Job"]["Release"]["Name"] == "Bot"


async def test_a_job_that_is_due_is_told_though_nobody_asks(emulators, receiver):
    options = {"job_pending": 0.01, "job_running": 0.01, "on_start": lambda _: Faulted("no invoice")}
    async with emulators(seed=None, **options) as http:
        await subscribe(http, receiver.url, "job.faulted")
        http.emulator.add.process("Bot")
        http.emulator.add.job("Bot")
        ((event),) = await receiver.events(1)
        assert event["Job"]["Info"] == "no invoice"


async def test_a_failed_delivery_is_not_repeated_and_pauses_its_webhook_for_an_hour(empty, receiver):
    await subscribe(empty, receiver.url, "queueItem.added")
    empty.emulator.add.queue("Invoices")
    receiver.status = 500
    empty.emulator.add.queue_item("Invoices")
    await receiver.events(1)
    receiver.status = 200
    empty.emulator.clock.advance(minutes=59)
    empty.emulator.add.queue_item("Invoices", reference="lost")
    empty.emulator.clock.advance(minutes=2)
    empty.emulator.add.queue_item("Invoices", reference="told")
    (event,) = await receiver.events(1)
    assert event["QueueItems"][0]["Reference"] == "told"
    seen = [
        (each.status, each.reason)
        for each in await until(lambda: empty.emulator.deliveries[2:] and empty.emulator.deliveries)
    ]
    assert seen[:2] == [(500, ""), (None, "paused for an hour after a failed delivery")]


@pytest.mark.parametrize("url", ["http://192.0.2.1/hook", "http://example.com/hook"])
async def test_nothing_leaves_this_machine_unless_it_may(empty, url):
    hook = await subscribe(empty, url)
    reply = await empty.send("POST", f"/odata/Webhooks({hook})/UiPath.Server.Configuration.OData.Ping")
    assert reply.status == 202
    (delivery,) = await until(lambda: empty.emulator.deliveries)
    assert (delivery.status, delivery.type) == (None, "ping")
    assert delivery.reason.startswith("not a loopback address")


async def test_events_of_a_refused_call_are_not_told(empty, receiver):
    empty.emulator.add.queue("Invoices", EnforceUniqueReference=True)
    await subscribe(empty, receiver.url)
    items = [{"Reference": "a", "SpecificContent": {}}, {"Reference": "a", "SpecificContent": {}}]
    body = {"queueName": "Invoices", "commitType": "AllOrNothing", "queueItems": items}
    folder = {"OrganizationUnitId": str(empty.emulator.sql("SELECT Id FROM Folders")[0][0])}
    path = "/odata/Queues/UiPathODataSvc.BulkAddQueueItems"
    assert (await empty.send("POST", path, body, **folder)).body["Success"] is False
    empty.emulator.add.queue_item("Invoices", reference="b")
    (event,) = await receiver.events(1)
    assert event["QueueItems"][0]["Reference"] == "b"


async def until(ready):
    for _ in range(500):
        if found := ready():
            return found
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come")


async def test_the_user_is_named_unless_the_clock_caused_it(emulators, receiver):
    async with emulators(seed=None, clock=lambda: 1_715_688_000.0, job_pending=1) as http:
        user = http.emulator.add.user("ada")["Id"]
        await subscribe(http, receiver.url, "job.created", "job.started")
        http.emulator.add.process("Bot")
        http.emulator.add.job("Bot")
        http.emulator.clock.advance(seconds=1)
        created, started = await receiver.events(2)
        assert created["UserId"] == user
        assert "UserId" not in started


async def test_an_item_of_a_shared_queue_is_told_once_in_each_folder(empty, receiver):
    empty.emulator.add.folder("A")
    empty.emulator.add.folder("B")
    queue = empty.emulator.add.queue("Q", folder="A")["Id"]
    share = {"QueueIds": [queue], "ToAddFolderIds": [1, 2], "ToRemoveFolderIds": []}
    path = "/odata/QueueDefinitions/UiPath.Server.Configuration.OData.ShareToFolders"
    assert (await empty.send("POST", path, share, **FOLDER)).status == 204
    await subscribe(empty, receiver.url, "queueItem.added")
    empty.emulator.add.queue_item("Q", folder="B")
    assert sorted(each["OrganizationUnitId"] for each in await receiver.events(2)) == [1, 2]


async def test_an_item_that_is_tried_again_has_failed_and_is_added(empty, receiver):
    empty.emulator.add.queue("Q", AcceptAutomaticallyRetry=True, MaxNumberOfRetries=1)
    empty.emulator.add.queue_item("Q")
    await subscribe(empty, receiver.url)
    await empty.send(
        "POST", "/odata/Queues/UiPathODataSvc.StartTransaction", {"transactionData": {"Name": "Q"}}, **FOLDER
    )
    result = {"transactionResult": {"IsSuccessful": False, "ProcessingException": {"Reason": "no"}}}
    path = "/odata/Queues(1)/UiPathODataSvc.SetTransactionResult"
    assert (await empty.send("POST", path, result, **FOLDER)).status == 200
    assert sorted(each["Type"] for each in await receiver.events(3)) == [
        "queueItem.added",
        "queueItem.transactionFailed",
        "queueItem.transactionStarted",
    ]


async def test_what_requests_make_change_and_remove_is_told(empty, receiver):
    empty.emulator.add.folder("F")
    await subscribe(empty, receiver.url)
    made = await empty.send("POST", "/odata/QueueDefinitions", {"Name": "Q"}, **FOLDER)
    await empty.send("PUT", "/odata/QueueDefinitions(1)", {"Name": "P", "Id": 1}, **FOLDER)
    await empty.send("DELETE", "/odata/QueueDefinitions(1)", **FOLDER)
    created, updated, deleted = await receiver.events(3)
    assert [each["Type"] for each in (created, updated, deleted)] == [
        "queue.created",
        "queue.updated",
        "queue.deleted",
    ]
    assert created["EntityKey"] == made.body["Key"]
    assert (updated["Queues"][0]["Name"], deleted["Queues"]) == ("P", [{"Id": 1}])


async def test_what_is_done_with_tasks_is_told(empty, receiver):
    empty.emulator.add.folder("F")
    user = empty.emulator.add.user("ada")["Id"]
    await subscribe(empty, receiver.url)
    task = (await empty.send("POST", "/tasks/GenericTasks/CreateTask", {"title": "T"}, **FOLDER)).body["id"]
    give = {"taskAssignments": [{"TaskId": task, "UserId": user}]}
    await empty.send("POST", "/odata/Tasks/UiPath.Server.Configuration.OData.AssignTasks", give, **FOLDER)
    await empty.send("POST", "/tasks/GenericTasks/CompleteTask", {"taskId": task, "action": "ok"}, **FOLDER)
    seen = await receiver.events(3)
    assert [each["Type"] for each in seen] == ["task.created", "task.assignmentChanged", "task.completed"]
    assert {each["Tasks"][0]["Id"] for each in seen} == {task}


async def test_a_ping_goes_to_its_own_webhook(empty, receiver):
    first = await subscribe(empty, receiver.url)
    await subscribe(empty, f"{receiver.url}?other", Name="other")
    await empty.send("POST", f"/odata/Webhooks({first})/UiPath.Server.Configuration.OData.Ping")
    (event,) = await receiver.events(1)
    assert (event["Type"], event["Webhook"]) == ("ping", "hook")
    sent = await until(lambda: empty.emulator.deliveries)
    assert [each.webhook for each in sent] == ["hook"]


async def test_what_is_under_way_at_a_reset_is_not_told_of_after_it(empty, receiver):
    asked, answer, told = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        await answer.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()
        told.set()

    async with await asyncio.start_server(slow, "127.0.0.1", 0) as server:
        await subscribe(empty, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/slow", "queue.created")
        empty.emulator.add.queue("Invoices")
        await asked.wait()
        empty.emulator.reset()
        answer.set()
        await told.wait()
    hook = await subscribe(empty, receiver.url)
    await empty.send("POST", f"/odata/Webhooks({hook})/UiPath.Server.Configuration.OData.Ping")
    await receiver.events(1)
    sent = await until(lambda: empty.emulator.deliveries)
    assert [each.type for each in sent] == ["ping"]


async def test_builders_are_told_of_as_requests_are_and_insert_is_not(empty, receiver):
    await subscribe(empty, receiver.url, "queue.created", "robot.created")
    empty.emulator.insert("Robots", [{"Id": 9, "Name": "silent"}])
    empty.emulator.add.queue("Invoices")
    empty.emulator.add.robot("R1")
    told = await receiver.events(2)
    assert [each["Type"] for each in told] == ["queue.created", "robot.created"]
    assert told[1]["Robots"][0]["Name"] == "R1"
