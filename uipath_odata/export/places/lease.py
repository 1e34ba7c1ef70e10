"""The lease on a directory: renewed while its exporter lives, for machines that do not see each other's locks."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import threading
import uuid
from pathlib import Path
from typing import Any, Final

import attrs
import orjson

from uipath_odata.errors import ExportError, ExportLocked
from uipath_odata.export.places.disk import LocalDisk, file_errors

__all__ = [
    "Lease",
    "holder_of",
    "is_of_a_dead_process",
    "is_of_this_kernel",
    "lease_in",
    "lease_line",
    "locked_by",
]

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_BEATS_DIGITS: Final = 12
_HANGING: Final = 5.0
_ENDED: Final = frozenset("ZX")
"""States of a process that nobody has waited for yet."""
_THREAD: Final = "uipath-odata lease"


def _kernel() -> str:
    """Tell apart the kernels that keep locks: two machines may have one name, and containers share one kernel."""
    with contextlib.suppress(OSError):
        return _BOOT.read_text().strip()
    return f"{socket.gethostname()} {uuid.getnode()}"


@attrs.define(eq=False)
class Lease:
    """Our line in the file of the lease; what another exporter puts in its place is another file."""

    file: Path
    token: str
    _descriptor: int
    _beats: int = attrs.field(default=0, init=False)
    _ended: threading.Event = attrs.field(factory=threading.Event, init=False)
    _renewing: threading.Thread | None = attrs.field(default=None, init=False)

    @classmethod
    def take(cls, file: Path, silence: float, *, replaces: bool, mode: int | None = None) -> Lease:
        """Begin a lease, in place of a silent one if it ``replaces`` that; it is renewed thrice in ``silence`` seconds.

        Raises ExportLocked where another exporter was quicker.
        """
        token = secrets.token_hex(16)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with file_errors(file):
            try:
                if replaces:
                    file.unlink(missing_ok=True)
                lease = cls(file, token, os.open(file, flags, 0o600))
            except FileExistsError:
                raise locked_by(file.parent, holder_of(lease_in(file) or b"")) from None
            if mode is not None:
                os.fchmod(lease._descriptor, mode)
            try:
                lease._begin(silence / 3)
            except BaseException:
                os.close(lease._descriptor)
                file.unlink(missing_ok=True)
                raise
        return lease

    def check_fence(self) -> None:
        """Raise ExportLocked once another exporter holds the directory; asked of the disk, for a machine may sleep."""
        data = lease_in(self.file)
        if data is None:
            raise ExportLocked(f"{self.file} was removed while this export ran: run the same export again")
        if self.token.encode() not in data:
            raise ExportLocked(
                f"{self.file.parent} was taken over by {holder_of(data)}: it continues this export"
            )

    def end(self) -> None:
        """Remove the lease, if it is still ours; waits for the disk, at most some seconds."""
        self._ended.set()
        if self._renewing is not None:
            self._renewing.join(_HANGING)
        with contextlib.suppress(OSError, ExportError):
            if self.token.encode() in (lease_in(self.file) or b""):
                self.file.unlink()

    def _begin(self, seconds: float) -> None:
        self._write(_line(self.token))
        self._renewing = threading.Thread(target=self._renew, args=(seconds,), name=_THREAD, daemon=True)
        try:
            self._renewing.start()
        except RuntimeError as error:
            raise ExportError(
                f"The lease cannot be renewed, {error}: raise the process's thread limit"
            ) from error

    def _renew(self, seconds: float) -> None:
        while not self._ended.wait(seconds):
            # One that cannot be renewed is taken over, and refused when it is looked at.
            with contextlib.suppress(OSError):
                self._write(b"")
        with contextlib.suppress(OSError):
            os.close(self._descriptor)

    def _write(self, line: bytes) -> None:
        self._beats += 1
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        rest = _beat(self._beats) + line
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
        os.fsync(self._descriptor)


def locked_by(directory: Path | str, holder: str) -> ExportLocked:
    """Say who exports to a directory."""
    return ExportLocked(f"{directory} is being exported to by {holder}: wait for it, or name another place")


def lease_in(file: Path) -> bytes | None:
    """Read a lease; None where there is none."""
    try:
        return LocalDisk(file.parent).read(file.name)
    except ExportError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return None
        raise


def lease_line(token: str, beats: int) -> bytes:
    """Return the bytes of a lease that was renewed so often."""
    return _beat(beats) + _line(token)


def _beat(beats: int) -> bytes:
    return b"%0*d\n" % (_BEATS_DIGITS, beats)


def _line(token: str) -> bytes:
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
