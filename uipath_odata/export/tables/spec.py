"""What ``table=`` says: the kind of the tables and where they are."""

from __future__ import annotations

import importlib
from typing import Final

import attrs

from uipath_odata.errors import QueryError

__all__ = ["TableSpec", "table_spec"]

_HOW: Final = "write delta:ROOT, where each set gets a table"


@attrs.frozen
class TableSpec:
    """Where the Delta tables are: a directory or URL."""

    root: str

    def __str__(self) -> str:
        return f"delta:{self.root}"

    def name(self, entity_set: str) -> str:
        """Return how messages call the table of a set."""
        return f"{self}/{entity_set}"

    def require(self) -> None:
        """Raise QueryError where the library that writes such tables is not installed."""
        try:
            importlib.import_module("deltalake")
        except ImportError as error:
            raise QueryError(
                f"table={self} needs {error.name}: run  pip install 'uipath-odata[delta]'"
            ) from error


def table_spec(text: str) -> TableSpec:
    """Read ``delta:ROOT``; raises QueryError for anything else."""
    kind, colon, where = text.partition(":")
    if not colon or kind != "delta":
        raise QueryError(f"table={text!r} is not known: {_HOW}")
    if not where.strip().strip("/"):
        raise QueryError(f"table={text!r} does not say where: {_HOW}")
    return TableSpec(where.rstrip("/"))
