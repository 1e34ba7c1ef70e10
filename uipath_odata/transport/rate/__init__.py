"""The rate budget: how many requests per minute a client may send to a tenant, and which request waits.

``sliding_log`` has the requests of the last minute, and says how soon the next may go; the caller passes the time.
``wait_queue`` says which request goes next. ``budgets`` has a queue for each tenant and rate class, and the share of the
documented limit that the client takes. ``middleware`` is where a request waits, and where its answer changes the rate: after a
429, ``Budget._learn`` cuts and pauses the class (``Retry._wait`` of ``transport.retry`` adds its own pause). ``coordination``
asks another process before each attempt.

A *rate class* is the endpoints that share one limit, such as the list of Jobs.

**Why a log.** UiPath limits the lists of Jobs and QueueItems per tenant and minute. It does not say where a minute begins, or
whether it slides. If at most *n* requests are sent in any 60 s, at most *n* are sent in each fixed minute. So this one rule keeps
both kinds of limit. A token bucket does not: it can send *2n* requests around the border of two minutes. The log has the times of
the requests of the last 60 s. Another request may go when fewer than *n* are in the log.

**States of a class.** *Open*: fewer than *n* are in the log. *Full*: the next request goes when the log has room. *Paused*: a 429
or a header said until when nothing may go; the whole class waits, because the limit belongs to the class. *Cut*: after a 429, the
limit is a tenth lower, because another program uses it too; within an hour it rises back in even steps. All requests that were
under way at the cut count as one refusal, because they have one cause.

**Invariants.** In the 60 s before a request is sent, no more were sent than the limit at that time. Nothing is sent during a
pause. Requests of one kind are sent in the order in which they came; interactive ones go before bulk ones. Only the first in the
queue sleeps. A request that leaves the queue, by cancellation too, wakes the next, so that no turn is lost. Bulk requests may use
half of the limit in a burst. The others are spread over the minute, so that an interactive request never waits long.

**Even steps.** A new process does not know what the last one sent. With ``even``, bulk requests follow a schedule of one request
every *60 / n* seconds, which begins with the first request. So a process never sends more than its share, even if it is short.
A request that is late by less than a step does not delay the next.

**What it cannot do.** It does not see other programs of the tenant: ``share`` leaves them a part of the limit, and a 429 lowers the
rate. It does not outlive the process. A class without a documented limit is not limited until its first 429. From then on it
learns a limit, never below one request per second.
"""

from __future__ import annotations
