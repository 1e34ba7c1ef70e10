"""Rows on standard output, for the program that reads them."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from uipath_odata.cli.exit_codes import COMPLETE, PARTIAL
from uipath_odata.errors import QueryError
from uipath_odata.export.file_bytes import file_bytes
from uipath_odata.local.threads import in_thread

__all__ = ["write_rows"]


async def write_rows(lists: Any, warn: Callable[[str], None], **options: Any) -> int:
    """Write one file of all rows on standard output, and return the exit code.

    A reader that has seen enough, such as ``head``, ends it without a word.
    """
    for name in ("state", "single_file", "overwrite"):
        if options.pop(name, None):
            raise QueryError(f"--{name.replace('_', '-')} is for files: standard output has none")
    if sys.stdout is None:
        raise QueryError("standard output is closed: name a file")
    rows, out = file_bytes(lists, **options), sys.stdout.buffer
    try:
        async for piece in rows:
            await in_thread(functools.partial(_write, out, piece))
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), out.fileno()
        )  # what Python flushes at its end has no reader
        return PARTIAL
    count = sum(report.rows for report in rows.reports)
    reasons = "; ".join(dict.fromkeys(report.reason for report in rows.reports))
    warn(f"{count:,} rows, {'proven complete' if rows.proven else 'best effort'}: {reasons}")
    return COMPLETE if rows.proven else PARTIAL


def _write(out: BinaryIO, piece: bytes) -> None:
    out.write(piece)
    out.flush()
