"""Rows to files: cut into parts, written durably, named by what they hold."""

from __future__ import annotations
