"""JSON bodies to rows and back: entities, dicts, and bytes as the server sent them."""

from __future__ import annotations
