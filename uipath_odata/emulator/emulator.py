"""The emulator as programs and tests hold it."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import ssl
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Unpack

from uipath_odata.emulator.add import Add
from uipath_odata.emulator.calls import Calls, When, pattern
from uipath_odata.emulator.clock import Clock
from uipath_odata.emulator.control import Control
from uipath_odata.emulator.data import schema
from uipath_odata.emulator.data.snapshots import Snapshot
from uipath_odata.emulator.data.store import Store
from uipath_odata.emulator.faults import Fault
from uipath_odata.emulator.http import routes
from uipath_odata.emulator.http.addresses import segment
from uipath_odata.emulator.http.planned import PlannedFault, PlannedFaults
from uipath_odata.emulator.http.rate_limits import limited
from uipath_odata.emulator.http.server import Server
from uipath_odata.emulator.identity.tokens import Tokens
from uipath_odata.emulator.jobs import Jobs
from uipath_odata.emulator.life import passing
from uipath_odata.emulator.life.deliveries import Deliveries, Delivery
from uipath_odata.emulator.outcomes import OnStart
from uipath_odata.emulator.serving import Door, Served, Serving
from uipath_odata.emulator.states import Seed, States
from uipath_odata.emulator.world import Settings, Switches, World

if TYPE_CHECKING:
    from uipath_odata import Orchestrator
    from uipath_odata.client import ClientOptions


class Emulator(Served):
    """A local Orchestrator on 127.0.0.1, with rows in SQLite, for trying a client and for tests.

    ``async with Emulator() as emulator, emulator.client() as orchestrator: ...``, or ``with Emulator() as emulator`` in a
    program without an event loop: it then runs in a thread of its own.

    ``seed="demo"`` brings 50,000 RobotLogs and what belongs to them, the same each time; ``None`` starts empty.
    Its eight hours are those of 2024-05-14, or with ``near_now`` the last that have passed by the clock.
    ``organization`` and ``tenant`` are those of ``base_url``; requests for any others are answered, too.
    Other ``host`` than loopback needs the names that clients ask for (``allow_hosts``) and a ``token``, which is then the only
    secret there is; tests in other languages steer the emulator at ``/_emulator`` (see ``uipath_odata.emulator.control``),
    from other machines with the ``control_token``. Pages of the origins in ``cors`` may read its answers (``"*"``: all pages);
    ``tls`` is a context with a certificate and its key, for https. It is a double for tests, not for production.
    ``token_lifetime`` is in seconds of ``clock``, which counts seconds since 1970 as ``time.time`` does.
    ``scopes="off"`` lets tokens of every scope do everything; ``any_token`` takes every token.
    ``window`` is how deep RobotLogs may be paged: skip + top beyond it is refused; ``None`` for no limit, as with SQL storage.
    ``sort_unit`` is the precision, in ticks of 100 ns, that RobotLogs are sorted by; equals come in the order of one of
    ``replicas`` servers, another one for each request; ``log_filter`` says how its filters read moments: each digit, or
    milliseconds that are cut or rounded. ``page_caps={"Jobs": 50}`` gives shorter pages than ``$top`` asks for.
    ``rate_limits={"Jobs.list": 100}`` refuses more requests in 60 seconds of ``clock`` with 429 and ``Retry-After``.
    ``jobs="timed"`` keeps jobs ``job_pending`` seconds Pending and ``job_running`` seconds Running; ``"instant"`` ends them
    before the next request; ``"manual"`` leaves them to ``emulator.jobs``. Those of the processes named in ``faulting`` end
    Faulted, all others Successful; ``on_start`` takes a job and says how it ends: ``Done``, ``Faulted`` or ``Suspended``.
    ``storage_requires_auth`` wants the bearer token for files, instead of pre-signed addresses of their own origin.
    ``strict_folders`` demands a folder wherever the schema does; ``samples`` answers what has no behaviour with values
    made from the schema, instead of 501. Webhooks are told of what happens on loopback addresses, ``webhooks="anywhere"``
    tells all. ``spa`` answers unknown paths with 200 and a web page, as a cloud gateway does.
    """

    def __init__(
        self,
        *,
        seed: Seed = "demo",
        near_now: bool = False,
        port: int = 0,
        host: str = "127.0.0.1",
        allow_hosts: Collection[str] = (),
        cors: Collection[str] = (),
        tls: ssl.SSLContext | None = None,
        token: str | None = None,
        control_token: str | None = None,
        organization: str = "acme",
        tenant: str = "Default",
        token_lifetime: float = 3600.0,
        any_token: bool = False,
        rate_limits: Mapping[str, int] | None = None,
        random_seed: int = 0,
        clock: Callable[[], float] = time.time,
        on_start: OnStart | None = None,
        **switches: Unpack[Switches],
    ) -> None:
        self.organization, self.tenant = segment(organization), segment(tenant)
        door = Door(port=port, host=host, allow_hosts=allow_hosts, cors=cors, tls=tls)
        door.require_token(token, any_token=any_token)
        self.clock = Clock(clock, self._moved)
        self._world = _world_of(Settings().changed(switches), self.clock, random_seed, on_start)
        self._store, api = self._world.store, self._world.schema
        self.tokens = _tokens_of(self._world, token_lifetime, random_seed, token, any_token=any_token)
        self.calls = Calls(api)
        """The requests that came, and what tests ask of them."""
        self.jobs, self.add = Jobs(self._world, self._moved), Add(self._world, self._moved)
        limits, deliveries = limited(rate_limits or {}, api), Deliveries(self._world)
        self._server = Server(self._world, self.tokens, routes.load(), limits, self.calls, deliveries)
        self._server.control = Control(self, control_token)
        self._serving = Serving(self._server.application, door)
        self._states = States(self._world, self.clock, random_seed, near_now)
        self._states.begin(seed)

    def close(self) -> None:
        """Forget all rows; leaving ``with`` or ``async with`` does that as well."""
        self._store.connection.close()

    @property
    def environ(self) -> dict[str, str]:
        """The environment variables with which UiPath's tools and ``Orchestrator.from_env`` find the emulator."""
        return {"UIPATH_URL": self.url, "UIPATH_ACCESS_TOKEN": self.tokens.personal_access_token}

    def client(self, **options: Unpack[ClientOptions]) -> Orchestrator:
        """Return a client of this emulator; the options are those of ``Orchestrator``."""
        from uipath_odata import Orchestrator, UserKey  # noqa: PLC0415 - the only place that knows the client

        key = UserKey(
            client_id=self.tokens.client_id, user_key=self.tokens.user_key, token_url=self.token_url
        )
        return Orchestrator(self.base_url, key, **options)

    def fail(
        self, operation: str, fault: Fault, *, times: int | None = 1, when: When | None = None
    ) -> PlannedFault:
        """Let the next calls of an operation fail: ``fail("Jobs.start_jobs", LostAnswer())``; ``times=None``: all of them.

        Names are those of ``calls.of``: ``Jobs.list``, ``Jobs.*``, ``Identity.Token``, ``Storage.Put``, ``*``. ``when`` takes the
        call and says whether the fault is for it. The fault planned first strikes first.
        """
        if isinstance(fault, type) or not callable(fault):
            raise TypeError(f"{fault!r} is not a fault: give a value such as Status(503) or LostAnswer()")
        if times is not None and (type(times) is not int or times < 1):
            raise ValueError("times is 1 or more, or None for all calls")
        planned = PlannedFault(operation, fault, times, pattern(operation, self._world.schema), when)
        self._server.faults.add(planned)
        return planned

    @property
    def faults(self) -> PlannedFaults:
        """The faults that are planned and not used up."""
        return self._server.faults

    @property
    def deliveries(self) -> list[Delivery]:
        """What webhooks were told, and what became of it."""
        return self._server.deliveries.sent

    @property
    def requests(self) -> Counter[str]:
        """How often each operation was asked for: ``requests["GET /odata/Robots({key})"]``."""
        return self._server.requests

    @property
    def token_requests(self) -> int:
        """How often somebody logged in."""
        return self._server.token_requests

    @property
    def latency(self) -> float:
        """Seconds that each answer takes at least."""
        return self._server.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._server.latency = seconds

    def insert(
        self, entity_set: str, rows: Iterable[Mapping[str, Any]], *, folder: int | None = None
    ) -> None:
        """Add rows, given as Orchestrator shows them; related entities may be given by their keys.

        ValueError, and no row of them, where one has a key that is taken or is not one of the set.
        """
        if entity_set not in self._world.schema.sets:
            nearest = ", ".join(get_close_matches(entity_set, self._world.schema.sets, 3)) or "Jobs, Robots …"
            raise ValueError(f"no entity set is named {entity_set}: did you mean {nearest}?")
        if isinstance(rows, Mapping):
            raise TypeError(f"insert takes a list of rows: [{rows!r}]")
        with self._world.lock:
            try:
                self._store.insert(entity_set, rows, folder)
            except sqlite3.IntegrityError as error:
                raise ValueError(f"{entity_set}: a row with such a key is there already ({error})") from error

    def sql(self, query: str, *parameters: str | float | None) -> list[tuple[Any, ...]]:
        """Read the truth: one table per entity set, one column per property, date-times as ticks."""
        with self._world.lock:
            return self._store.rows(query, parameters)

    def snapshot(self) -> Snapshot:
        """Return the rows, the files and the time of now, for ``restore``."""
        return self._states.take()

    def restore(self, snapshot: Snapshot) -> None:
        """Bring rows, files and time back to a snapshot; calls and planned faults stay as they are."""
        self._states.restore(snapshot)

    def reset(self, *, seed: Seed | Literal["same"] = "same", **switches: Unpack[Switches]) -> None:
        """Begin again: the rows of the seed, no calls, no planned faults; with these settings changed. Tokens stay good."""
        with self._world.lock:
            self._states.begin(self._states.seed if seed == "same" else seed)
            self._world.settings = self._world.settings.changed(switches)
            self._server.reset()

    def load(self, path: str | Path) -> None:
        """Add the rows of a finished JSONL export (its directory), of ``{Set}.jsonl`` files or of a JSON object of lists.

        A ``.db`` that ``save`` wrote takes the place of everything. ValueError says which row of which file is wrong.
        """
        self._states.load(Path(path))

    def save(self, path: str | Path) -> None:
        """Write the state, secrets included: ``.json`` has the rows of all sets, ``.db`` files, feeds of folders and all else, too."""
        self._states.save(Path(path))

    def _moved(self) -> None:
        with self._world.lock, self._store.transaction():
            passing.advance(self._world)
        self._serving.soon(self._server.deliver)


def _world_of(settings: Settings, clock: Clock, random_seed: int, on_start: OnStart | None) -> World:
    api = schema.load()
    chance = random.Random(random_seed)  # noqa: S311 - repeatable, not secret
    storage_key = random.Random(f"storage {random_seed}").randbytes(32)  # noqa: S311 - the same
    store = Store(api, settings.sort_unit)
    return World(api, store, settings, clock, chance, storage_key, on_start=on_start)


def _tokens_of(
    world: World, lifetime: float, random_seed: int, token: str | None, *, any_token: bool
) -> Tokens:
    known = frozenset[str]().union(*(operation.scopes for operation in world.schema.operations))
    chance = random.Random(f"tokens {random_seed}")  # noqa: S311 - repeatable, not secret
    tokens = Tokens(lifetime, world.clock, chance, known, any_token=any_token)
    if token is not None:
        tokens.require(token)
    return tokens


async def serve(emulator: Emulator, started: Callable[[Emulator], object]) -> None:
    """Run an emulator until cancelled; ``started`` is called once it listens."""
    async with emulator:
        started(emulator)
        await asyncio.Event().wait()
