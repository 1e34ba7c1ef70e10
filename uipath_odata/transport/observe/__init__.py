"""Logs, traces and metrics of requests.

``write_log`` logs each write; ``tracing`` makes OpenTelemetry spans, ``instruments`` its metrics.
"""

from __future__ import annotations
