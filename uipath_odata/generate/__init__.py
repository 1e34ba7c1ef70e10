"""An OpenAPI document to ``entities/`` and ``operations/``: read, decide, write."""

from __future__ import annotations
