"""Continue an export when a standard stream is closed or cannot be written to."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

__all__ = ["hold_standard_streams", "silence"]


def hold_standard_streams() -> None:
    """Put the null device in place of standard streams that are closed.

    Else the next file that is opened gets the number of the stream, and what is printed goes into it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    streams: Any = sys  # which says that they are never None
    for name in ("stdout", "stderr"):
        if getattr(streams, name) is None:
            setattr(streams, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - until the process ends


def silence(number: int) -> None:
    """Let what is still written to a standard stream go nowhere, where nobody can have it any more."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, number)
    os.close(null)
