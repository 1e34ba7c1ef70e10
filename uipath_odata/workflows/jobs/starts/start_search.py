"""What became of a start whose answer was lost.

**States.** A start is *unsent*, *sent* or *answered*. What answers it settles it: 201 with its jobs is *done*, a refusal
(any 4xx but 408; of several jobs, also but 409) is *not done*. A sent start whose answer was lost, cut, unreadable or a server error may have been done,
may be done yet, or may never be: it is *sought* until it is *found* or *undecided*.

**Invariant.** A start is sent at most once, unless nothing of it was sent, or the server said that it did nothing (429, 401
with a token that has expired, or 404 for a process that was made anew). Nothing in the search sends a start, whatever the search reads: so there is never a second job. The search
may only end too early, and then it says so: ``OutcomeUnknown`` names the Reference and the jobs that may be it.

**Why what is found is ours.** Under our own Reference, a UUID of this start alone, no other start carries it: every job
that has it is ours. Under the caller's, others may carry it, yesterday's run for one. Orchestrator gives each new job a
larger Id than all before. The newest Id is therefore noted before the start is sent: a job of the same process and
Reference with a larger Id began after that moment. If there is exactly one, it is taken to be ours; if there are more, no
reading tells which is ours, and the start stays undecided. Somebody else who starts the same process under the same
Reference within these seconds is the one case that cannot be told apart; References of your own exclude it.

**Why none found is no answer.** A server may still work at the request, and a replica may show the job late: an empty
reading never means that it was not done. So the search looks again, ever more slowly, until its time is over.

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
