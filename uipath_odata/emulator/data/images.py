"""A whole database in memory as bytes, and back."""

from __future__ import annotations

import sqlite3
from contextlib import closing


def image_of(connection: sqlite3.Connection) -> bytes:
    """Return the database with what an open transaction has changed."""
    return connection.serialize()


def take_over(connection: sqlite3.Connection, image: bytes) -> None:
    """Replace all that a connection has, outside of a transaction, by an image.

    It is copied page by page: a connection that deserializes an image itself serializes it later without what an open
    transaction has changed, or torn (SQLite's memdb gives its file, and not the cache above it).
    """
    with closing(sqlite3.connect(":memory:")) as source:
        source.deserialize(image)
        source.backup(connection)
