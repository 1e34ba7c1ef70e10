"""Error answers: their bodies, and the exceptions that they become."""

from __future__ import annotations
