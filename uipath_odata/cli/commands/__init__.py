"""The commands, their options and their help."""

from __future__ import annotations
