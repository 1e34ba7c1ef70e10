"""Secrets left out, properties dropped or hashed, before anything is written."""

from __future__ import annotations
