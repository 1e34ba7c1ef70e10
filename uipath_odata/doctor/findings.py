"""What the answers say about each assumption, and the settings that fit."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Final

import orjson

from uipath_odata.doctor.finding import Finding, ProbeAnswers, Verdict, refused
from uipath_odata.doctor.limits import limits
from uipath_odata.doctor.probes import EQUAL, NOT_ASKED, ProbeAnswer
from uipath_odata.odata.instant import Instant
from uipath_odata.odata.rows.json_body import as_object
from uipath_odata.paging.plan import Row
from uipath_odata.settings import Settings

__all__ = ["findings", "settings_of"]

_MILLISECOND: Final = 10_000
_COARSER: Final = (1, _MILLISECOND, 10 * _MILLISECOND, 100 * _MILLISECOND, 1_000 * _MILLISECOND)
_ENOUGH: Final = 2
_UNLIMITED: Final = 2**31 - 1
_SERIOUS: Final = frozenset({"Error", "Fatal"})


def settings_of(found: Sequence[Finding]) -> Settings:
    """Return the settings that follow from the findings; what none of them speaks of keeps its default."""
    return Settings(**{name: value for finding in found for name, value in finding.settings.items()})


def findings(sample: Sequence[Row], answers: ProbeAnswers) -> list[Finding]:
    """Judge every assumption; what was not asked or not answered is unknown."""
    judged = [
        _identity(sample),
        _fingerprint(sample),
        _order(answers),
        _window(answers),
        _total(answers),
        _enum_order(answers),
    ]
    judged.append(_upper_bound(answers))
    judged += [
        _accepted(answers, f"TimeStamp {name}", f"TimeStamp {name} is honoured") for name in ("le", "ge")
    ]
    judged += [_equal(answers, name) for name in EQUAL]
    judged += [
        _accepted(answers, "null", "RobotLogs take RobotName eq null"),
        _accepted(answers, "in", "RobotLogs take in"),
    ]
    judged += [
        _by_id(answers, "jobs by id", "Jobs"),
        _by_id(answers, "queue items by id", "QueueItems"),
        _counted(answers),
        *limits(answers),
    ]
    return judged


def _identity(sample: Sequence[Row]) -> Finding:
    ids = {row.get("Id") for row in sample}
    assumption = "RobotLogs have no key: Id is 0 in every row"
    if not sample:
        return Finding(assumption, "unknown", "there are no logs to look at")
    verdict: Verdict = "confirmed" if ids <= {0, None} else "refuted"
    return Finding(assumption, verdict, f"{len(ids)} different Ids in {len(sample)} rows")


def _fingerprint(sample: Sequence[Row]) -> Finding:
    found = [mark for row in sample if (mark := _mark(row))]
    assumption = "RawMessage holds a fingerprint of its own for every log"
    if not sample or len(found) < len(sample):
        return Finding(
            assumption, "refuted" if sample else "unknown", f"{len(found)} of {len(sample)} rows have one"
        )
    unique = len(set(found))
    return Finding(
        assumption,
        "confirmed" if unique == len(found) else "refuted",
        f"{unique} different in {len(found)} rows",
    )


def _mark(row: Row) -> Any:
    try:
        return (as_object(orjson.loads(row.get("RawMessage") or "null")) or {}).get("fingerprint")
    except orjson.JSONDecodeError:
        return None


def _order(answers: ProbeAnswers) -> Finding:
    assumption = "RobotLogs are sorted by TimeStamp to 1 ms or finer"
    rows = answers.get("ascending", ProbeAnswer()).rows
    ticks = [Instant.parse(row["TimeStamp"]).ticks for row in rows]
    unit = next((unit for unit in _COARSER if _is_sorted([tick // unit for tick in ticks])), None)
    if len(ticks) < _ENOUGH:
        return Finding(assumption, "unknown", f"{len(ticks)} rows are too few to tell")
    if unit is None:
        return Finding(assumption, "refuted", f"{len(ticks)} rows are in no order of time")
    if unit > _MILLISECOND:
        return Finding(
            assumption, "refuted", f"rows are in order only to {unit // _MILLISECOND} ms", {"tie_unit": unit}
        )
    seen = (
        "and rows within one ms are not"
        if unit == _MILLISECOND
        else "and no two rows contradict a finer order"
    )
    return Finding(assumption, "confirmed", f"{len(ticks)} rows are in order to 1 ms, {seen}")


def _is_sorted(groups: list[int]) -> bool:
    return all(earlier <= later for earlier, later in itertools.pairwise(groups))


def _window(answers: ProbeAnswers) -> Finding:
    assumption = "RobotLogs accept $skip + $top up to 9,999"
    edge, beyond = answers.get("edge", NOT_ASKED), answers.get("beyond", NOT_ASKED)
    if NOT_ASKED in (edge, beyond):
        return refused(assumption, NOT_ASKED)
    if beyond.refusal is None:
        return Finding(
            assumption, "refuted", "10,001 is accepted: the logs are kept in SQL", {"window": _UNLIMITED}
        )
    if edge.refusal is None:
        return Finding(assumption, "refuted", "10,000 is accepted, 10,001 is not", {"window": 10_000})
    return Finding(assumption, "confirmed", f"10,000 is refused: {edge.refusal}")


def _total(answers: ProbeAnswers) -> Finding:
    assumption = "GetTotalCount honours $filter"
    whole, none = answers.get("total", ProbeAnswer()), answers.get("no total", ProbeAnswer())
    if not whole.count or none.count is None:
        return Finding(assumption, "unknown", whole.refusal or none.refusal or "there are no logs to count")
    verdict: Verdict = "refuted" if none.count else "confirmed"
    return Finding(assumption, verdict, f"{whole.count} in all, {none.count} in the year 9999")


def _enum_order(answers: ProbeAnswers) -> Finding:
    assumption = "Level ge takes the quoted number"
    number, name = answers.get("level number", NOT_ASKED), answers.get("level name", NOT_ASKED)
    if _are_serious(number):
        return Finding(assumption, "confirmed", f"{len(number.rows)} rows, none below Error")
    if _are_serious(name):
        return Finding(assumption, "refuted", number.refusal or "other rows came", {"enum_order": "name"})
    return Finding(assumption, "unknown", number.refusal or "no row at Error or above came")


def _are_serious(answer: ProbeAnswer) -> bool:
    levels = {row.get("Level") for row in answer.rows}
    return answer.refusal is None and bool(levels) and levels <= _SERIOUS


def _upper_bound(answers: ProbeAnswers) -> Finding:
    assumption = "TimeStamp lt is honoured, by GetTotalCount too"
    asked = [answers.get(name, NOT_ASKED) for name in ("TimeStamp lt", "no total before", "total before")]
    if NOT_ASKED in asked:
        return refused(assumption, NOT_ASKED)
    refusal = next((answer.refusal for answer in asked if answer.refusal is not None), None)
    _, none, some = (answer.count for answer in asked)
    if refusal is None and (answers.get("nothing before", ProbeAnswer()).rows or none != 0):
        refusal = f"rows came from before the year 2, or were counted there: {none}"
    if refusal is not None:
        return Finding(assumption, "refuted", refusal, {"upper_bound": False})
    if not some:
        return Finding(assumption, "unknown", "no log is old enough to tell")
    return Finding(assumption, "confirmed", f"{some} logs are older, none too old", {"upper_bound": True})


def _equal(answers: ProbeAnswers, name: str) -> Finding:
    assumption = f"{name} eq is honoured"
    answer = answers.get(f"{name} eq", NOT_ASKED)
    if answer.refusal is not None:
        return refused(assumption, answer)
    values = {row.get(name) for row in answer.rows}
    return Finding(
        assumption, "confirmed" if len(values) == 1 else "refuted", f"{len(values)} different values came"
    )


def _accepted(answers: ProbeAnswers, name: str, assumption: str) -> Finding:
    answer = answers.get(name, NOT_ASKED)
    return (
        Finding(assumption, "confirmed", "accepted")
        if answer.refusal is None
        else refused(assumption, answer)
    )


def _by_id(answers: ProbeAnswers, name: str, entity_set: str) -> Finding:
    assumption = f"{entity_set} can be read by Id gt in the order of Id"
    answer = answers.get(name, NOT_ASKED)
    if answer.refusal is not None:
        return refused(assumption, answer)
    ids = [row.get("Id") for row in answer.rows]
    if not all(isinstance(one, int) for one in ids):
        return Finding(assumption, "refuted", "rows came without an integer Id")
    in_order = _is_sorted([int(one) for one in ids if one is not None])
    return Finding(
        assumption,
        "confirmed" if in_order and ids else "unknown" if not ids else "refuted",
        f"{len(ids)} rows",
    )


def _counted(answers: ProbeAnswers) -> Finding:
    assumption = "Jobs take $top=0 with $count=true"
    answer = answers.get("no rows", NOT_ASKED)
    if answer.refusal is not None:
        return refused(assumption, answer)
    return Finding(
        assumption, "confirmed" if answer.count is not None else "refuted", f"the count is {answer.count}"
    )
