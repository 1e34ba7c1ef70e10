"""Files of buckets, packages and rules: to and from this machine's disk."""

from __future__ import annotations
