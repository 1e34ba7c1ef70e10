"""The emulator as programs and tests hold it."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, Unpack

from aiohttp import web

from uipath_odata.emulator.data import schema
from uipath_odata.emulator.data.demo.tenant import seed as seed_demo
from uipath_odata.emulator.data.store import Store
from uipath_odata.emulator.http import routes
from uipath_odata.emulator.http.faults import Fault
from uipath_odata.emulator.http.rate_limits import limited
from uipath_odata.emulator.http.server import PREFIX, Server
from uipath_odata.emulator.http.tokens import Tokens
from uipath_odata.emulator.world import Settings, Switches, World

if TYPE_CHECKING:
    from uipath_odata import Orchestrator


class Emulator:
    """A local Orchestrator on 127.0.0.1, with rows in SQLite, for trying a client and for tests.

    ``async with Emulator() as emulator, emulator.client() as orchestrator: ...``

    ``seed="demo"`` brings 50,000 RobotLogs and what belongs to them, the same each time; ``None`` starts empty.
    ``token_lifetime`` is in seconds of ``clock``, which counts seconds since 1970 as ``time.time`` does.
    ``window`` is how deep RobotLogs may be paged: skip + top beyond it is refused; ``None`` for no limit, as with SQL storage.
    ``sort_unit`` is the precision, in ticks of 100 ns, that RobotLogs are sorted by; equals come in the order of one of
    ``replicas`` servers, another one for each request; ``log_filter`` says how its filters read moments: each digit, or
    milliseconds that are cut or rounded. ``page_caps={"Jobs": 50}`` gives shorter pages than ``$top`` asks for.
    ``rate_limits={"Jobs.list": 100}`` refuses more requests in 60 seconds of ``clock`` with 429 and ``Retry-After``.
    Jobs are ``job_pending`` seconds Pending and ``job_running`` seconds Running; those of the processes named in
    ``faulting`` end Faulted, all others Successful.
    ``storage_requires_auth`` keeps files behind the bearer token instead of pre-signed addresses of their own origin.
    ``strict_folders`` demands a folder wherever the schema does; ``samples`` answers what has no behaviour with values
    made from the schema, instead of 501; ``spa`` answers unknown paths with 200 and a web page, as a cloud gateway does.
    """

    def __init__(
        self,
        *,
        seed: Literal["demo"] | None = "demo",
        port: int = 0,
        token_lifetime: float = 3600.0,
        rate_limits: Mapping[str, int] | None = None,
        random_seed: int = 0,
        clock: Callable[[], float] = time.time,
        **switches: Unpack[Switches],
    ) -> None:
        settings, api = Settings(**switches), schema.load()
        limits = limited(rate_limits or {}, api)
        chance = random.Random(random_seed)  # noqa: S311 - repeatable, not secret
        self._store = Store(api, settings.sort_unit)
        if seed == "demo":
            self._store.load(_demo_image(settings.sort_unit))
        self.tokens = Tokens(token_lifetime, clock, chance)
        storage_key = random.Random(f"storage {random_seed}").randbytes(32)  # noqa: S311 - the same
        world = World(api, self._store, settings, clock, chance, storage_key)
        self._server = Server(world, self.tokens, routes.load(), limits)
        self._port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self._server.application(), access_log=None, shutdown_timeout=1.0)
        try:
            await self._runner.setup()
            await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        except BaseException:
            await self._stop()
            raise
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stop()

    async def _stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        self.close()

    def close(self) -> None:
        """Forget all rows; leaving ``async with`` does it, too."""
        self._store.connection.close()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}{PREFIX}"

    @property
    def token_url(self) -> str:
        """Where a user key is changed for an access token, by JSON."""
        return f"http://127.0.0.1:{self._port}/oauth/token"

    @property
    def identity_token_url(self) -> str:
        """Where client credentials and rotating refresh tokens are changed for an access token, by a form."""
        return f"http://127.0.0.1:{self._port}/identity_/connect/token"

    def client(self, **options: Any) -> Orchestrator:
        """Return a client of this emulator; the options are those of ``Orchestrator``."""
        from uipath_odata import Orchestrator, UserKey  # noqa: PLC0415 - the only place that knows the client

        key = UserKey(
            client_id=self.tokens.client_id, user_key=self.tokens.user_key, token_url=self.token_url
        )
        return Orchestrator(self.base_url, key, **options)

    @property
    def requests(self) -> Counter[str]:
        """How often each operation was asked for: ``requests["GET /odata/Robots({key})"]``."""
        return self._server.requests

    @property
    def token_requests(self) -> int:
        return self._server.token_requests

    @property
    def faults(self) -> list[Fault]:
        """What to do to the next requests that match, in this order."""
        return self._server.faults

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
        """Add rows, given as Orchestrator shows them; related entities may be given by their keys."""
        self._store.insert(entity_set, rows, folder)

    def sql(self, query: str, *parameters: str | float | None) -> list[tuple[Any, ...]]:
        """Read the truth: a table an entity set, a column a property, date-times as ticks."""
        return self._store.rows(query, parameters)


@lru_cache(maxsize=1)
def _demo_image(sort_unit: int) -> bytes:
    """Fill the demo tenant once a process: it takes two seconds, its copies take none."""
    store = Store(schema.load(), sort_unit)
    seed_demo(store)
    image = store.image()
    store.connection.close()
    return image


async def serve(emulator: Emulator, started: Callable[[Emulator], object]) -> None:
    """Run an emulator until cancelled; ``started`` is called once it listens."""
    async with emulator:
        started(emulator)
        await asyncio.Event().wait()
