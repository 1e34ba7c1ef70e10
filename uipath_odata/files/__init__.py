"""Files of buckets, and packages: to and from this machine's disk."""

from __future__ import annotations
