"""Warnings of an export as lines for the person at the terminal."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

from uipath_odata.cli.printable import printable

__all__ = ["warnings_shown"]

_WARNINGS: Final = logging.getLogger("uipath_odata.export")


@contextmanager
def warnings_shown(warn: Callable[[str], None]) -> Generator[None, None, None]:
    """Pass on what an export warns of, such as that it waits."""
    handler = _WarningLines(warn)
    _WARNINGS.addHandler(handler)
    try:
        yield
    finally:
        _WARNINGS.removeHandler(handler)


class _WarningLines(logging.Handler):
    def __init__(self, warn: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._complain = warn

    def emit(self, record: logging.LogRecord) -> None:
        self._complain(printable(record.getMessage()))
