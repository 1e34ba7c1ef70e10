"""The states that an emulator is brought to: its seeds, snapshots and files."""

from __future__ import annotations

import sqlite3
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias

import attrs

from uipath_odata.emulator.clock import Clock
from uipath_odata.emulator.data import schema
from uipath_odata.emulator.data.demo.moved import days_until, move
from uipath_odata.emulator.data.demo.tenant import seed as seed_demo
from uipath_odata.emulator.data.files import DATABASE, load_rows, save_rows
from uipath_odata.emulator.data.snapshots import Snapshot, Snapshots
from uipath_odata.emulator.data.store import Store
from uipath_odata.emulator.world import World

__all__ = ["Seed", "States"]

Seed: TypeAlias = Literal["demo"] | None


@attrs.define(eq=False)
class States:
    """Brings rows, files and time to a state; the states of seeds are kept, so that beginning again costs nothing."""

    world: World
    clock: Clock
    random_seed: int
    near_now: bool
    seed: Seed = attrs.field(default=None, init=False)
    """What it began with."""
    _snapshots: Snapshots = attrs.field(init=False)
    _seeds: dict[Seed, Snapshot] = attrs.field(factory=dict[Seed, Snapshot], init=False)

    def __attrs_post_init__(self) -> None:
        self._snapshots = Snapshots(self.world.store.connection)
        self._seeds[None] = self._snapshots.take(0.0)

    def begin(self, seed: Seed) -> None:
        """Begin with the rows of a seed, and with its random numbers."""
        if seed not in {None, "demo"}:
            raise ValueError(f'no seed is named {seed!r}: "demo", or None for an empty tenant')
        with self.world.lock:
            self.seed = seed
            if seed not in self._seeds:
                days = days_until(self.world.now) if self.near_now else 0
                self._snapshots.replace(_demo_image(self.world.settings.sort_unit, days))
                self._seeds[seed] = self._snapshots.take(0.0)
            self.restore(self._seeds[seed])
            self.world.random.seed(self.random_seed)

    def take(self) -> Snapshot:
        """Return a snapshot of now."""
        with self.world.lock:
            return self._snapshots.take(self.clock.ahead)

    def restore(self, snapshot: Snapshot) -> None:
        """Bring a snapshot back."""
        with self.world.lock:
            self._snapshots.restore(snapshot)
            self.clock.ahead = snapshot.ahead

    def load(self, path: Path) -> None:
        """Add the rows of files, or take a database over."""
        with self.world.lock:
            if path.suffix in DATABASE:
                self._replace(path)
            else:
                load_rows(self.world.store, path)

    def _replace(self, path: Path) -> None:
        before = self._snapshots.take(self.clock.ahead)
        try:
            self._snapshots.replace(path.read_bytes())
            self.world.store.find("Robots", "TRUE LIMIT 1")
        except sqlite3.DatabaseError as error:
            self._snapshots.restore(before)
            raise ValueError(f"{path}: not a database that save() wrote ({error})") from error

    def save(self, path: Path) -> None:
        """Write rows, or a database, as the name's ending says."""
        with self.world.lock:
            if path.suffix in DATABASE:
                path.write_bytes(self.world.store.image())
            elif path.suffix == ".json":
                save_rows(self.world.store, path)
            else:
                raise ValueError(f"{path}: name a .json (rows) or a .db (everything)")


@lru_cache(maxsize=2)
def _demo_image(sort_unit: int, days: int) -> bytes:
    """Fill the demo tenant once a process: it takes two seconds, its copies take none."""
    store = Store(schema.load(), sort_unit)
    seed_demo(store)
    if days:
        move(store, days)
    image = store.image()
    store.connection.close()
    return image
