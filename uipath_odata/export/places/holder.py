"""Which process holds a lease."""

from __future__ import annotations

import contextlib
import os
import socket
import uuid
from pathlib import Path
from typing import Any, Final

import orjson

from uipath_odata.errors import ExportLocked

__all__ = [
    "beat",
    "holder_line",
    "holder_of",
    "is_of_a_dead_process",
    "is_of_this_kernel",
    "lease_line",
    "locked_by",
    "refuse_another",
]

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_BEATS_DIGITS: Final = 12
_ENDED: Final = frozenset("ZX")
"""States of a process that nobody has waited for yet."""


def locked_by(directory: Path | str, holder: str) -> ExportLocked:
    """Say who exports to a directory."""
    return ExportLocked(f"{directory} is being exported to by {holder}: wait for it, or name another place")


def refuse_another(data: bytes | None, token: str, *, place: Path | str, lease: Path | str) -> None:
    """Raise ExportLocked where a lease, as it is there now, is not that of the token."""
    if data is None:
        raise ExportLocked(f"{lease} was removed while this export ran: run the same export again")
    if token.encode() not in data:
        raise ExportLocked(f"{place} was taken over by {holder_of(data)}: it continues this export")


def lease_line(token: str, beats: int) -> bytes:
    """Return the bytes of a lease that was renewed so often."""
    return beat(beats) + holder_line(token)


def beat(beats: int) -> bytes:
    """Return the part of a lease that each renewal changes."""
    return b"%0*d\n" % (_BEATS_DIGITS, beats)


def holder_line(token: str) -> bytes:
    """Return the part of a lease that names this process."""
    facts = {
        "token": token,
        "process": os.getpid(),
        "host": socket.gethostname(),
        "kernel": _kernel(),
        "birth": _birth(os.getpid()),
    }
    return orjson.dumps(facts, option=orjson.OPT_APPEND_NEWLINE)


def holder_of(data: bytes) -> str:
    """Name the process that a lease is of."""
    facts = _facts(data)
    return f"process {facts['process']} on {facts['host']}" if facts else "another process"


def is_of_this_kernel(data: bytes) -> bool:
    """Tell whether a lease is of a process whose locks are seen here."""
    return _facts(data).get("kernel") == _kernel()


def is_of_a_dead_process(data: bytes) -> bool:
    """Tell whether a lease is of a process that would be seen here, and is not there any more."""
    facts = _facts(data)
    birth = facts.get("birth")
    if not birth or not is_of_this_kernel(data):
        return False
    mine = _birth(os.getpid())
    # Containers share a kernel and do not see each other's processes.
    return bool(mine and mine[0] == birth[0] and _birth(facts["process"]) != birth)


def _birth(process: int) -> list[str] | None:
    """Return the space of process numbers that this process sees, and when the process of a number began; None: not known."""
    with contextlib.suppress(OSError, IndexError):
        space = str(Path("/proc/self/ns/pid").readlink())
        with contextlib.suppress(FileNotFoundError):
            facts = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            return [space, "ended" if facts[0] in _ENDED else facts[19]]
        return [space, "ended"]
    return None


def _facts(data: bytes) -> dict[str, Any]:
    with contextlib.suppress(ValueError, KeyError, TypeError):
        facts: dict[str, Any] = orjson.loads(data.partition(b"\n")[2])
        return {**{name: facts[name] for name in ("process", "host", "kernel")}, "birth": facts.get("birth")}
    return {}


def _kernel() -> str:
    """Tell apart the kernels that keep locks: two machines may have one name, and containers share one kernel."""
    with contextlib.suppress(OSError):
        return _BOOT.read_text().strip()
    return f"{socket.gethostname()} {uuid.getnode()}"
