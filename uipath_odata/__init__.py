"""Async client for the UiPath Orchestrator OData API: every row proven, no job started twice."""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Any, Final

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
    from uipath_odata.execution.stream import Report, Stream
    from uipath_odata.odata.expr.expression import Expr, Predicate, now, path, raw_filter
    from uipath_odata.odata.instant import Instant
    from uipath_odata.odata.query import Expand, Query
    from uipath_odata.settings import Settings
    from uipath_odata.settings_file import load_settings
    from uipath_odata.transport.observe.tracing import Tracing
    from uipath_odata.transport.observe.write_log import WriteEvent
    from uipath_odata.transport.pool import Pool
    from uipath_odata.transport.rate.budgets import RateUsage

__all__ = [
    "AccessToken",
    "BrowserLogin",
    "ClientCredentials",
    "Credentials",
    "Expand",
    "Expr",
    "FolderClient",
    "Instant",
    "Orchestrator",
    "Pool",
    "Predicate",
    "Query",
    "RateUsage",
    "Report",
    "Settings",
    "Stream",
    "Tracing",
    "UserKey",
    "UsernamePassword",
    "WriteEvent",
    "load_settings",
    "now",
    "path",
    "raw_filter",
]

# Building a URL must not pay for the import of aiohttp.
_HOMES: Final = {
    "AccessToken": "auth",
    "BrowserLogin": "auth",
    "ClientCredentials": "auth",
    "Credentials": "auth",
    "Expand": "odata.query",
    "Expr": "odata.expr.expression",
    "Instant": "odata.instant",
    "Orchestrator": "client",
    "Pool": "transport.pool",
    "Predicate": "odata.expr.expression",
    "Query": "odata.query",
    "Report": "execution.stream",
    "FolderClient": "client",
    "Settings": "settings",
    "Stream": "execution.stream",
    "Tracing": "transport.observe.tracing",
    "RateUsage": "transport.rate.budgets",
    "UserKey": "auth",
    "UsernamePassword": "auth",
    "WriteEvent": "transport.observe.write_log",
    "load_settings": "settings_file",
    "now": "odata.expr.expression",
    "path": "odata.expr.expression",
    "raw_filter": "odata.expr.expression",
}

logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
