"""How many requests a minute an operation takes."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from http import HTTPStatus

import attrs

from uipath_odata.emulator.data.schema import Operation, Schema
from uipath_odata.emulator.http.answers import Refusal

_WINDOW = 60.0


@attrs.frozen
class RateLimits:
    """Counts the requests of the last 60 seconds, for operations that have a limit."""

    most: Mapping[str, int]
    _admitted: dict[str, deque[float]] = attrs.field(factory=dict[str, "deque[float]"])

    def clear(self) -> None:
        """Forget the requests so far."""
        self._admitted.clear()

    def admit(self, operation: Operation, now: float) -> None:
        """Count a request, or refuse it and say in whole seconds when the next one is taken."""
        if not self.most:
            return
        most = self.most.get(operation.name)
        if most is None:
            return
        admitted = self._admitted.setdefault(operation.name, deque())
        while admitted and admitted[0] <= now - _WINDOW:
            admitted.popleft()
        if len(admitted) >= most:
            wait = math.ceil(admitted[0] + _WINDOW - now) if admitted else int(_WINDOW)
            raise Refusal(
                f"More than {most} requests of {operation.name} a minute.",
                status=HTTPStatus.TOO_MANY_REQUESTS,
                headers={"Retry-After": str(wait)},
            )
        admitted.append(now)


def limited(most: Mapping[str, int], schema: Schema) -> RateLimits:
    """Limit operations by name: ``Jobs.list``, ``Jobs.StartJobs``; ValueError for a name that no operation has."""
    if unknown := most and most.keys() - {operation.name for operation in schema.operations}:
        raise ValueError(
            f"no operation is named {', '.join(sorted(unknown))}: try Jobs.list or Jobs.StartJobs"
        )
    for name, number in most.items():
        if type(number) is not int or number < 0:
            raise ValueError(f"the limit of {name} is a whole number from 0, not {number!r}")
    return RateLimits(dict(most))
