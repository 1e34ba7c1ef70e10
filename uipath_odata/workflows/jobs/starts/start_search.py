"""What became of a start whose answer was lost.

**States.** A start is *unsent*, *sent*, *done* or *not done*. 201 with its jobs means done. A refusal means not done: any 4xx
except 408, and except 409 if it asked for several jobs. If the answer of a sent start was lost, cut, unreadable or a server
error, the start may be done, may still be done later, or may never be. Then the client searches for its jobs, until the start is
*found* or *undecided*.

**Invariant.** A start is sent at most once. It is sent again only if nothing of it was sent, or if the server said that it did
nothing: 429, 401 for an expired token, or 404 for a process that was made again under the same name. The search sends no start.
So there is never a second job. The search may only end too early, and then it says so: ``OutcomeUnknown`` has the Reference, and
the jobs that may be the right ones.

**Why a job that is found is the right one.** If the client made the Reference, it is a UUID of this start alone: every job that
has it belongs to the start. If the caller gave it, other jobs may have it, such as yesterday's. Orchestrator gives each new job a
larger Id than all before. So the newest Id is read before the start is sent: a job of the same process and Reference with a larger
Id was started after that. If there is exactly one, it is taken to be the right one. If there are several, nothing tells them apart,
and the start stays undecided. One case cannot be recognized: another program starts the same process under the same Reference
within these seconds. A Reference that is used once excludes it.

**Why finding none proves nothing.** The server may still process the request, or a replica may show the job late. So an empty
search never means that the start was not done. The search asks again, at growing intervals, until its time is over.

The decision is a function of what was read and of the time that is left; ``lost_start`` reads and waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import attrs

from uipath_odata.entities import Job

__all__ = ["Decision", "Sought", "decide", "pause_before"]

_SHORTEST_PAUSE: Final = 0.001
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 15.0


@attrs.frozen
class Sought:
    """The jobs of one start, as far as they are known before they are found."""

    reference: str
    count: int = 1
    after: int | None = None
    """The newest Id before the start was sent; None under a Reference that nobody else has."""
    process: str | None = None
    """Name of the process; None under a Reference that nobody else has."""

    def fits(self, job: Job) -> bool:
        """Whether a job may be of this start."""
        if job.id is None or job.key is None or job.reference != self.reference:
            return False
        if self.after is not None and job.id <= self.after:
            return False
        return self.process is None or _same(job.release_name, self.process)


@attrs.frozen
class Decision:
    """``found``: these are the jobs. ``again``: nothing is known yet. ``undecided``: nothing more will be."""

    kind: Literal["found", "again", "undecided"]
    jobs: tuple[Job, ...]


def decide(sought: Sought, jobs: Sequence[Job], *, left: float) -> Decision:
    """Decide by one reading; ``left`` are the seconds until the search has to end."""
    fitting = tuple({job.id: job for job in jobs if sought.fits(job)}.values())
    if len(fitting) == sought.count:
        return Decision("found", fitting)
    if len(fitting) < sought.count and left >= _SHORTEST_PAUSE:
        return Decision("again", fitting)
    return Decision("undecided", fitting)


def pause_before(look: int, *, left: float) -> float:
    """Return the seconds to wait before look number ``look``; the first is at once, the last when the time is over."""
    if look == 0:
        return 0.0
    return max(0.0, min(_FIRST_PAUSE * 2.0 ** (look - 1), _LONGEST_PAUSE, left))


def _same(name: str | None, other: str) -> bool:
    return name is not None and name.casefold() == other.casefold()
