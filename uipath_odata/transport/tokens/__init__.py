"""Access tokens: fetched once for all, refreshed ahead, signed onto each attempt."""

from __future__ import annotations
