"""Whether limits and filters of lists are as the settings assume."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from uipath_odata.doctor.finding import Finding, ProbeAnswers, Verdict, refused
from uipath_odata.doctor.probes import CLOUD_PAGE, LARGE_PAGE, LETTER, NOT_ASKED, ProbeAnswer
from uipath_odata.odata.bounds import EQUALITIES, IN_VALUES

__all__ = ["limits"]

# Clients in the field send no more in one request.
_FEWER: Final = 10


def limits(answers: ProbeAnswers) -> Sequence[Finding]:
    """Judge what is assumed of pages, long filters, names of assets, the rate and late logs."""
    return (
        _page(answers.get("large page", NOT_ASKED)),
        _long(answers, "long in", f"One request takes {IN_VALUES} values in one in", {"in_values": _FEWER}),
        _long(answers, "long or", f"One request takes {EQUALITIES} equalities", {"equalities": _FEWER}),
        _names(answers.get("asset names", NOT_ASKED)),
        Finding(
            "Lists of Jobs and QueueItems take 100 requests a minute",
            "unknown",
            "not asked, which would use the limit up: requests_a_minute says another, and a 429 teaches it",
        ),
        Finding(
            "Logs arrive within 5 minutes",
            "unknown",
            "shows over time: where report.late is more than 0, raise settle_lag",
        ),
    )


def _page(answer: ProbeAnswer) -> Finding:
    assumption = f"QueueItems come {CLOUD_PAGE} a page"
    if answer is NOT_ASKED:
        return refused(assumption, answer)
    if answer.refusal is None:
        return Finding(assumption, "refuted", f"{LARGE_PAGE} are accepted", {"queue_items_page": LARGE_PAGE})
    return Finding(assumption, "confirmed", answer.refusal, {"queue_items_page": CLOUD_PAGE})


def _long(answers: ProbeAnswers, name: str, assumption: str, fewer: dict[str, Any]) -> Finding:
    answer = answers.get(name, NOT_ASKED)
    if answer.refusal is None:
        return Finding(assumption, "confirmed", "accepted")
    return Finding(
        assumption,
        "unknown" if answer is NOT_ASKED else "refuted",
        answer.refusal,
        {} if answer is NOT_ASKED else fewer,
    )


def _names(answer: ProbeAnswer) -> Finding:
    assumption = "Assets answer Name eq with names that contain it: other rows are dropped"
    if answer.refusal is not None:
        return Finding(assumption, "unknown", answer.refusal)
    other = [row for row in answer.rows if str(row.get("Name")).casefold() != LETTER]
    verdict: Verdict = "confirmed" if other else "unknown"
    return Finding(assumption, verdict, f"{len(other)} assets of other names came for Name eq '{LETTER}'")
