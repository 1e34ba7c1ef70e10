"""The version of its package that a process runs."""

from __future__ import annotations

import attrs

from uipath_odata.entities import Release
from uipath_odata.errors import OrchestratorError, OutcomeUnknown
from uipath_odata.transport.clock import Clock
from uipath_odata.workflows.handle import Handle
from uipath_odata.workflows.patience import WAITS, is_final, maybe_happened

__all__ = ["VersionedProcess"]


@attrs.frozen(eq=False, repr=False)
class VersionedProcess(Handle[Release]):
    """A process that is moved from one version of its package to another."""

    async def version(self) -> str | None:
        """Return the version that the process runs."""
        return (await self._calling(lambda release: self._sets.releases.get(release.id or 0))).process_version

    async def update_to(self, version: str) -> None:
        """Move the process to a version of its package; where the answer is lost, this is repeated, which changes nothing more."""
        self._channel.refuse_write("Releases.UpdateToSpecificPackageVersion")
        last: OrchestratorError | None = None
        for wait in WAITS:
            try:
                if last is not None:
                    await self._channel.kept(Clock).sleep(wait)
                    if await self.version() == version:
                        return
                await self._calling(
                    lambda release: self._sets.releases.update_to_specific_package_version(
                        release.id or 0, package_version=version
                    )
                )
            except OrchestratorError as error:
                if is_final(error) or (last is None and not maybe_happened(error)):
                    raise
                last = error
            else:
                return
        raise OutcomeUnknown(f"whether {self.name!r} runs {version} is not known: read its version") from last

    async def rollback(self) -> str | None:
        """Put the process back to the version before its current one, and return it.

        It is sent once: a second time would go back one more. Raises OutcomeUnknown where the answer is lost and the
        version is still the same.
        """
        self._channel.refuse_write("Releases.RollbackToPreviousReleaseVersion")
        before = await self.version()
        try:
            await self._calling(
                lambda release: self._sets.releases.rollback_to_previous_release_version(release.id or 0)
            )
        except OrchestratorError as error:
            if not maybe_happened(error):
                raise
            return await self._changed_from(before, error)
        return await self.version()

    async def _changed_from(self, before: str | None, lost: OrchestratorError) -> str | None:
        for wait in WAITS:
            await self._channel.kept(Clock).sleep(wait)
            try:
                if (now := await self.version()) != before:
                    return now
            except OrchestratorError as error:
                if is_final(error):
                    break
        raise OutcomeUnknown(
            f"the answer to the rollback of {self.name!r} was lost, and it still ran {before} when it was read last: read its"
            " version before you roll back again"
        ) from lost
