"""The demo tenant, always the same: ``tenant`` has all except its ``packages`` and its 50,000 ``logs``. ``moved`` moves its times near now."""

from __future__ import annotations
