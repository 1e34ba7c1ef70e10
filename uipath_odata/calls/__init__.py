"""One call: what an operation is, the connection that sends it, and its answer as values."""

from __future__ import annotations
