"""What surrounds a client: maintenance, the caller's context and task factory, the data that passes through."""

from __future__ import annotations

import asyncio
import contextvars
import logging

import pytest

from uipath_odata.errors import ServerError

PAGE = b"<html><body><h1>Scheduled maintenance</h1></body></html>"


@pytest.mark.parametrize("body", [PAGE, b"", b'{"message":"Maintenance"}'])
async def test_r57_maintenance_is_waited_out_as_long_as_the_server_asks(
    serve, connect, jobs, reply, time, body
):
    peer = await serve([reply(503, body, headers=["Retry-After: 120"]), reply()])
    assert (await connect(peer.url).send(jobs)).attempts == 2
    assert 120 <= sum(time.slept) < 121


async def test_r57_maintenance_of_hours_is_an_error_at_once(serve, connect, jobs, reply, time):
    peer = await serve([reply(503, PAGE, headers=["Retry-After: 7200"])])
    with pytest.raises(ServerError, match="Scheduled maintenance"):
        await connect(peer.url).send(jobs)
    assert (len(peer.seen), time.slept) == (1, [])


async def test_r90_a_middleware_sees_the_context_of_its_caller(serve, connect, jobs, reply):
    tenant = contextvars.ContextVar("tenant")
    seen = []

    async def remember(request, handler):
        seen.append(tenant.get())
        return await handler(request)

    async def ask(transport, name):
        tenant.set(name)
        await transport.send(jobs)

    transport = connect((await serve([reply()])).url, middlewares=[remember])
    async with asyncio.TaskGroup() as group:
        for name in "abc":
            group.create_task(ask(transport, name))
    assert sorted(seen) == ["a", "b", "c"]


@pytest.mark.parametrize("factory", [None, getattr(asyncio, "eager_task_factory", None)])
async def test_r90_tasks_that_start_at_once_change_nothing(
    serve, connect, jobs, orchestrator, application, factory
):
    asyncio.get_running_loop().set_task_factory(factory)
    peer = await serve(orchestrator)
    transport = connect(peer.url, application)
    async with asyncio.TaskGroup() as group:
        answers = [group.create_task(transport.send(jobs)) for _ in range(10)]
    await transport.aclose()
    assert [answer.result().status for answer in answers] == [200] * 10
    assert orchestrator.issued == 1


async def test_r115_r116_the_data_that_passes_is_not_logged(serve, connect, start_jobs, reply, caplog, capfd):
    asyncio.get_running_loop().set_debug(enabled=True)
    caplog.set_level(logging.DEBUG)
    body = b'{"value":[{"Name":"ApiKey","SecretValue":"canary"}]}'
    peer = await serve([reply(body=body, headers=["X-Canary: canary"])])
    assert (await connect(peer.url).send(start_jobs)).body == body
    assert "attempt 1" in caplog.text
    assert "canary" not in caplog.text + "".join(capfd.readouterr())
    assert "ReleaseKey" not in caplog.text
