"""RobotLogs, read as disjoint intervals of time that each fit the server's window."""

from __future__ import annotations
