"""Where an export lies: a disk or a bucket, its lock, and its lease."""

from __future__ import annotations
