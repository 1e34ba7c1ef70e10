"""The demo tenant, the same each time: ``tenant`` has all but its ``packages`` and its 50,000 ``logs``; ``moved`` brings it near now."""

from __future__ import annotations
