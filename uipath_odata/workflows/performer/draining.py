"""Stop after SIGTERM: take no further item, and end the current ones."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from collections.abc import Generator
from weakref import WeakKeyDictionary

import attrs

from uipath_odata.errors import QueryError

__all__ = ["Drain"]


@attrs.define(eq=False)
class _Listeners:
    events: list[asyncio.Event]
    installed: bool

    def set(self) -> None:
        for event in self.events:
            event.set()


# A process has one handler of a signal, whatever clients it has.
_LISTENERS: WeakKeyDictionary[asyncio.AbstractEventLoop, _Listeners] = WeakKeyDictionary()


@attrs.frozen
class Drain:
    """The wish to take no further item; SIGTERM is one unless the caller has an event of its own."""

    event: asyncio.Event = attrs.field(factory=asyncio.Event)
    by_signal: bool = True

    @classmethod
    def of(cls, event: asyncio.Event | None) -> Drain:
        """Return the wish that the caller sets, or that SIGTERM sets."""
        if event is None:
            return cls()
        if not isinstance(event, asyncio.Event):  # pyright: ignore[reportUnnecessaryIsInstance] - callers may have no type checker
            raise QueryError(f"drain={event!r} is not an asyncio.Event: give one, or nothing for SIGTERM")
        return cls(event, by_signal=False)

    def is_set(self) -> bool:
        """Return whether no further item is to be taken."""
        return self.event.is_set()

    def listening(self) -> contextlib.AbstractContextManager[None]:
        """Take SIGTERM for the wish as long as this lasts."""
        return _set_on_sigterm(self.event) if self.by_signal else contextlib.nullcontext()


@contextlib.contextmanager
def _set_on_sigterm(drain: asyncio.Event) -> Generator[None, None, None]:
    """Set the event when SIGTERM comes, as long as this lasts; afterwards SIGTERM ends the process as before.

    A handler that the program has itself stays: it sets an event of its own. Nothing is done in threads other than the main
    one, and on systems without such signals.
    """
    loop = asyncio.get_running_loop()
    listeners = _LISTENERS.get(loop)
    if listeners is None:
        listeners = _LISTENERS[loop] = _Listeners([], installed=False)
        listeners.installed = _install(loop, listeners)
    listeners.events.append(drain)
    try:
        yield
    finally:
        listeners.events.remove(drain)
        if not listeners.events:
            del _LISTENERS[loop]
            if listeners.installed:
                loop.remove_signal_handler(signal.SIGTERM)


def _install(loop: asyncio.AbstractEventLoop, listeners: _Listeners) -> bool:
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not in_main_thread or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        return False
    try:
        loop.add_signal_handler(signal.SIGTERM, listeners.set)
    except (NotImplementedError, RuntimeError, ValueError):  # Windows, and loops without signals
        return False
    return True
