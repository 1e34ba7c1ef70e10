"""What a web backend needs besides the client.

``tenants`` keeps one client per tenant. ``signature`` and ``event`` check and read webhooks. ``receiver`` answers them, for ASGI
and aiohttp.web; ``seen`` recognizes an event that comes twice. Pages with signed cursors are in ``execution.cursor``, filters of
a page's users in ``odata.parse``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from uipath_odata.local.lazy_names import lazy_names

if TYPE_CHECKING:
    from uipath_odata.errors import InvalidSignature
    from uipath_odata.web.event import UnknownEvent, WebhookEvent, parse_event
    from uipath_odata.web.receiver import WebhookReceiver
    from uipath_odata.web.seen import RecentEvents, SeenEvents
    from uipath_odata.web.signature import verify_signature
    from uipath_odata.web.tenants import TenantClients

__all__ = [
    "InvalidSignature",
    "RecentEvents",
    "SeenEvents",
    "TenantClients",
    "UnknownEvent",
    "WebhookEvent",
    "WebhookReceiver",
    "parse_event",
    "verify_signature",
]

_HOMES: Final = {
    "InvalidSignature": "errors",
    "RecentEvents": "web.seen",
    "SeenEvents": "web.seen",
    "TenantClients": "web.tenants",
    "UnknownEvent": "web.event",
    "WebhookEvent": "web.event",
    "WebhookReceiver": "web.receiver",
    "parse_event": "web.event",
    "verify_signature": "web.signature",
}

__getattr__ = lazy_names("uipath_odata", _HOMES)


def __dir__() -> list[str]:
    return __all__
