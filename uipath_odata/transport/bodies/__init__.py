"""Bytes on the wire: one attempt, inflated bodies, bodies from and to files."""

from __future__ import annotations
