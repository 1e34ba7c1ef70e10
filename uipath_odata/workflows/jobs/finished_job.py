"""A job that has ended."""

from __future__ import annotations

from typing import Any, Final

from uipath_odata.entities import Job
from uipath_odata.odata.entity import properties
from uipath_odata.odata.rows.compiled import with_extra
from uipath_odata.workflows.jobs.arguments import parsed_arguments

__all__ = ["FinishedJob", "finished", "has_ended"]

_FINAL: Final = frozenset({"Successful", "Faulted", "Stopped"})
_UNDER_WAY: Final = frozenset({"Pending", "Running", "Stopping", "Terminating", "Suspended", "Resumed"})


class FinishedJob(Job):
    """A job that has ended, with all that it says of itself."""

    __slots__ = ()

    @property
    def output(self) -> dict[str, Any]:
        """The output arguments, those of an attachment included; empty where it has none."""
        return parsed_arguments(self.output_arguments)


def finished(job: Job) -> FinishedJob:
    """Return a job that has ended as one."""
    return with_extra(FinishedJob(**{name: getattr(job, name) for name in properties(Job)}), job.extra)


def has_ended(state: str | None, *, has_end: bool) -> bool:
    """Whether a job of this state does nothing more; one of a newer Orchestrator has ended when it has an end time."""
    return state in _FINAL or (has_end and state not in _UNDER_WAY)
