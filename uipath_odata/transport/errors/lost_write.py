"""How to find out whether a write whose answer was lost has happened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, TypeGuard, cast

import orjson

if TYPE_CHECKING:
    from uipath_odata.transport.request import Request

__all__ = ["advice", "found_by"]

_NAMES: Final = ("Reference", "BatchExecutionKey")
_PLACES: Final = {
    "Jobs.StartJobs": "orchestrator.jobs.filter(Job.reference == …), or Job.batch_execution_key",
    "Queues.AddQueueItem": "orchestrator.queue_items.filter(QueueItem.reference == …)",
    "Queues.BulkAddQueueItems": "orchestrator.queue_items.filter(QueueItem.reference.in_(…))",
}


def found_by(request: Request) -> dict[str, tuple[str, ...]]:
    """Return the References and keys that a request carries, by their wire names; empty where it has none."""
    if request.operation not in _PLACES or not isinstance(request.body, bytes):
        return {}
    objects = list(_objects(orjson.loads(request.body)))
    found = {name: tuple(str(each[name]) for each in objects if each.get(name)) for name in _NAMES}
    return {name: values for name, values in found.items() if values}


def advice(request: Request) -> str:
    """Say where to look for the effect, and by what."""
    place = _PLACES.get(request.operation)
    if place is None:
        return "look for its effect before you repeat it"
    if found_by(request):
        return f"look for it by what find_by holds before you repeat it, with {place}"
    return f"look for its effect before you repeat it; with a reference= of its own it is found by {place}"


def _objects(body: Any) -> Iterator[dict[str, Any]]:
    """Return the object that is sent, what it wraps, and the items of its lists; free-form parts are not looked into."""
    whole = _object(body)
    yield whole
    for value in whole.values():
        yield from map(_object, value if _is_list(value) else [value])


def _object(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)
