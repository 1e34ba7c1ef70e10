"""What operations do beyond storing rows: one module a subject."""

from __future__ import annotations
