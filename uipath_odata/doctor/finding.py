"""What was found out about one assumption."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

from uipath_odata.doctor.probes import NOT_ASKED, ProbeAnswer

__all__ = ["Finding", "ProbeAnswers", "Verdict", "refused"]

Verdict: TypeAlias = Literal["confirmed", "refuted", "unknown"]
ProbeAnswers: TypeAlias = Mapping[str, ProbeAnswer]


@attrs.frozen
class Finding:
    """One assumption, what the tenant says of it, and the settings that it asks for in place of the defaults."""

    assumption: str
    verdict: Verdict
    evidence: str
    settings: Mapping[str, Any] = attrs.field(factory=dict[str, Any])


def refused(assumption: str, answer: ProbeAnswer) -> Finding:
    """Return what a refusal says; a question that was not asked says nothing."""
    return Finding(assumption, "unknown" if answer is NOT_ASKED else "refuted", answer.refusal or "")
