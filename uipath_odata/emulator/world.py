"""What every answer is made from: the settings and the state of one emulator, and one request of it."""

from __future__ import annotations

import math
import random
import threading
import uuid
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from difflib import get_close_matches
from itertools import count
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, TypedDict, get_args

import attrs
from attrs.validators import in_

from uipath_odata.emulator.data import schema, ticks
from uipath_odata.emulator.data.schema import Operation, Schema
from uipath_odata.emulator.data.store import Store
from uipath_odata.emulator.http.answers import Answer
from uipath_odata.emulator.outcomes import OnStart

Precision: TypeAlias = Literal["exact", "truncated", "rounded"]
Scopes: TypeAlias = Literal["enforce", "off"]
Webhooks: TypeAlias = Literal["loopback", "anywhere"]
JobsMode: TypeAlias = Literal["instant", "timed", "manual"]

_FIRST_ROW_VERSION = 2002


class Switches(TypedDict, total=False):
    """The settings as keywords, to be given or left out one by one."""

    window: int | None
    replicas: int
    sort_unit: int
    log_filter: Precision
    page_caps: Mapping[str, int]
    job_pending: float
    job_running: float
    faulting: Collection[str]
    storage_requires_auth: bool
    strict_folders: bool
    samples: bool
    spa: bool
    scopes: Scopes
    jobs: JobsMode
    webhooks: Webhooks


def _positive(_: object, field: attrs.Attribute[Any], value: Any) -> None:
    if type(value) is not int or value < 1:
        raise ValueError(f"{field.name} is a whole number from 1, not {value!r}")


def _window(_: object, field: attrs.Attribute[Any], value: Any) -> None:
    if value is not None:
        _positive(_, field, value)


def _seconds(_: object, field: attrs.Attribute[Any], value: Any) -> None:
    if type(value) not in {int, float} or not 0 <= value < math.inf:
        raise ValueError(f"{field.name} is a number of seconds from 0, not {value!r}")


def _caps(_: object, field: attrs.Attribute[Any], value: Any) -> None:
    if unknown := value.keys() - schema.load().sets.keys():
        raise ValueError(
            f"no entity set is named {', '.join(sorted(unknown))}: {field.name} takes such as Jobs"
        )
    for name, cap in value.items():
        if type(cap) is not int or cap < 1:
            raise ValueError(f"{field.name}[{name!r}] is a whole number from 1, not {cap!r}")


def _collection(_: object, field: attrs.Attribute[Any], value: Any) -> None:
    if isinstance(value, str) or not isinstance(value, Collection):
        raise TypeError(f"{field.name} is a list of names, not {value!r}")


_NO_CAPS: Mapping[str, int] = MappingProxyType({})


@attrs.frozen(kw_only=True)
class Settings:
    """How the emulator behaves where servers differ; what each means is said by ``Emulator``."""

    window: int | None = attrs.field(default=10_000, validator=_window)
    replicas: int = attrs.field(default=3, validator=_positive)
    sort_unit: int = attrs.field(default=ticks.MILLISECOND, validator=_positive)
    log_filter: Precision = attrs.field(default="exact", validator=in_(get_args(Precision)))
    page_caps: Mapping[str, int] = attrs.field(default=_NO_CAPS, validator=_caps)
    job_pending: float = attrs.field(default=1.0, validator=_seconds)
    job_running: float = attrs.field(default=2.0, validator=_seconds)
    faulting: Collection[str] = attrs.field(default=(), validator=_collection)
    storage_requires_auth: bool = False
    strict_folders: bool = False
    samples: bool = False
    spa: bool = False
    scopes: Scopes = attrs.field(default="enforce", validator=in_(get_args(Scopes)))
    jobs: JobsMode = attrs.field(default="timed", validator=in_(get_args(JobsMode)))
    webhooks: Webhooks = attrs.field(default="loopback", validator=in_(get_args(Webhooks)))

    def changed(self, switches: Switches) -> Settings:
        """Return these settings with some changed. Raise TypeError for one that there is not."""
        for name in switches.keys() - Switches.__annotations__.keys():
            near = " or ".join(get_close_matches(name, Switches.__annotations__))
            advice = f"did you mean {near}?" if near else "help(Emulator) names all"
            raise TypeError(f"Emulator has no option {name}: {advice}")
        return attrs.evolve(self, **switches)


@attrs.define
class World:
    """The state of one emulator; whoever reads or writes it from another thread than the server's holds ``lock``."""

    schema: Schema
    store: Store
    settings: Settings
    clock: Callable[[], float]
    random: random.Random
    storage_key: bytes = b""
    row_versions: Iterator[int] = attrs.field(factory=lambda: count(_FIRST_ROW_VERSION))
    lock: AbstractContextManager[Any] = attrs.field(factory=threading.RLock)
    on_start: OnStart | None = None
    _moment: int | None = None

    @property
    def now(self) -> int:
        """The moment in ticks: the clock's, or that of what is happening ``at`` it."""
        return ticks.from_epoch(self.clock()) if self._moment is None else self._moment

    @property
    def acts_by_itself(self) -> bool:
        """Whether what happens is due by the clock, and no request is answered."""
        return self._moment is not None

    @contextmanager
    def at(self, moment: int) -> Generator[None]:
        """Let what follows happen at a moment that the clock has passed."""
        self._moment = moment
        try:
            yield
        finally:
            self._moment = None

    def guid(self) -> str:
        """Make a new GUID; the same ones each time for the same seed."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))


@attrs.frozen
class Call:
    """One request of an operation; ``root`` is Orchestrator's address, with which contexts begin, ``origin`` the host's."""

    operation: Operation
    arguments: Mapping[str, str]
    query: str
    folder: int | None
    body: bytes
    origin: str
    root: str
    content_type: str = ""


Behaviour: TypeAlias = Callable[[World, Call], Answer]
