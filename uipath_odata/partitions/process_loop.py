"""One thread with an event loop in each process, and its open clients, which tasks of engines share.

Engines have loops of their own, or none; Spark forks its workers, and a thread does not survive a fork. So the loop belongs to
the process that made it, and a child makes its own.
"""

from __future__ import annotations

import asyncio
import atexit
import inspect
import os
import threading
from collections.abc import Coroutine, Hashable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from uipath_odata.errors import OrchestratorError, QueryError
from uipath_odata.partitions.connection import Connection
from uipath_odata.transport.rate.coordination import coordinated

if TYPE_CHECKING:
    from uipath_odata.client import Orchestrator

__all__ = ["ProcessLoop", "process_loop"]

T = TypeVar("T")

_PATIENCE: Final = 5.0
"""Seconds that the end of a process waits for its clients to close."""


@attrs.define(eq=False)
class ProcessLoop:
    """A loop in a thread of its own, and the clients that live there."""

    loop: asyncio.AbstractEventLoop = attrs.field(factory=asyncio.new_event_loop, init=False)
    pid: int = attrs.field(factory=os.getpid, init=False)
    _thread: threading.Thread = attrs.field(init=False)
    _ending: set[asyncio.Task[object]] = attrs.field(factory=set[Any], init=False)
    _clients: dict[Hashable, Orchestrator] = attrs.field(factory=dict[Hashable, Any], init=False)
    _opening: dict[Hashable, threading.Lock] = attrs.field(factory=dict[Hashable, Any], init=False)
    """By key, so that one slow key vault holds up no other tenant."""

    def __attrs_post_init__(self) -> None:
        self._thread = threading.Thread(target=self.loop.run_forever, name="uipath-odata", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do the work in the loop and wait for it; what interrupts the waiting cancels the work."""
        if threading.current_thread() is self._thread:
            work.close()
            raise QueryError(
                "a partition cannot be read inside of the event loop that reads partitions: read it in another thread"
            )
        future = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def finish(self, work: Coroutine[Any, Any, object]) -> None:
        """Do the work also where nobody waits: the garbage collector may end a reading in any thread, and after the loop."""
        if self.loop.is_closed():
            work.close()
        elif threading.current_thread() is self._thread:
            self._ending.add(ending := self.loop.create_task(work))
            ending.add_done_callback(self._ending.discard)
        else:
            self.run(work)

    def client(self, connection: Connection, lane: str = "", lanes: int = 1) -> Orchestrator:
        """Return the client of a connection, which is opened when it is first asked for and kept while its variables stay.

        A lane that shares a limit with others has a client of its own, with its part of the share.
        """
        key = connection.state(), lane if lanes > 1 else ""
        with self._opening.setdefault(key, threading.Lock()):
            if key not in self._clients:
                opened = connection.checked(self._opened(connection))
                opened._transport.join(lanes, coordinated)  # noqa: SLF001 - a client for programs does not know lanes
                self._clients[key] = opened
            return self._clients[key]

    def _opened(self, connection: Connection) -> object:
        made = connection.open()
        if not inspect.isawaitable(made):
            return made

        async def awaited() -> object:
            return await made

        try:
            return self.run(awaited())
        except OrchestratorError:
            raise
        except Exception as error:
            raise connection.failed(error) from error

    def close(self) -> None:
        """Close the clients and end the loop; in a child of its process nothing is left to close."""
        if self.pid != os.getpid() or self.loop.is_closed():
            return
        closing = asyncio.run_coroutine_threadsafe(self._close_clients(), self.loop)
        try:
            closing.result(_PATIENCE)
        except TimeoutError:
            return
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(_PATIENCE)
        self.loop.close()

    async def _close_clients(self) -> None:
        clients, self._clients = [*self._clients.values()], {}
        await asyncio.gather(*(each.close() for each in clients), return_exceptions=True)


class _Process:
    """The loop of this process, once somebody asked for it."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Know nothing: at first, and in a child, whose parent may have held the lock."""
        self.lock = threading.Lock()
        self.loop: ProcessLoop | None = None

    def own(self) -> ProcessLoop:
        with self.lock:
            if self.loop is None or self.loop.pid != os.getpid() or self.loop.loop.is_closed():
                self.loop = ProcessLoop()
                atexit.register(self.loop.close)
            return self.loop


_process: Final = _Process()
if hasattr(os, "register_at_fork"):  # pragma: no branch - Windows has no fork
    os.register_at_fork(after_in_child=_process.begin)


def process_loop() -> ProcessLoop:
    """Return the loop of this process."""
    return _process.own()
