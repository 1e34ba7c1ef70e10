"""Snapshots of the store, which cost nothing as long as the latest one is restored.

A snapshot is a savepoint of SQLite: going back to it undoes the pages that were changed since, in microseconds. Going
back to an older one would lose those that came after it, so they are kept as whole images first.
"""

from __future__ import annotations

import sqlite3
import weakref
from contextlib import closing
from itertools import count

import attrs


@attrs.define(eq=False)
class Snapshot:
    """The rows and files of one moment, and how far the clock was ahead then; it belongs to the emulator that made it."""

    ahead: float = 0.0
    name: str = ""
    image: bytes | None = attrs.field(default=None, repr=False)
    owner: int = 0


@attrs.define
class Snapshots:
    """The snapshots of one connection; the open savepoints are a stack."""

    connection: sqlite3.Connection
    _stack: list[tuple[str, weakref.ref[Snapshot]]] = attrs.field(
        factory=list[tuple[str, "weakref.ref[Snapshot]"]]
    )
    _numbers: count[int] = attrs.field(factory=count)

    def take(self, ahead: float) -> Snapshot:
        """Return the state as it is now."""
        snapshot = Snapshot(ahead, f"snapshot_{next(self._numbers)}", None, id(self))
        self._open(snapshot)
        return snapshot

    def restore(self, snapshot: Snapshot) -> None:
        """Bring the state of a snapshot back; ValueError for one of another emulator."""
        if getattr(snapshot, "owner", None) != id(self):
            raise ValueError(
                f"restore takes what this emulator's snapshot() returned, not {snapshot!r}: the rows of another emulator "
                "are not here"
            )
        if snapshot.image is None:
            self._keep_those_above(snapshot.name)
            self.connection.execute(f"ROLLBACK TO {snapshot.name}")
            return
        self.replace(snapshot.image)
        snapshot.image = None
        self._open(snapshot)

    def replace(self, image: bytes) -> None:
        """Take over another database, given as bytes; all snapshots stay good."""
        if self._stack:
            bottom = self._stack[0][0]
            self._keep_those_above("")
            self.connection.execute(f"RELEASE {bottom}")
        take_over(self.connection, image)

    def _open(self, snapshot: Snapshot) -> None:
        self.connection.execute(f"SAVEPOINT {snapshot.name}")
        self._stack.append((snapshot.name, weakref.ref(snapshot)))

    def _keep_those_above(self, name: str) -> None:
        while self._stack and self._stack[-1][0] != name:
            above, reference = self._stack.pop()
            held = reference()
            if held is not None:
                self.connection.execute(f"ROLLBACK TO {above}")
                held.image = image_of(self.connection)


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
