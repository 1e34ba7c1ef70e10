"""The API version of an Orchestrator, which each of its answers names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["api_version"]

_NUMBER = re.compile(r"(?:^|,)\s*([0-9]{1,4}(?:\.[0-9]{1,4})?)\s*(?=$|,)")


def api_version(headers: Mapping[str, str]) -> float | None:
    """Give the newest of ``api-supported-versions``, such as 20.0, or None where the answer does not say."""
    return max(map(float, _NUMBER.findall(headers.get("api-supported-versions", ""))), default=None)
