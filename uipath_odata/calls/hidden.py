"""Errors about an answer, without the values of its request."""

from __future__ import annotations

from uipath_odata.errors import DecodeError
from uipath_odata.transport.errors.problem import masked
from uipath_odata.transport.request import Response

__all__ = ["hide_secrets"]


def hide_secrets(error: DecodeError, response: Response) -> None:
    """Let an error about an answer not show what it was asked with: gateways write the token into their pages."""
    error.args = tuple(masked(each, response.secrets) for each in error.args)
