"""The client of one tenant, and the same client in one of the tenant's folders."""

from __future__ import annotations

import math
import os
import ssl
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import EllipsisType, TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypedDict, Unpack
from uuid import UUID

import attrs
from aiohttp import ClientMiddlewareType
from yarl import URL

from uipath_odata.auth import Credentials, Deployment
from uipath_odata.calls.call_options import with_call_options
from uipath_odata.calls.connection import TenantChannel
from uipath_odata.errors import QueryError
from uipath_odata.local.event_loop import require_asyncio
from uipath_odata.operations import EntitySets
from uipath_odata.resources.entity_sets import known_sets
from uipath_odata.settings import SHARE, Settings
from uipath_odata.transport.folder_header import folder_headers, folder_name
from uipath_odata.transport.pool import Pool
from uipath_odata.transport.rate.budgets import Allowance, RateUsage
from uipath_odata.transport.transport import Transport
from uipath_odata.workflows.by_name import WorkByName

if TYPE_CHECKING:
    from uipath_odata.execution.bound_query import BoundQuery
    from uipath_odata.transport.observe.tracing import Tracing
    from uipath_odata.workflows.jobs.poller import JobPoller

__all__ = ["ClientOptions", "FolderClient", "Orchestrator"]

# What clients in the field read of QueueItems off cloud.
_STANDALONE_PAGE = 1_000
_TRUST = frozenset({"ca_file", "pool", "ssl_context"})
_STATE = frozenset({"_channel", "_own_pool", "_transport"})


class ClientOptions(TypedDict, total=False):
    """What every way to make a client takes."""

    read_only: bool
    require_folder: bool
    settings: Settings | None
    pool: Pool | None
    ssl_context: ssl.SSLContext | None
    ca_file: str | Path | None
    trust_env: bool
    middlewares: Sequence[ClientMiddlewareType]
    headers: Mapping[str, str] | None
    tracing: Tracing | None


class FolderClient(WorkByName):
    """The entity sets of a tenant in one folder, or without a folder."""

    def required_scopes(self, *calls: Callable[..., object] | BoundQuery[Any, Any]) -> tuple[str, ...]:
        """Return the narrowest OAuth scopes that these operations need: ``required_scopes(orchestrator.jobs.start_jobs)``.

        Give an entity set for reading it. No request is made.
        """
        from uipath_odata.execution.bound_query import BoundQuery  # noqa: PLC0415 - the first entity set brings both
        from uipath_odata.resources.resource import operation_of  # noqa: PLC0415

        operations = (
            call.__source__.operation if isinstance(call, BoundQuery) else operation_of(call)
            for call in calls
        )
        return tuple(sorted({max(each.scopes, key=len) for each in operations if each.scopes}))

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "A client has connections and a token, and is not pickled: send partitions and the name of a connection, "
            'Connection("env") of uipath_odata.partitions'
        )

    def __repr__(self) -> str:
        folder = folder_name(self._channel.headers)
        return f"<{type(self).__name__} {self._channel.base_url}{f' folder {folder}' if folder else ''}>"

    def folder(
        self,
        path: str | None = None,
        *,
        id: int | None = None,  # noqa: A002 - Orchestrator's word
        key: str | UUID | None = None,
    ) -> FolderClient:
        """Return the same entity sets in one folder: ``folder("Shared/Finance")``, ``folder(id=36886)`` or ``folder(key=…)``.

        No request is made. Raises QueryError for a path that no header can carry.
        """
        return FolderClient(attrs.evolve(self._channel, headers=folder_headers(path=path, id=id, key=key)))

    def with_options(
        self,
        *,
        max_wait: float | EllipsisType | None = ...,
        deadline: float | EllipsisType | None = ...,
        retries: int | EllipsisType = ...,
        bulk: bool | EllipsisType = ...,
    ) -> Self:
        """Return the same client with other options: ``orchestrator.with_options(max_wait=2, deadline=5)``.

        It shares connections, token and rate budget with this one, and closing one closes both. Options that are not given
        stay as they are. ``max_wait`` is the longest wait for the rate budget, in seconds: if a request would wait longer,
        RateLimited is raised immediately. ``deadline`` is the longest time for all attempts of a request, waits included;
        None: no limit. ``retries`` are the attempts after the first. ``bulk=True`` lets other requests of the tenant go first.
        Raises QueryError for a value that is less than 0.
        """
        made = object.__new__(type(self))  # without the entity sets that were opened with the old options
        vars(made).update({name: value for name, value in vars(self).items() if name in _STATE})
        given = with_call_options(
            self._channel, max_wait=max_wait, deadline=deadline, retries=retries, bulk=bulk
        )
        made.__dict__["_channel"] = given
        return made


