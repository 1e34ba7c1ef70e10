"""A backend for several tenants, each from variables of its own."""

from __future__ import annotations

import json
import os
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from uipath_odata import Orchestrator, Pool, query_from
from uipath_odata.entities import Job
from uipath_odata.errors import OrchestratorError
from uipath_odata.web import TenantClients

TENANTS = json.loads(os.environ["TENANTS"])


def open_client(key, pool):
    return Orchestrator.from_env(TENANTS[key], pool=pool)


@asynccontextmanager
async def lifespan(app):
    async with Pool() as pool, TenantClients(pool, open_client) as app.state.tenants:
        yield


app = FastAPI(lifespan=lifespan)


@app.exception_handler(OrchestratorError)
async def problem(request, error):
    body = error.to_problem()
    headers = {"Retry-After": str(body["retry_after"])} if "retry_after" in body else {}
    return JSONResponse(body, body["status"], headers, "application/problem+json")


@app.get("/{tenant}/jobs")
async def jobs(tenant: str, request: Request):
    client = (await request.app.state.tenants.client(tenant)).with_options(max_wait=2, deadline=30)
    query = query_from(Job, request.query_params, filters={"state": Job.state})
    page = await client.jobs.using(query).page(after=request.query_params.get("after"))
    return Response(page.to_json(), media_type="application/json")
