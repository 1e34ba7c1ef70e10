"""The HTTP side: routes, tokens, headers, rate limits, faults on demand."""

from __future__ import annotations
