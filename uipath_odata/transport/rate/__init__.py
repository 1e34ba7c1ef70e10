"""The rate budget: how many requests a minute a tenant may be asked, and who waits."""

from __future__ import annotations
