"""Errors about an answer without what it was asked with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from uipath_odata.errors import DecodeError
from uipath_odata.transport.errors.problem import masked
from uipath_odata.transport.request import Response

__all__ = ["hiding_secrets"]


@contextmanager
def hiding_secrets(response: Response) -> Iterator[None]:
    """Let no error about an answer show what it was asked with: gateways write the token into their pages."""
    try:
        yield
    except DecodeError as error:
        error.args = tuple(masked(each, response.secrets) for each in error.args)
        raise
