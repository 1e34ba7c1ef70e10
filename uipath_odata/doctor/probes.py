"""The requests: each reads a page of a few rows, or a count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from uipath_odata.odata.bounds import EQUALITIES, IN_VALUES
from uipath_odata.odata.expr.literals import literal_text
from uipath_odata.odata.instant import Instant
from uipath_odata.paging.plan import Row

__all__ = [
    "CLOUD_PAGE",
    "EQUAL",
    "LARGE_PAGE",
    "LETTER",
    "NOT_ASKED",
    "SAMPLE",
    "Probe",
    "ProbeAnswer",
    "probes",
]

EQUAL: Final = ("RobotName", "JobKey", "MachineId", "ProcessName", "Level")
"""The properties by which a scan splits rows that share one instant."""

CLOUD_PAGE: Final = 100
LARGE_PAGE: Final = 1_000
LETTER: Final = "e"
"""The name of an asset that hardly exists, and is in the names of many."""

_FIRST: Final = {"$top": "1"}
_SAMPLED: Final = "200"
_SECOND: Final = 10_000_000
_NOTHING: Final = "TimeStamp lt 0001-01-02T00:00:00Z"


@attrs.frozen
class Probe:
    """One read-only request to an entity set."""

    entity_set: str
    options: Mapping[str, str]
    total: bool = False
    """Whether it asks the function GetTotalCount instead of the list."""
    is_optional: bool = False
    """Whether accounts that may not read the set are examined all the same."""


@attrs.frozen
class ProbeAnswer:
    """What came back: rows and a count, or how the server refused."""

    rows: Sequence[Row] = ()
    count: int | None = None
    refusal: str | None = None


NOT_ASKED: Final = ProbeAnswer(refusal="not asked, for want of a log to ask about")
SAMPLE: Final = Probe("RobotLogs", {"$orderby": "TimeStamp desc", "$top": _SAMPLED})


def probes(sample: Sequence[Row]) -> dict[str, Probe]:
    """Return every question by its name; those about values take them from the newest RobotLogs."""
    asked = {
        "edge": Probe("RobotLogs", {"$orderby": "TimeStamp desc", "$skip": "9999", **_FIRST}),
        "beyond": Probe("RobotLogs", {"$orderby": "TimeStamp desc", "$skip": "10000", **_FIRST}),
        "total": Probe("RobotLogs", {}, total=True),
        "no total": Probe("RobotLogs", {"$filter": "TimeStamp gt 9999-12-30T00:00:00Z"}, total=True),
        "level number": _logs("Level ge '4'"),
        "level name": _logs("Level ge 'Error'"),
        "null": _logs("RobotName eq null"),
        "jobs by id": _by_id("Jobs"),
        "queue items by id": _by_id("QueueItems"),
        # Of rows that do not exist: the size of the page and the length of the filter are judged all the same.
        "large page": Probe("QueueItems", {"$filter": "Id lt 0", "$top": str(LARGE_PAGE)}),
        "long in": Probe(
            "Jobs", {"$filter": f"Id in ({','.join(map(str, range(-IN_VALUES, 0)))})", **_FIRST}
        ),
        "long or": Probe(
            "Jobs", {"$filter": " or ".join(f"Id eq {number}" for number in range(-EQUALITIES, 0)), **_FIRST}
        ),
        "asset names": Probe("Assets", {"$filter": f"Name eq '{LETTER}'", "$top": "20"}, is_optional=True),
        "no rows": Probe("Jobs", {"$top": "0", "$count": "true"}),
    }
    return asked | (_about(sample) if sample else {})


def _about(sample: Sequence[Row]) -> dict[str, Probe]:
    oldest = Instant.parse(sample[-1]["TimeStamp"])
    middle = Instant.parse(sample[len(sample) // 2]["TimeStamp"])
    before = f"TimeStamp gt {Instant(max(0, oldest.ticks - _SECOND))}"
    asked = {
        "ascending": Probe("RobotLogs", {"$filter": before, "$orderby": "TimeStamp asc", "$top": _SAMPLED})
    }
    asked |= {
        f"TimeStamp {operator}": _logs(f"TimeStamp {operator} {middle}") for operator in ("lt", "le", "ge")
    }
    asked["nothing before"] = _logs(_NOTHING)
    asked["no total before"] = Probe("RobotLogs", {"$filter": _NOTHING}, total=True)
    asked["total before"] = Probe("RobotLogs", {"$filter": f"TimeStamp lt {middle}"}, total=True)
    for name in EQUAL:
        value = next((row[name] for row in sample if row.get(name) is not None), None)
        if value is not None:
            asked[f"{name} eq"] = _logs(f"{name} eq {_literal(name, value)}")
    names = sorted({row["RobotName"] for row in sample if row.get("RobotName")})[:2]
    if names:
        asked["in"] = _logs(f"RobotName in ({','.join(literal_text(name) for name in names)})")
    return asked


def _literal(name: str, value: Any) -> str:
    # A GUID is written without quotes, and comes as a text.
    return str(value).lower() if name == "JobKey" else literal_text(value)


def _logs(condition: str) -> Probe:
    return Probe("RobotLogs", {"$filter": condition, "$orderby": "TimeStamp asc", "$top": "20"})


def _by_id(entity_set: str) -> Probe:
    return Probe(entity_set, {"$filter": "Id gt 0", "$orderby": "Id", "$top": "20"})
