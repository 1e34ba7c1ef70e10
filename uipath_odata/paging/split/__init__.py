"""Lists whose filter is too long for one request, read as several and merged."""

from __future__ import annotations
