"""What every answer is made from: the settings and the state of one emulator, and one request of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

import attrs

from uipath_odata.emulator import ticks
from uipath_odata.emulator.schema import Operation, Schema
from uipath_odata.emulator.store import Store


@attrs.frozen(kw_only=True)
class Settings:
    """``window`` counts RobotLogs entries, None: no limit; ``sort_unit`` is RobotLogs' sort precision in ticks."""

    window: int | None = 10_000
    replicas: int = 3
    sort_unit: int = ticks.MILLISECOND
    token_lifetime: float = 3600.0
    strict_folders: bool = False
    spa: bool = False


@attrs.frozen
class World:
    schema: Schema
    store: Store
    settings: Settings
    clock: Callable[[], float]
    random: random.Random

    @property
    def now(self) -> int:
        return ticks.from_epoch(self.clock())


@attrs.frozen
class Call:
    """One request of an operation; ``root`` is the address that contexts begin with."""

    operation: Operation
    arguments: Mapping[str, str]
    query: str
    folder: int | None
    body: bytes
    root: str
