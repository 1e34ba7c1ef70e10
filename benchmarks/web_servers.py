"""Servers of one list endpoint over the same upstream, each in a process of its own under uvloop.

``python web_servers.py NAME UPSTREAM``: the upstream's page of jobs through a bare aiohttp proxy, which knows nothing, through
FastAPI with aiohttp, or through our client in FastAPI as the guide has it.
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
import orjson
import uvicorn
import uvloop
from aiohttp import web
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from rows import guid, job

from uipath_odata import AccessToken, Orchestrator, Pool, Settings, query_from
from uipath_odata.entities import Job
from uipath_odata.errors import OrchestratorError
from uipath_odata.web import TenantClients

SIZE = 50
MAX_WAIT = 2
"""Seconds that a request waits for the rate budget, for which our endpoint stands in the guide."""
_KEPT = 3_600
"""Seconds that idle connections stay, so that none ends between two turns."""
UNLIMITED = Settings(requests_a_minute=10**9)


async def upstream(_):
    """Answer every request with one row more than a page, which says that there are more."""
    rng = random.Random(3)
    rows = [job(number, rng, [guid(rng)]) for number in range(SIZE + 1)]
    body = orjson.dumps({"value": rows})

    async def answer(_request):
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    await under_aiohttp(app)


async def aiohttp_proxy(upstream):
    async def proxied(request):
        url = f"{upstream}/{request.match_info['tenant']}/Default/orchestrator_/odata/Jobs"
        async with request.app["session"].get(url, params={"$top": SIZE + 1}) as answer:
            return web.Response(body=await answer.read(), content_type="application/json")

    async def session(app):
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as app["session"]:
            yield

    app = web.Application()
    app.cleanup_ctx.append(session)
    app.router.add_get("/{tenant}/jobs", proxied)
    await under_aiohttp(app)


async def fastapi_proxy(upstream):
    @asynccontextmanager
    async def lifespan(app):
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as app.state.session:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/{tenant}/jobs")
    async def jobs(tenant: str, request: Request):
        url = f"{upstream}/{tenant}/Default/orchestrator_/odata/Jobs"
        async with request.app.state.session.get(url, params={"$top": SIZE + 1}) as answer:
            return Response(await answer.read(), media_type="application/json")

    await under_uvicorn(app)


async def ours(upstream, settings=UNLIMITED, as_dicts=False):
    def open_client(key, pool):
        base = f"{upstream}/{key}/Default/orchestrator_"
        return Orchestrator(base, AccessToken(f"token-of-{key}"), pool=pool, settings=settings)

    @asynccontextmanager
    async def lifespan(app):
        async with Pool(concurrency=64) as pool, TenantClients(pool, open_client) as app.state.tenants:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.exception_handler(OrchestratorError)
    async def problem(_request, error):
        body = error.to_problem()
        headers = {"Retry-After": str(body["retry_after"])} if "retry_after" in body else {}
        return JSONResponse(body, body["status"], headers, "application/problem+json")

    @app.get("/{tenant}/jobs")
    async def jobs(tenant: str, request: Request):
        client = (await request.app.state.tenants.client(tenant)).with_options(
            max_wait=MAX_WAIT, deadline=300
        )
        query = query_from(Job, request.query_params, filters={"state": Job.state})
        found = client.jobs.using(query)
        page = await (found.dicts() if as_dicts else found).page(after=request.query_params.get("after"))
        return Response(page.to_json(), media_type="application/json")

    await under_uvicorn(app)


async def ours_as_dicts(upstream):
    await ours(upstream, as_dicts=True)


async def ours_limited(upstream):
    await ours(upstream, Settings())


async def under_aiohttp(app):
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=_KEPT)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1_024)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


class Server(uvicorn.Server):
    """Says its port."""

    async def startup(self, sockets=None):
        await super().startup(sockets)
        print(self.servers[0].sockets[0].getsockname()[1], flush=True)


async def under_uvicorn(app):
    await Server(
        uvicorn.Config(app, port=0, log_level="error", backlog=1_024, timeout_keep_alive=_KEPT)
    ).serve()


@contextmanager
def serving(name, upstream="-"):
    """Start one of the servers and give its URL."""
    process = subprocess.Popen(
        [sys.executable, Path(__file__), name, upstream], stdout=subprocess.PIPE, text=True
    )
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        loop.run(globals()[sys.argv[1]](sys.argv[2]))
