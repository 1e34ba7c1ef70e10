"""Query parameters that are not OData's: ``path``, ``take``, ``feedId``; their names in any case."""

from __future__ import annotations

from uipath_odata.emulator.http.answers import INVALID_ARGUMENT, Refusal
from uipath_odata.emulator.http.options import query_pairs
from uipath_odata.emulator.world import Call


def text(call: Call, name: str) -> str | None:
    """Return the parameter as it was sent; None where it was not."""
    given = {each.lower(): value for each, value in query_pairs(call.query)}
    return given.get(name.lower()) or None


def needed(call: Call, name: str) -> str:
    """Return the parameter, or refuse a request without it."""
    found = text(call, name)
    if found is None:
        raise Refusal(f"The {name} field is required.", INVALID_ARGUMENT)
    return found


def number(call: Call, name: str) -> int | None:
    """Return a whole number; refuse anything else."""
    found = text(call, name)
    if found is None:
        return None
    if not found.lstrip("-").isdigit():
        raise Refusal(f"The value '{found}' is not valid for {name}.", INVALID_ARGUMENT)
    return int(found)


def truth(call: Call, name: str) -> bool:
    """Return a boolean; false where it was not sent."""
    return (text(call, name) or "").lower() == "true"
