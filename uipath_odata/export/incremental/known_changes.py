"""Whether a server knows when a row changed: servers of API 11 do not."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from uipath_odata.errors import BadRequest, OrchestratorError
from uipath_odata.export.incremental.scan_steps import MODIFIED
from uipath_odata.export.lists import ExportList, Mode, mode_of
from uipath_odata.local.log_line import log_line
from uipath_odata.odata.expr.expression import Condition
from uipath_odata.odata.instant import Instant

__all__ = ["with_known_modes"]

logger = logging.getLogger("uipath_odata.export")

_EVER: Final[Condition] = Instant.parse("2000-01-01T00:00:00Z") < MODIFIED


async def with_known_modes(lists: Sequence[ExportList], held: Mapping[str, Any]) -> list[ExportList]:
    """Return lists that are read again in a mode that their server can answer; ``held`` are the jobs of the place's sets.

    A set that the place holds keeps its mode. Otherwise one request asks whether rows say when they changed; where they do
    not, the rows that are not final are asked for by Id, and a warning says so.
    """
    modes = dict[str, Mode]()
    for each in lists:
        name = each.entity_set
        if name not in modes and mode_of(each.query, name) == "modified":
            modes[name] = held[name].get("mode", "modified") if name in held else await _mode(each)
    return [attrs.evolve(each, mode=modes.get(each.entity_set)) for each in lists]


async def _mode(each: ExportList) -> Mode:
    if await _answers(each, _EVER) or not await _answers(each):
        return "modified"  # or another fault, which the run itself says better
    message = (
        "%s: this server does not know when a row changed (LastModificationTime): mode open instead of modified, rows that "
        "are not final are asked for by Id"
    )
    log_line(logger, logging.WARNING, each.query.__source__.channel.place, message, each.entity_set)
    return "open"


async def _answers(each: ExportList, *conditions: Condition) -> bool:
    try:
        await attrs.evolve(each.query, exact=False).filter(*conditions).top(1).dicts().to_list()
    except BadRequest:
        return False
    except OrchestratorError:
        return True
    return True
