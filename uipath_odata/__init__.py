"""Async client for the UiPath Orchestrator OData API: every row proven, no job started twice, inside the rate limit.

The rooms, from the roof to the ground; each imports only what stands below it:

======================  ============================================================================================
``cli``                 the command ``uipath-odata``
``docs``                the guides, as Markdown
``testing``             the pytest plugin: a local Orchestrator for each test
``doctor``              looks at a tenant and says which assumptions hold there
``emulator``            a local Orchestrator for tests; shares no code with the client
``generate``            an OpenAPI document to ``entities``, ``operations``, ``events``
``engines``             thin bindings that read partitions, one an engine; each imports its engine alone
``partitions``          lists in pieces that Arrow and engines read anywhere, each proven by itself
``export``              lists to files and buckets, resumable after any kill, proven by a manifest
``web``                 what a web backend needs: a client for each tenant, webhooks
``client``              ``Orchestrator`` and ``FolderClient``: the one place that knows everything below
``workflows``           work by name: processes and their runs, queues, assets, files of buckets
``operations``          generated: a class an entity set, a method an operation
``resources``           what the methods of entity sets share; files of buckets and packages
``execution``           a query bound to a client and read: streamed, counted, explained, or paged for a UI
``calls``               one call: the operation, the connection that sends it, its answer as values
``settings``            what a client assumes and is told
``paging``              pure plans: which request is next, and when a list is proven complete
``transport``           sends a request: Retry, Budget, BearerToken, Attempt; the only importer of aiohttp's client
``entities``            generated: a class an entity, a descriptor a property
``events``              generated: a class for each kind of event that webhooks send
``odata``               OData 4.0 without I/O: queries to text, JSON bodies to rows
``auth``                credentials, deployments, stored logins
``local``               this machine: threads and durable files
``errors``              every exception that the package raises
======================  ============================================================================================

Where to look: a 429 is decided in ``transport.retry.policy`` and paced in ``transport.rate``; RobotLogs that share a
TimeStamp are split in ``paging.window.ties``; a CSV cell is guarded in ``export.formats.csv_text``; an OAuth token is renewed
in ``transport.tokens``; the job of a lost start is looked for in ``workflows.jobs.starts.lost_start``; an export that
would shrink is refused by ``export.incremental.shrinking``; a page's cursor is signed in ``execution.cursor.seal``; pieces for
engines are cut in ``partitions.cuts``; the emulator's $filter becomes SQL in ``emulator.filters.visitor``. ``uipath_odata/docs/maintaining.md`` says how to change things.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from uipath_odata.local.lazy_names import lazy_names

if TYPE_CHECKING:
    from uipath_odata.auth import (
        AccessToken,
        BrowserLogin,
        ClientCredentials,
        Credentials,
        UserKey,
        UsernamePassword,
    )
    from uipath_odata.client import FolderClient, Orchestrator
    from uipath_odata.errors import BusinessError, JobFaulted, JobStopped
    from uipath_odata.execution.cursor.list_page import ListPage
    from uipath_odata.execution.stream import Report, Stream
    from uipath_odata.odata.expr.expression import Expr, Predicate, now, path, raw_filter
    from uipath_odata.odata.instant import Instant
    from uipath_odata.odata.parse.allowed import properties_of
    from uipath_odata.odata.parse.filter import parse_filter
    from uipath_odata.odata.parse.params import query_from
    from uipath_odata.odata.query import Expand, Query
    from uipath_odata.settings import Settings, load_settings
    from uipath_odata.transport.observe.tracing import Tracing
    from uipath_odata.transport.observe.write_log import WriteEvent
    from uipath_odata.transport.pool import Pool
    from uipath_odata.transport.rate.budgets import RateUsage
    from uipath_odata.workflows.jobs.finished_job import FinishedJob
    from uipath_odata.workflows.jobs.run import JobRun
    from uipath_odata.workflows.jobs.waiting import as_completed, wait_all
    from uipath_odata.workflows.performer.transaction_item import TransactionItem
    from uipath_odata.workflows.producer.added import AddResult

__all__ = [
    "AccessToken",
    "AddResult",
    "BrowserLogin",
    "BusinessError",
    "ClientCredentials",
    "Credentials",
    "Expand",
    "Expr",
    "FinishedJob",
    "FolderClient",
    "Instant",
    "JobFaulted",
    "JobRun",
    "JobStopped",
    "ListPage",
    "Orchestrator",
    "Pool",
    "Predicate",
    "Query",
    "RateUsage",
    "Report",
    "Settings",
    "Stream",
    "Tracing",
    "TransactionItem",
    "UserKey",
    "UsernamePassword",
    "WriteEvent",
    "as_completed",
    "load_settings",
    "now",
    "parse_filter",
    "path",
    "properties_of",
    "query_from",
    "raw_filter",
    "wait_all",
]

# Building a URL must not pay for the import of aiohttp.
_HOMES: Final = {
    "AccessToken": "auth",
    "AddResult": "workflows.producer.added",
    "BrowserLogin": "auth",
    "BusinessError": "errors",
    "ClientCredentials": "auth",
    "Credentials": "auth",
    "Expand": "odata.query",
    "Expr": "odata.expr.expression",
    "FinishedJob": "workflows.jobs.finished_job",
    "Instant": "odata.instant",
    "JobFaulted": "errors",
    "JobRun": "workflows.jobs.run",
    "JobStopped": "errors",
    "ListPage": "execution.cursor.list_page",
    "Orchestrator": "client",
    "Pool": "transport.pool",
    "Predicate": "odata.expr.expression",
    "Query": "odata.query",
    "Report": "execution.stream",
    "FolderClient": "client",
    "Settings": "settings",
    "Stream": "execution.stream",
    "Tracing": "transport.observe.tracing",
    "TransactionItem": "workflows.performer.transaction_item",
    "RateUsage": "transport.rate.budgets",
    "UserKey": "auth",
    "UsernamePassword": "auth",
    "WriteEvent": "transport.observe.write_log",
    "as_completed": "workflows.jobs.waiting",
    "load_settings": "settings",
    "now": "odata.expr.expression",
    "parse_filter": "odata.parse.filter",
    "path": "odata.expr.expression",
    "properties_of": "odata.parse.allowed",
    "query_from": "odata.parse.params",
    "raw_filter": "odata.expr.expression",
    "wait_all": "workflows.jobs.waiting",
}

logging.getLogger(__name__).addHandler(logging.NullHandler())


__getattr__ = lazy_names(__name__, _HOMES)


def __dir__() -> list[str]:
    return __all__
