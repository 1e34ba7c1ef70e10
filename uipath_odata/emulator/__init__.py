"""A local UiPath Orchestrator: aiohttp.web and SQLite, on this machine only."""

from __future__ import annotations

from uipath_odata.emulator.emulator import Emulator, serve

__all__ = ["Emulator", "serve"]
