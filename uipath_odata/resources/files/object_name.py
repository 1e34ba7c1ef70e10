"""Names of bucket files that Orchestrator reads as other names: it decodes a path twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from uipath_odata.errors import QueryError

__all__ = ["refuse_misread"]

# Decoded once more, they end a path or a parameter, or begin an escape; UiPath's own command refuses them, too.
_MISREAD: Final = re.compile(r"[&+%?#]")
_PARAMETERS: Final = ("path", "directory")


def refuse_misread(parameters: Mapping[str, Any] | None, address: object = None) -> None:
    """Raise QueryError where a parameter names a file or directory that Orchestrator would take for another one.

    An ``address`` that names that very file, as the storage reads it, shows that Orchestrator did not.
    """
    for name in _PARAMETERS:
        path = (parameters or {}).get(name)
        found = _MISREAD.search(path) if isinstance(path, str) else None
        if found and not _names(address, str(path)):
            raise QueryError(
                f"{path!r} has {found[0]!r} in it: Orchestrator decodes paths twice and takes it for another file, so"
                " that nothing was read or written; name the file without & + % ? #"
            )


def _names(address: object, path: str) -> bool:
    return isinstance(address, str) and unquote(urlsplit(address).path).endswith(f"/{path.lstrip('/')}")
