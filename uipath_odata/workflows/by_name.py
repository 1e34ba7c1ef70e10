"""Processes, queues, assets, buckets and packages by name, and endpoints that no schema has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from uipath_odata.operations import EntitySets

if TYPE_CHECKING:
    from uipath_odata.execution.bound_query import BoundQuery
    from uipath_odata.transport.request import Response
    from uipath_odata.workflows.asset import AssetHandle
    from uipath_odata.workflows.bucket import BucketHandle
    from uipath_odata.workflows.jobs.process import ProcessHandle
    from uipath_odata.workflows.jobs.run import JobRun
    from uipath_odata.workflows.packages.feed import Packages
    from uipath_odata.workflows.queue import QueueHandle

__all__ = ["WorkByName"]


class WorkByName(EntitySets):
    """The entity sets of a client with handles by name; a handle's module is imported when it is first used."""

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send any request below the base URL: ``await orchestrator.request("GET", "/odata/HttpTriggers")``.

        It is sent with the token, folder, budget and errors of this client. GET, HEAD, PUT and DELETE are repeated where
        that helps. POST and PATCH are never sent again once they may have arrived (OutcomeUnknown). A ``read_only`` client
        sends only GET and HEAD. The answer has ``status``, ``headers``, ``body`` and ``json()``.
        """
        from uipath_odata.workflows.endpoints.any_request import any_request  # noqa: PLC0415

        request = any_request(self._channel, method, path, params=params, json=json, headers=headers)
        return await self._channel.send(request)

    def entity_set(self, name: str) -> BoundQuery[Any, dict[str, Any]]:
        """Return any list by its name in the API as a query whose rows are dicts; the schema need not have it.

        Filter it with ``path("Name")`` and ``raw_filter("…")``. A list that the schema does not have is read by offset.
        """
        from uipath_odata.workflows.endpoints.any_list import any_list  # noqa: PLC0415

        return any_list(self._channel, name)

    async def run(self, job: int | UUID | str) -> JobRun:
        """Return the run of a job that was started before, by its Id or Key, to wait for it and follow its logs."""
        from uipath_odata.workflows.jobs.run import run_of  # noqa: PLC0415

        return await run_of(self._channel, job)

    def process(self, name: str) -> ProcessHandle:
        """Return a process by its name, which is resolved when it is first used; no request is made."""
        from uipath_odata.workflows.jobs.process import ProcessHandle  # noqa: PLC0415 - only who works by name pays

        return ProcessHandle(self._channel, name)

    def queue(self, name: str) -> QueueHandle:
        """Return a queue by its name, which is resolved when it is first used; no request is made."""
        from uipath_odata.workflows.queue import QueueHandle  # noqa: PLC0415

        return QueueHandle(self._channel, name)

    def asset(self, name: str) -> AssetHandle:
        """Return an asset by its name, which is resolved when it is first used; no request is made."""
        from uipath_odata.workflows.asset import AssetHandle  # noqa: PLC0415

        return AssetHandle(self._channel, name)

    def bucket(self, name: str) -> BucketHandle:
        """Return a storage bucket by its name, which is resolved when it is first used; no request is made."""
        from uipath_odata.workflows.bucket import BucketHandle  # noqa: PLC0415

        return BucketHandle(self._channel, name)

    @property
    def packages(self) -> Packages:
        """The packages that processes run; no request is made."""
        from uipath_odata.workflows.packages.feed import Packages  # noqa: PLC0415

        return Packages(self._channel)
