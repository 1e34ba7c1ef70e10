"""Async client for the UiPath Orchestrator OData API."""

from __future__ import annotations
