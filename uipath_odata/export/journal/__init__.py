"""What an export has done, durably: the journal, its records, and the manifest."""

from __future__ import annotations
