"""The operations that methods on files are made of."""

from __future__ import annotations

from uipath_odata.calls.operation import Operation
from uipath_odata.errors import QueryError
from uipath_odata.resources.resource import Calls

__all__ = ["require_operation"]


def require_operation(calls: Calls, name: str) -> Operation:
    """Give an operation of the class; raises QueryError where its API version has none."""
    operation = calls.operations.get(name)
    if operation is None:
        raise QueryError(
            f"{type(calls).__name__} have no operation {name} in the API version that they were generated from:"
            " generate them from a newer document"
        )
    return operation
