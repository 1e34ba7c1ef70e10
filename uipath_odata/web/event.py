"""A webhook's body as a typed event."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import attrs

from uipath_odata import events
from uipath_odata.errors import DecodeError
from uipath_odata.odata.entity import Entity
from uipath_odata.odata.rows.decode import decode
from uipath_odata.odata.rows.json_body import as_object, parse

__all__ = ["UnknownEvent", "WebhookEvent", "parse_event"]

_SUFFIX: Final = "Event"


@attrs.frozen(kw_only=True)
class UnknownEvent:
    """An event of a kind that this package does not know, or with values of other types than the schema's."""

    type: str
    """``job.completed``, as it was sent."""
    event_id: str | None
    body: Mapping[str, Any] = attrs.field(repr=False)
    """All that was sent, by wire name."""


WebhookEvent: TypeAlias = Entity | UnknownEvent
"""An event of ``uipath_odata.events``, such as ``JobCompletedEvent``, or one of an unknown kind."""


def parse_event(body: bytes) -> WebhookEvent:
    """Return the event that a webhook's body holds; raise DecodeError where it holds none.

    Verify its signature first.
    """
    sent = as_object(parse(bytes(body)))
    kind = (sent or {}).get("Type")
    if sent is None or not isinstance(kind, str):
        raise DecodeError("A webhook's body is an object with a Type, and this is none: check who sends it")
    name = _names().get(kind.replace(".", "").casefold())
    if name is not None:
        try:
            known: type[Entity] = getattr(events, name)
            return decode(known, [dict(sent)])[0]
        except DecodeError:  # rather whole than typed
            pass
    event_id = sent.get("EventId")
    return UnknownEvent(type=kind, event_id=event_id if isinstance(event_id, str) else None, body=sent)


@functools.cache
def _names() -> Mapping[str, str]:
    """Return the classes of events by type without dots; the schema's names of jobs and items are plural in parts."""
    names = {name.removesuffix(_SUFFIX).casefold(): name for name in dir(events) if name.endswith(_SUFFIX)}
    for many, one in (("jobs", "job"), ("queueitems", "queueitem")):
        plural = {key: name for key, name in names.items() if key.startswith(many)}
        names = {key.replace(many, one, 1): name for key, name in plural.items()} | names
    return names
