"""The event loop that a client needs: asyncio's."""

from __future__ import annotations

import asyncio

from uipath_odata.errors import OrchestratorError

__all__ = ["no_loop", "require_asyncio"]


def require_asyncio() -> None:
    """Raise OrchestratorError where no asyncio loop runs, as under trio."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise no_loop() from None


def no_loop() -> OrchestratorError:
    """Say that there is none."""
    return OrchestratorError(
        "no asyncio event loop runs here, and the client needs one: start with asyncio.run(main()); under trio use"
        ' trio-asyncio, with anyio its backend "asyncio"'
    )
