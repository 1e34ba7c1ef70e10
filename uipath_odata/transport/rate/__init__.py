"""The rate budget: how many requests a minute a tenant may be asked, and who waits.

In this room: ``sliding_log`` (the requests of the last minute, and how soon the next may go; the caller passes the time),
``wait_queue`` (who goes next), ``budgets`` (a queue for each tenant and class of endpoints, and the share of the documented
limits that we take), ``middleware`` (the place where a request waits and its answer teaches). After a 429, ``Budget._learn``
cuts and pauses the class, and ``Retry._wait`` in the room beside adds its own pause. ``coordination`` asks somebody outside of
the process before each attempt.

**Why a log.** UiPath limits the lists of Jobs and QueueItems by tenant and minute, and says neither where a minute
begins nor whether it slides. If at most *n* requests leave in any 60 s, at most *n* leave in each fixed minute too, so
that one rule keeps both limits. A bucket of tokens does not: it lets *2n* go around the border of two minutes. The log
holds the times of the requests sent in the last 60 s; one more may go when fewer than *n* are in it, or when the oldest
that is in the way becomes 60 s old.

**States of a class.** *Open*: fewer than *n* in the log. *Full*: the next goes when the log has room. *Paused*: a 429 or
a header said until when nothing goes; the whole class waits, because the limit is the class's. *Cut*: after a 429 the
limit is a tenth lower, for somebody else shares it; an hour brings it back in even steps. All requests that were under
way when the cut came count as one refusal, since one cause refused them all.

**Invariants.** When a request leaves, the 60 s before it hold no more than the limit of that moment. Nothing goes out before the end of a
pause. Requests of one kind go in the order in which they came; interactive ones go ahead of bulk. Only the first in line
sleeps, and whoever leaves the line, also by cancellation, wakes the next, so that no place is lost. Bulk requests may
use half of the limit in a burst; the rest of them is spread over the minute, so that a click finds room at any moment.

**Even steps.** A process that begins knows nothing of what the last one sent. If ``even`` is set, bulk requests keep to a
schedule of one request for each *60 / n* seconds, which begins when the rate is first asked. So a process never takes more than
its share, however short its life is. What came late by less than a step is made up.

**What it cannot do.** It does not see other programs of the tenant: ``share`` leaves them a part, and 429 corrects it.
It does not outlive the process. A class without a documented limit is not held back until its first 429; from then on
it learns a limit, never below one request a second.
"""

from __future__ import annotations
