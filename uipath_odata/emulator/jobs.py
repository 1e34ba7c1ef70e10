"""Jobs as tests move them: started and ended by hand, in any mode."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import attrs

from uipath_odata.emulator.data.store import Row
from uipath_odata.emulator.life import jobs as states
from uipath_odata.emulator.life import passing
from uipath_odata.emulator.outcomes import Done, Faulted, Outcome, Suspended
from uipath_odata.emulator.world import World


@attrs.frozen
class Jobs:
    """Moves single jobs, named by their Key or their Id; each call returns the job as Orchestrator shows it."""

    _world: World
    _moved: Callable[[], None] = lambda: None

    def get(self, key: str | UUID | int) -> dict[str, Any]:
        """Return a job as it is now; LookupError where there is none."""
        with self._world.lock:
            passing.advance(self._world)
            return states.as_shown(self._world, self._row(key))

    def start(self, key: str | UUID | int) -> dict[str, Any]:
        """Let a job run that waits; ValueError for one in another state."""
        return self._enter(key, "Running", {}, {"Pending", "Resumed"})

    def finish(self, key: str | UUID | int, output: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """End a job Successful with this output, or with its input; one that waits has run meanwhile."""
        return self._end(key, Done(output))

    def fault(self, key: str | UUID | int, message: str) -> dict[str, Any]:
        """End a job Faulted with this text in ``Info``."""
        return self._end(key, Faulted(message))

    def suspend(self, key: str | UUID | int) -> dict[str, Any]:
        """Suspend a job until a client resumes it."""
        return self._end(key, Suspended())

    def _end(self, key: str | UUID | int, outcome: Outcome) -> dict[str, Any]:
        with self._world.lock, self._world.store.transaction():
            passing.advance(self._world)
            if self._row(key)["State"] in {"Pending", "Resumed"}:
                self.start(key)
            state, result = states.ending(self._world, self._row(key), outcome)
            return self._enter(key, state, result, {"Running", "Stopping", "Terminating"})

    def _enter(
        self, key: str | UUID | int, state: str, result: Mapping[str, Any], before: set[str]
    ) -> dict[str, Any]:
        with self._world.lock, self._world.store.transaction():
            passing.advance(self._world)
            job = self._row(key)
            if job["State"] not in before:
                raise ValueError(
                    f"The job {key} is {job['State']}: it can be {state} from {', '.join(sorted(before))}"
                )
            states.enter(self._world, job, state, result)
            shown = states.as_shown(self._world, self._row(key))
        self._moved()
        return shown

    def _row(self, key: str | UUID | int) -> Row:
        column = "Id" if isinstance(key, int) else "Key"
        value = key if isinstance(key, int) else str(key).lower()
        found = self._world.store.find(states.SET, f'"{column}" = ?', value)
        if not found:
            raise LookupError(f"No job has the {column} {key}: take it from the answer of StartJobs")
        return found[0]
