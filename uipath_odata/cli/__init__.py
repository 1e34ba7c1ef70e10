"""The command ``uipath-odata``."""

from __future__ import annotations
