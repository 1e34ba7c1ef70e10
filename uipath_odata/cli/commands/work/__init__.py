"""Commands that do work by name: ``queue``, ``assets`` and ``files``; ``rows_shown`` writes what they list."""

from __future__ import annotations
