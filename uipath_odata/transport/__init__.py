"""Requests to Orchestrator over aiohttp: retried, signed, read to their proven end.

Nothing is imported here: who only builds a ``Request`` does not load aiohttp.
"""

from __future__ import annotations
