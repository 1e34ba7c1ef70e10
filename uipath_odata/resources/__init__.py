"""Entity sets, and the methods that generated operations share."""

from __future__ import annotations
