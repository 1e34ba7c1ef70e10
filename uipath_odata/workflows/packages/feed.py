"""A feed of packages: publishing one, and finding out whether it arrived."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import attrs

from uipath_odata.errors import ItemsFailed, OrchestratorError, OutcomeUnknown
from uipath_odata.local.threads import in_thread
from uipath_odata.operations import EntitySets
from uipath_odata.transport.clock import Clock
from uipath_odata.workflows.packages.nupkg import PublishedPackage, read_identity
from uipath_odata.workflows.patience import WAITS, is_final, maybe_happened

if TYPE_CHECKING:
    from uipath_odata.calls.connection import TenantChannel
    from uipath_odata.operations.processes import Processes

__all__ = ["Packages"]


@attrs.frozen(eq=False)
class Packages:
    """Packages of the tenant, or of a feed of its own by ``feed_id``."""

    _channel: TenantChannel = attrs.field(repr=False)

    async def publish(
        self, file: str | os.PathLike[str] | bytes, *, feed_id: UUID | str | None = None
    ) -> PublishedPackage:
        """Publish a .nupkg and return its name and version.

        A feed takes each version once; where the answer is lost, the package is looked for, and sent again while it is missing.
        Raises QueryError for what is not a package, ItemsFailed with the server's reason where it does not take it (needs
        the scope OR.Execution or OR.Execution.Write).
        """
        source = file if isinstance(file, bytes) else Path(file)
        package = await in_thread(lambda: read_identity(source))
        feed = EntitySets(self._channel).processes
        try:
            return _named(await feed.upload_package(source, feed_id=feed_id), package)
        except OrchestratorError as error:
            if not maybe_happened(error):
                raise
            lost = error
        return await self._arrived(feed, source, package, feed_id, lost)

    async def _arrived(
        self,
        feed: Processes,
        source: Path | bytes,
        package: PublishedPackage,
        feed_id: UUID | str | None,
        lost: OrchestratorError,
    ) -> PublishedPackage:
        ours = source if isinstance(source, bytes) else await in_thread(source.read_bytes)
        for wait in WAITS:
            await self._channel.kept(Clock).sleep(wait)
            try:
                kept = await _kept(feed, package, feed_id)
                if kept is None:
                    return _named(await feed.upload_package(source, feed_id=feed_id), package)
            except ItemsFailed:  # it is there by now
                continue
            except OrchestratorError as error:
                if is_final(error):
                    break
                continue
            if kept == ours:
                return package
            raise _unknown(
                package, "the feed has other bytes by that key: publish yours under a version of its own"
            ) from lost
        raise _unknown(
            package, "the feed does not show it: look for it before you publish it again"
        ) from lost


async def _kept(feed: Processes, package: PublishedPackage, feed_id: UUID | str | None) -> bytes | None:
    """Return the bytes of the package in the feed; None where it has none of this version."""
    versions = feed.get_process_versions(package.name, feed_id=feed_id)
    if package.version not in {each.version async for each in versions}:
        return None
    return await feed.download_package(package.key, feed_id=feed_id)


def _unknown(package: PublishedPackage, what: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"the answer to publishing {package.key} was lost, and {what}", find_by={"Key": (package.key,)}
    )


def _named(keys: list[str], package: PublishedPackage) -> PublishedPackage:
    """Return the name and version that the server says; older ones answer the name of the file, or nothing."""
    for key in keys:
        name, colon, version = key.rpartition(":")
        if colon:
            return PublishedPackage(name, version)
    return package
