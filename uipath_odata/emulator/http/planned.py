"""Faults that wait for the requests that they are for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from uipath_odata.emulator.calls import RecordedCall, When
from uipath_odata.emulator.faults import Fault


@attrs.define(eq=False)
class PlannedFault:
    """A fault for the next so many calls that match; ``times=None``: for all of them."""

    name: str
    fault: Fault
    times: int | None
    matches: Callable[[str], bool]
    when: When | None = None
    struck: int = 0

    def strikes(self, call: RecordedCall) -> bool:
        """Return whether it is for this call."""
        return self.matches(call.name) and (self.when is None or self.when(call))


@attrs.frozen
class PlannedFaults:
    """The planned faults: the first that matches strikes, and one that is used up leaves the list."""

    _planned: list[PlannedFault] = attrs.field(factory=list[PlannedFault])

    def add(self, planned: PlannedFault) -> None:
        self._planned.append(planned)

    def clear(self) -> None:
        """Forget all of them."""
        self._planned.clear()

    @property
    def unused(self) -> list[PlannedFault]:
        """Those that have struck no call, or fewer than they should."""
        return [each for each in self._planned if not (each.times is None and each.struck)]

    def next(self, call: RecordedCall) -> Fault | None:
        """Take the fault for a call; None where there is none."""
        for planned in self._planned:
            if planned.strikes(call):
                planned.struck += 1
                if planned.times is not None and planned.struck >= planned.times:
                    self._planned.remove(planned)
                return planned.fault
        return None

    def __iter__(self) -> Iterator[PlannedFault]:
        return iter(list(self._planned))

    def __len__(self) -> int:
        return len(self._planned)