class Orchestrator(FolderClient):
    """A client of one tenant, to be opened with ``async with``; it belongs to the event loop that uses it first.

    ``credentials`` are ``UserKey``, ``ClientCredentials``, ``BrowserLogin``, ``UsernamePassword``, ``AccessToken`` or an
    object of your own. ``http://`` is accepted only for loopback addresses. Several clients may share a ``pool``, which its
    owner closes. Without one, ``ssl_context``, ``ca_file`` and ``trust_env`` (proxies of the environment) configure the
    client's own.
    ``middlewares`` are aiohttp client middlewares, run for each attempt before the token is added. ``tracing=Tracing()``
    writes OpenTelemetry spans; attempts of writes go to the logger ``uipath_odata.writes`` as ``WriteEvent``.
    """

    def __init__(
        self,
        base_url: URL | str | Deployment,
        credentials: Credentials,
        *,
        read_only: bool = False,
        require_folder: bool = False,
        settings: Settings | None = None,
        pool: Pool | None = None,
        ssl_context: ssl.SSLContext | None = None,
        ca_file: str | Path | None = None,
        trust_env: bool = False,
        middlewares: Sequence[ClientMiddlewareType] = (),
        headers: Mapping[str, str] | None = None,
        tracing: Tracing | None = None,
    ) -> None:
        deployment = base_url if isinstance(base_url, Deployment) else Deployment.at(base_url)
        trust: dict[str, Any] = {"ssl_context": ssl_context, "ca_file": ca_file, "trust_env": trust_env}
        self._own_pool = _own_pool(pool, trust)
        stricter = _given(read_only=read_only, require_folder=require_folder)
        chosen = _as_deployed(attrs.evolve(settings or Settings(), **stricter), deployment)
        self._transport = Transport(
            deployment,
            _able(credentials),
            pool=pool or self._own_pool,
            middlewares=middlewares,
            headers=headers,
            allowance=_allowance(chosen, deployment),
            private_storage=chosen.private_storage,
            tracing=tracing,
        )
        super().__init__(_channel(self._transport, deployment, chosen, tracing))

    @classmethod
    def cloud(
        cls,
        *,
        organization: str,
        tenant: str,
        credentials: Credentials,
        host: str = "https://cloud.uipath.com",
        **options: Unpack[ClientOptions],
    ) -> Self:
        """Connect to Automation Cloud, to its public sector or to a dedicated instance by ``host``."""
        return cls(Deployment.cloud(organization, tenant, host), credentials, **options)

    @classmethod
    def automation_suite(
        cls,
        *,
        host: str,
        organization: str,
        tenant: str,
        credentials: Credentials,
        **options: Unpack[ClientOptions],
    ) -> Self:
        """Connect to an Automation Suite."""
        return cls(Deployment.automation_suite(host, organization, tenant), credentials, **options)

    @classmethod
    def standalone(
        cls, *, host: str, tenant: str, credentials: Credentials, **options: Unpack[ClientOptions]
    ) -> Self:
        """Connect to a standalone Orchestrator; the tenant travels in a header."""
        return cls(Deployment.standalone(host, tenant), credentials, **options)

    @classmethod
    def from_env(
        cls,
        environ: Mapping[str, str] | None = None,
        *,
        credentials: Credentials | None = None,
        **options: Unpack[ClientOptions],
    ) -> Self:
        """Connect by the environment variables of UiPath's own tools.

        The tenant: ``UIPATH_URL``, or ``UIPATH_ORGANIZATION`` and ``UIPATH_TENANT`` (of ``UIPATH_URI``). The credentials:
        ``UIPATH_ACCESS_TOKEN``, else ``UIPATH_CLIENT_ID`` with ``UIPATH_CLIENT_SECRET`` and ``UIPATH_SCOPE``, or with
        ``UIPATH_USER_KEY``, else ``UIPATH_PAT``, else the login that ``uipath-odata login`` has kept. ``UIPATH_FOLDER_KEY``
        or ``UIPATH_FOLDER_PATH`` is the folder of all calls. Raises QueryError and AuthenticationFailed that name what
        is missing.
        """
        from uipath_odata.auth import environment  # noqa: PLC0415 - it knows all kinds of credentials

        variables = os.environ if environ is None else environ
        place, known = environment.deployment(variables), environment.trust(variables)
        trust: Mapping[str, Any] = {} if _TRUST & options.keys() else known
        who = credentials or environment.credentials(variables) or environment.stored_login(place)
        client = cls(place, who, **trust, **options)
        if named := environment.folder(variables):
            client._channel = attrs.evolve(client._channel, headers=folder_headers(**named))
        return client

    async def folders_matching(self, pattern: str) -> list[FolderClient]:
        """Return the folders whose path matches, as clients: ``Finance/**`` is Finance and all below it, ``*`` one level.

        Personal workspaces and folders of solutions are among them. Raises QueryError where none matches.
        """
        from uipath_odata.workflows.seen_folders import folders_named, seen_folders  # noqa: PLC0415

        return [self.folder(id=each.id) for each in folders_named(await seen_folders(self), [pattern])]

    @property
    def base_url(self) -> URL:
        """The base URL of every request."""
        return self._channel.base_url

    @property
    def api_version(self) -> float | None:
        """The API version of the server, such as 20.0, as its last answer named it; None before the first."""
        return self._transport.api_version

    @property
    def budget(self) -> Mapping[str, RateUsage]:
        """The rate budget of this tenant for each rate class, such as ``budget["Jobs.list"].used``.

        All clients of one pool and this tenant share it.
        """
        return self._transport.budget()

    @property
    def poller(self) -> JobPoller:
        """The one poller of all waits for jobs; a webhook wakes the wait for its job by ``poller.wake(key)``."""
        from uipath_odata.workflows.jobs.poller import JobPoller  # noqa: PLC0415

        return self._channel.kept(JobPoller)

    @property
    def requests_under_way(self) -> int:
        """How many requests wait or are sent now."""
        return self._transport.under_way

    def wake(self, key: UUID | str) -> None:
        """Let the waits for the job with this key read it now, because a webhook says that it ended."""
        from uipath_odata.workflows.jobs.poller import JobPoller  # noqa: PLC0415 - only who waits for jobs pays

        self._channel.kept(JobPoller).wake(key)

    async def close(self) -> None:
        """Close the connections, after a running token exchange; closing again changes nothing."""
        try:
            await self._transport.aclose()
        finally:
            if self._own_pool is not None:
                await self._own_pool.close()

    async def __aenter__(self) -> Self:
        require_asyncio()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _able(credentials: Credentials) -> Credentials:
    """Refuse what gets no tokens, such as a bare text, which is not shown: it may be a token."""
    if isinstance(credentials, type) or not callable(getattr(credentials, "exchange", None)):
        kind = credentials.__name__ if isinstance(credentials, type) else type(credentials).__name__
        raise QueryError(
            f"{kind} is not a credential: give AccessToken(…), UserKey(…), ClientCredentials(…)"
            " or your own object with exchange()"
        )
    return credentials


