"""Where a request is addressed to: Orchestrator's root, as clients write it, and the path below that root."""

from __future__ import annotations

import re

import attrs

# The gateway of Automation Cloud takes paths with and without "orchestrator_", a standalone Orchestrator has neither
# organization nor tenant, and clients ask "{host}/orchestrator_/api/status/version" before they know a tenant.
_ADDRESS = re.compile(
    r"(?P<root>(?:/[^/]+/[^/]+)?(?:/orchestrator_)?)(?P<path>/(?:odata|api|tasks|forms|storage)(?:[/(].*)?)",
    re.IGNORECASE | re.DOTALL,
)
_SEGMENT = re.compile(r"[\w~-][\w.~-]*", re.ASCII)


def segment(name: str) -> str:
    """Return the name of an organization or a tenant, or raise ValueError where it cannot stand in an address as it is."""
    if not _SEGMENT.fullmatch(name):
        raise ValueError(f"{name!r} cannot stand in an address: use letters, digits, '-', '_', '.' and '~'")
    return name


@attrs.frozen
class Address:
    """A path below a root: ``/odata/Jobs`` below ``/acme/Default/orchestrator_``."""

    root: str
    path: str


def address(path: str) -> Address | None:
    """Split a decoded path; None where it is not one of Orchestrator's, whatever the organization and the tenant."""
    match = _ADDRESS.fullmatch(path)
    return None if match is None else Address(match["root"], match["path"])
