"""Which entity set an answer says it is about: one about another set was meant for another request."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import Final

from uipath_odata.errors import OrderViolation

__all__ = ["refuse_other_set"]

# OData 4.0 JSON Format, 10: the part after "#" names the set, up to its select list or "/$entity". Orchestrator writes
# it first, before any row. The URL before it is that of the public host, with or without the tenant: it tells nothing.
_CONTEXT: Final = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"@odata\.context"\s*:\s*"[^"#]*#(\w+)[(/"]')


def refuse_other_set(body: bytes, entity_set: str, known: AbstractSet[str]) -> None:
    """Raise OrderViolation where an answer for ``entity_set`` names another one of the ``known`` sets, in lower case."""
    if (named := _CONTEXT.match(body)) is None:
        return
    other = named[1].decode(errors="replace")
    if other.casefold() != entity_set.casefold() and other.casefold() in known:
        raise OrderViolation(
            f"The server answered with {other} where {entity_set} were asked for, twice: read again, and if it stays so "
            "ask the administrator of the proxy before it"
        )