def _channel(
    transport: Transport, deployment: Deployment, settings: Settings, tracing: Tracing | None
) -> TenantChannel:
    return TenantChannel(
        transport,
        deployment.base_url,
        settings,
        tenant=deployment.name,
        tracing=tracing,
        budget_of=transport.budget_of,
        known_sets=known_sets(EntitySets),
    )


def _as_deployed(settings: Settings, deployment: Deployment) -> Settings:
    """Return the settings with what is not said as the deployment has it."""
    if deployment.has_cloud_limits or settings.queue_items_page is not None:
        return settings
    return attrs.evolve(settings, queue_items_page=_STANDALONE_PAGE)


def _allowance(settings: Settings, deployment: Deployment) -> Allowance:
    even = settings.share < SHARE if settings.even is None else settings.even
    if settings.requests_a_minute is not None:
        return Allowance(settings.requests_a_minute, settings.share, even=even)
    return (
        Allowance(share=settings.share, even=even)
        if deployment.has_cloud_limits
        else Allowance(math.inf, settings.share, even=even)
    )


def _given(**choices: bool) -> dict[str, Any]:
    return {name: chosen for name, chosen in choices.items() if chosen}


def _own_pool(pool: Pool | None, trust: Mapping[str, Any]) -> Pool | None:
    """Return a new pool where none is given, else None. Raise QueryError where these options come with a pool."""
    if pool is None:
        return Pool(**trust)
    if idle := [name for name, value in trust.items() if value]:
        raise QueryError(f"{', '.join(idle)} and pool are both given: give {' and '.join(idle)} to the Pool")
    return None
