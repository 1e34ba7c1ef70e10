"""What a next link says: its ``$skiptoken`` or ``$skip``, and nothing else.

Behind a proxy a server writes links with its own scheme, host and path (``http://orchestrator-7:8080/odata/…``). Nothing
is asked there: what continues the list goes with our own options to the place that was asked before.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

import attrs

from uipath_odata.errors import NotProven

__all__ = ["Continuation", "continuation_of"]

# RFC 3986, 3.4: what may stand in a query, without & that ends an option.
_VALUE: Final = re.compile(r"(?:[\w.~!$'()*+,;:@/?=-]|%[0-9A-Fa-f]{2})+", re.ASCII)
_RANK: Final = re.compile(r"\d{1,18}", re.ASCII)
_SKIP: Final = "$skip"
_TOKEN: Final = "$skiptoken"  # noqa: S105 - an option's name


@attrs.frozen
class Continuation:
    """The place where a list continues; ``query`` is it as the server wrote it, not to be encoded again."""

    query: str
    rank: int | None
    """The row, counted from 0, where the server says how many came before it."""


def continuation_of(link: str) -> Continuation:
    """Return what of a next link continues the list.

    Raises NotProven where it holds neither a ``$skiptoken`` nor a ``$skip``, one of them twice, or what no URL may hold.
    """
    query = link.partition("#")[0].partition("?")[2]
    found: dict[str, str] = {}
    for option in query.split("&"):
        name, _, value = option.partition("=")
        name = unquote(name).lower()
        if name in (_SKIP, _TOKEN):
            if name in found or not (_RANK if name == _SKIP else _VALUE).fullmatch(value):
                raise NotProven(f"The {name} of the server's next link cannot be read: {_ADVICE}")
            found[name] = value
    if not found:
        raise NotProven(f"The server's next link has neither $skiptoken nor $skip: {_ADVICE}")
    rank = int(found[_SKIP]) if _SKIP in found and _TOKEN not in found else None
    return Continuation("&".join(f"{name}={value}" for name, value in found.items()), rank)


_ADVICE: Final = "narrow the filter until one page holds all rows, and ask the server's administrator why"
