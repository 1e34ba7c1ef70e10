"""What ``table=`` says: the kind of the tables and where they are."""

from __future__ import annotations

import importlib
from typing import Final, Literal, TypeAlias

import attrs

from uipath_odata.errors import QueryError

__all__ = ["TableSpec", "table_spec"]

Kind: TypeAlias = Literal["delta", "iceberg"]

_LIBRARIES: Final = {"delta": "deltalake", "iceberg": "pyiceberg.catalog"}
_HOW: Final = "write delta:ROOT, where each set gets a table, or iceberg:CATALOG.NAMESPACE"


@attrs.frozen
class TableSpec:
    """Where the tables are."""

    kind: Kind
    root: str
    """The directory or URL of Delta tables, the name of the catalog of Iceberg tables."""
    namespace: tuple[str, ...] = ()
    """In the catalog."""

    def __str__(self) -> str:
        return f"{self.kind}:{'.'.join((self.root, *self.namespace))}"

    def name(self, entity_set: str) -> str:
        """Return how messages call the table of a set."""
        return f"{self}{'.' if self.namespace else '/'}{entity_set}"

    def require(self) -> None:
        """Raise QueryError where the library that writes such tables is not installed."""
        try:
            importlib.import_module(_LIBRARIES[self.kind])
        except ImportError as error:
            raise QueryError(
                f"table={self} needs {error.name}: run  pip install 'uipath-odata[{self.kind}]'"
            ) from error


def table_spec(text: str) -> TableSpec:
    """Read ``delta:ROOT`` or ``iceberg:CATALOG.NAMESPACE``; raises QueryError for anything else."""
    kind, colon, where = text.partition(":")
    if not colon or kind not in _LIBRARIES:
        raise QueryError(f"table={text!r} is not known: {_HOW}")
    if not where.strip().strip("/"):
        raise QueryError(f"table={text!r} does not say where: {_HOW}")
    if kind == "delta":
        return TableSpec("delta", where.rstrip("/"))
    catalog, *namespace = where.split(".")
    if not namespace or not all(each.strip() for each in (catalog, *namespace)):
        raise QueryError(f"table={text!r} does not name a catalog and a namespace: {_HOW}")
    return TableSpec("iceberg", catalog, tuple(namespace))
