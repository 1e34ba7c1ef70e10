"""Pure plans: which request is next, and when a list is complete. State machines without I/O."""

from __future__ import annotations
