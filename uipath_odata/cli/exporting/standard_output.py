"""Rows on standard output, for the program that reads them."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from os import PathLike
from typing import BinaryIO, Unpack

from uipath_odata.cli.exit_codes import COMPLETE, PARTIAL
from uipath_odata.cli.standard_streams import silence
from uipath_odata.errors import ExportError, QueryError
from uipath_odata.export import ExportList
from uipath_odata.export.file_bytes import file_bytes
from uipath_odata.export.formats import Format
from uipath_odata.export.options import ExportOptions
from uipath_odata.local.threads import in_thread

__all__ = ["write_rows"]


async def write_rows(
    lists: Sequence[ExportList],
    warn: Callable[[str], None],
    *,
    format: Format,  # noqa: A002 - the option's own name
    single_file: bool | None = None,
    state: str | PathLike[str] | None = None,
    overwrite: bool = False,
    **options: Unpack[ExportOptions],
) -> int:
    """Write one file of all rows on standard output, and return the exit code.

    A reader that has seen enough, such as ``head``, ends it without a word.
    """
    del single_file, state, overwrite  # which are for files, and refused
    if sys.__stdout__ is None:
        raise QueryError("standard output is closed: name a file")
    rows, out = file_bytes(lists, format, **options), sys.stdout.buffer
    try:
        async for piece in rows:
            await in_thread(functools.partial(_write, out, piece))
    except BrokenPipeError:
        silence(out.fileno())  # what Python flushes at its end has no reader
        return PARTIAL
    except OSError as error:
        silence(out.fileno())
        raise ExportError(
            f"standard output cannot be written, {error.strerror}: correct that, or name a file, which resumes"
        ) from error
    count = sum(report.rows for report in rows.reports)
    reasons = "; ".join(dict.fromkeys(report.reason for report in rows.reports))
    warn(f"{count:,} rows, {'proven complete' if rows.proven else 'best effort'}: {reasons}")
    return COMPLETE if rows.proven else PARTIAL


def _write(out: BinaryIO, piece: bytes) -> None:
    out.write(piece)
    out.flush()
