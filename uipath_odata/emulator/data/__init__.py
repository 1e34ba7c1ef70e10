"""The state: the schema, SQLite tables, values, and the storage of files."""

from __future__ import annotations
