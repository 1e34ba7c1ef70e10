"""Decisions to source text."""

from __future__ import annotations
