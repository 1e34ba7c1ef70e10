"""Which failed attempts are sent again, when, and how often."""

from __future__ import annotations
