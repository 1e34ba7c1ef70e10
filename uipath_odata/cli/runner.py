"""Run a command to its end: signals, and the last word on an error."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Final

from uipath_odata.cli.exit_codes import FAILED, INTERRUPTED, LOCKED, PARTIAL, UNSOUND, USAGE
from uipath_odata.cli.printable import printable
from uipath_odata.cli.wording import as_options
from uipath_odata.errors import ExportLocked, ExportUnsound, OrchestratorError, QueryError, TableNotWritten

__all__ = ["exit_on_error", "run", "warn"]

_CODES: Final = {
    QueryError: USAGE,
    ExportLocked: LOCKED,
    ExportUnsound: UNSOUND,
    TableNotWritten: PARTIAL,
}


def run(command: Coroutine[Any, Any, int | None]) -> int | None:
    """Run a command; SIGTERM ends it as Ctrl-C does, so that either leaves nothing running."""
    # Shells start jobs in the background with SIGINT ignored, and SIGTERM is passed on as one.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return asyncio.run(command)
    except KeyboardInterrupt:
        return INTERRUPTED


@contextmanager
def exit_on_error(words: Callable[[str], str] = as_options) -> Generator[None, None, None]:
    """Turn an error of this package into its message on standard error, in these words, and an exit code."""
    try:
        yield
    except OrchestratorError as error:
        warn(words(str(error)))
        sys.exit(next((code for kind, code in _CODES.items() if isinstance(error, kind)), FAILED))


def warn(message: str) -> None:
    """Write a message on standard error, as one line that cannot steer a terminal."""
    with suppress(OSError):  # a full disk or a closed pipe, which is no reason to lose anything else
        # click's own way goes around a live display, which then draws over the message.
        print(f"uipath-odata: {printable(message)}", file=sys.stderr, flush=True)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGINT)
