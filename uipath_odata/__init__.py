"""Async client for the UiPath Orchestrator OData API: every row proven, no job started twice, inside the rate limit.

The packages and modules inside, from top to bottom; each imports only what stands below it:

======================  ============================================================================================
``cli``                 the command ``uipath-odata``
``docs``                the guides, as Markdown
``testing``             the pytest plugin: a local Orchestrator for each test
``doctor``              asks a tenant whether the assumptions of this package hold there
``emulator``            a local Orchestrator for tests; shares no code with the client
``generate``            writes ``entities``, ``operations`` and ``events`` from an OpenAPI document
``engines``             bindings for Dask, Spark and dlt; each module imports its engine, and nothing else does
``partitions``          cuts lists into partitions that Arrow and engines read anywhere, each proven by itself
``export``              lists to files and buckets, resumed after any kill, with a manifest as the proof
``web``                 for web backends: one client per tenant, webhooks
``client``              ``Orchestrator`` and ``FolderClient``: the one place that knows everything below
``workflows``           work by name: processes and their runs, queues, assets, files of storage buckets
``operations``          generated: one class per entity set, one method per operation
``resources``           what the classes of entity sets share; files of storage buckets and packages
``execution``           reads a query of a client: streams, counts, explains it, or reads a page for a UI
``calls``               one call: the operation, the channel that sends it, the answer as values
``settings``            what a client assumes and can be told
``paging``              plans without I/O: which request is next, and when a list is proven complete
``transport``           sends a request: Retry, Budget, BearerToken, Attempt; the only importer of aiohttp's client
``entities``            generated: one class per entity, one descriptor per property
``events``              generated: one class for each kind of webhook event
``odata``               OData 4.0 without I/O: queries to text, JSON bodies to rows
``auth``                credentials, deployments, stored logins
``local``               this machine: threads and durable files
``errors``              every exception that the package raises
======================  ============================================================================================

Where to look:

======================================================  ============================================================
a 429: whether it is repeated; how the rate falls       ``transport.retry.policy``; ``transport.rate.sliding_log``
an access token is renewed; when it is due              ``transport.tokens.tokens``; ``auth.token_cache``
a folder becomes a header                               ``transport.folder_header``
the text of a ``$filter`` is escaped                    ``odata.expr.literals``
RobotLogs with one TimeStamp fill a page                ``paging.window.ties``
the job of a start is looked for, its answer lost       ``workflows.jobs.starts.lost_start``
any other lost write becomes ``OutcomeUnknown``         ``transport.errors.status``
an export's journal gets a record                       ``export.journal.journal``
a secret is left out of an export                       ``export.privacy.redaction``
a CSV cell is guarded against formulas                  ``export.formats.csv_text``
an export that would shrink is refused                  ``export.incremental.shrinking``
a list is cut into partitions                           ``partitions.cuts``
a UI's cursor is signed                                 ``execution.cursor.seal``
the emulator answers GET on an entity set               ``emulator.rows.reads``
the emulator turns a ``$filter`` into SQL               ``emulator.filters.visitor``
======================================================  ============================================================

``uipath_odata/docs/words.md`` explains the words; ``uipath_odata/docs/maintaining.md`` says how to change things.
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
