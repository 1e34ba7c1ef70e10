"""Send the requests, one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uipath_odata.doctor.finding import Finding
from uipath_odata.doctor.findings import findings
from uipath_odata.doctor.probes import SAMPLE, Probe, ProbeAnswer, probes
from uipath_odata.errors import BadRequest, DecodeError, Forbidden, NotFound, Unauthorized
from uipath_odata.paging.plan import Fetch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from uipath_odata.client import FolderClient
    from uipath_odata.execution.bound_query import BoundQuery
    from uipath_odata.execution.list_source import ListSource

__all__ = ["examine"]


async def examine(scope: FolderClient) -> list[Finding]:
    """Ask a tenant about every assumption, with some 30 read-only requests of a few rows each.

    A refusal is an answer; an error of the connection, the credentials or the permissions is raised.
    """
    sources = {name: _source(each) for name, each in _sets(scope).items()}
    sample = (await _asked(sources, SAMPLE)).rows
    answers = {name: await _asked(sources, probe) for name, probe in probes(sample).items()}
    return findings(sample, answers)


def _sets(scope: FolderClient) -> Mapping[str, BoundQuery[Any, Any]]:
    return {
        "RobotLogs": scope.robot_logs,
        "Jobs": scope.jobs,
        "QueueItems": scope.queue_items,
        "Assets": scope.assets,
    }


def _source(entity_set: BoundQuery[Any, Any]) -> ListSource:
    return entity_set._source  # noqa: SLF001 - the probes are requests that no query would make


async def _asked(sources: Mapping[str, ListSource], probe: Probe) -> ProbeAnswer:
    source, fetch = sources[probe.entity_set], Fetch(options=probe.options, total=probe.total)
    try:
        page = source.parse(fetch, await source.fetch(fetch))
    except (BadRequest, NotFound) as error:
        return ProbeAnswer(refusal=error.message)
    except (Forbidden, Unauthorized) as error:
        if not probe.is_optional:
            raise
        return ProbeAnswer(refusal=error.message)
    except DecodeError as error:
        return ProbeAnswer(refusal=str(error))
    return ProbeAnswer(page.rows, page.count)
