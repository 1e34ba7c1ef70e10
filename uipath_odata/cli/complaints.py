"""Warnings of an export as lines for the person at the terminal."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

import attrs

from uipath_odata.cli.printable import printable

__all__ = ["complaints"]

_WARNINGS: Final = logging.getLogger("uipath_odata.export")


@contextmanager
def complaints(complain: Callable[[str], None]) -> Generator[None, None, None]:
    """Pass on what an export warns of, such as that it waits."""
    handler = _Complaints(complain)
    _WARNINGS.addHandler(handler)
    try:
        yield
    finally:
        _WARNINGS.removeHandler(handler)


@attrs.define(eq=False, slots=False)
class _Complaints(logging.Handler):
    complain: Callable[[str], None]

    def __attrs_pre_init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        self.complain(printable(record.getMessage()))
