"""Read JSON from an option, a file or standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from uipath_odata.errors import DecodeError, QueryError
from uipath_odata.odata.rows.json_body import parse

__all__ = ["json_input"]


def json_input(given: str, option: str) -> Any:
    """Return the value of ``{…}`` or ``[…]``, of a file by its name, or of standard input (``-``); raise QueryError."""
    try:
        if given == "-":
            return parse(sys.stdin.buffer.read())
        return parse(given.encode() if given.lstrip()[:1] in {"{", "["} else Path(given).read_bytes())
    except OSError as error:
        raise QueryError(
            f"{option} {given}: {error.strerror}; name a JSON file, or give the JSON text"
        ) from None
    except DecodeError as error:
        place = str(error).rpartition(": ")[0].removeprefix("the body ")
        raise QueryError(f"{option} {place}: correct it") from None
