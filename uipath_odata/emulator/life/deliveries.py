"""Events on their way to webhooks: signed, once, in their order, and paused for an hour after a failure.

Orchestrator's guide says so: what is not answered with success is not repeated, and a webhook that failed gets nothing for
an hour.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

import attrs
import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout

from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.life.events import Event
from uipath_odata.emulator.world import World

_PAUSE = 3600.0
_PATIENCE = 15.0


@attrs.frozen
class Delivery:
    """One attempt to tell a webhook of an event: ``status`` is the receiver's answer, or None with the ``reason``."""

    webhook: str
    type: str
    url: str
    body: bytes = attrs.field(repr=False)
    status: int | None = None
    reason: str = ""


@attrs.define
class Deliveries:
    """Sends what the outbox holds; everything stays on this machine unless ``webhooks="anywhere"``."""

    world: World
    sent: list[Delivery] = attrs.field(factory=list[Delivery])
    _paused: dict[int, float] = attrs.field(factory=dict[int, float])
    _turns: dict[int, asyncio.Lock] = attrs.field(factory=dict[int, asyncio.Lock])
    _tasks: set[asyncio.Task[None]] = attrs.field(factory=set[asyncio.Task[None]])

    def flush(self) -> None:
        """Begin to deliver what is in the outbox; call it in the event loop."""
        with self.world.lock:
            outbox = self.world.store.outbox
            events, outbox[:] = list(outbox), []
            webhooks = self.world.store.find("Webhooks", '"Enabled" IS NOT 0') if events else []
        for event in events:
            for webhook in webhooks:
                if _wants(webhook, event):
                    task = asyncio.ensure_future(self._deliver(webhook, event, self.sent, self._paused))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)

    def clear(self) -> None:
        """Forget the deliveries so far and the pauses."""
        # What is under way ends with the list and the pauses that it began with.
        self.sent, self._paused = [], {}

    async def close(self) -> None:
        """End what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _deliver(
        self, webhook: Row, event: Event, sent: list[Delivery], paused: dict[int, float]
    ) -> None:
        async with self._turns.setdefault(webhook["Id"], asyncio.Lock()):
            body = orjson.dumps(event.body | {"Webhook": webhook["Name"]})
            delivery = Delivery(webhook["Name"], event.type, webhook["Url"], body)
            is_paused = paused.get(webhook["Id"], 0.0) > event.moment
            if reason := self._hindrance(webhook, is_paused=is_paused):
                sent.append(attrs.evolve(delivery, reason=reason))
                return
            done = await _posted(delivery, webhook["Secret"])
            sent.append(done)
            if done.status is None or done.status >= HTTPStatus.MULTIPLE_CHOICES:
                paused[webhook["Id"]] = event.moment + _PAUSE

    def _hindrance(self, webhook: Row, *, is_paused: bool) -> str:
        if is_paused:
            return "paused for an hour after a failed delivery"
        if self.world.settings.webhooks == "loopback" and not is_loopback(webhook["Url"]):
            return 'not a loopback address: Emulator(webhooks="anywhere") delivers it'
        return ""


def signature(body: bytes, secret: str) -> str:
    """Return the header ``X-UiPath-Signature`` of a body: HMAC-SHA256 with the secret as UTF-8, in base64."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


async def _posted(delivery: Delivery, secret: str | None) -> Delivery:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if secret:
        headers["X-UiPath-Signature"] = signature(delivery.body, secret)
    try:
        async with (
            ClientSession(timeout=ClientTimeout(_PATIENCE)) as session,
            session.post(
                delivery.url, data=delivery.body, headers=headers, allow_redirects=False
            ) as response,
        ):
            return attrs.evolve(delivery, status=response.status)
    except (ClientError, TimeoutError, ValueError) as error:
        return attrs.evolve(delivery, reason=f"{type(error).__name__}: {error}")


def _wants(webhook: Row, event: Event) -> bool:
    if event.type == "ping":
        return bool(webhook["Key"] == event.body["EntityKey"])
    if webhook["SubscribeToAllEvents"]:
        return True
    return any(each.get("EventType") == event.type for each in orjson.loads(webhook["Events"] or "[]"))


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
