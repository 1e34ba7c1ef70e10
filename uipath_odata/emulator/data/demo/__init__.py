"""The demo tenant."""

from __future__ import annotations
