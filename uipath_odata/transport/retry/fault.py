"""An attempt that brought no answer, as a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from uipath_odata.errors import OrchestratorError

__all__ = ["AttemptFailure"]


@attrs.frozen
class AttemptFailure:
    """An attempt without an answer that can be used."""

    what: str
    error: OrchestratorError
    """``what`` with advice."""
    sent: bool
    """Whether the request may have reached the server."""
    again: bool
    """Whether another attempt may do better."""
    stale: bool = False
    """Whether the connection ended before the answer began, as kept-alive connections do."""
