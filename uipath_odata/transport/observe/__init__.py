"""What the outside can see: the log of writes, and OpenTelemetry spans."""

from __future__ import annotations
