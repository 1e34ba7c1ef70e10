"""This machine, not the protocol: threads and durable files."""

from __future__ import annotations
