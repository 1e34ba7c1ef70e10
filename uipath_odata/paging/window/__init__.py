"""RobotLogs of any number, each row once, and why that is exact.

**The problem.** Nobody may skip beyond 10,000 logs, so a scan moves a bound: ``TimeStamp gt b``, in ascending order, is
all that Orchestrator documents and all that a scan relies on. Logs have no key (their Id is 0) and their TimeStamps
repeat. A *bucket* is all rows of one ``tie_unit`` (a millisecond); the server may order it anew in each answer, and
may round or cut a bound within it. So a scan gives whole buckets, or it does not give them at all.

**States.** An `interval_scan` holds ``at`` and ``end``. *Invariant*: every row with a TimeStamp before ``at`` was
returned once, none from ``at`` on. Each request asks from one unit before the bucket of ``at``; rows outside of the interval
are dropped on the client. An answer then does one of these:

1. It holds a later bucket: all buckets before its last one are returned, and ``at`` moves to that. Rows held back
   there must show again in the next answer; if none does, the scan looks from further back, then once more.
2. Rows before ``at`` fill the page (servers with a finer clock): the bound comes closer, as long as the answer still
   shows a row below ``at``.
3. It is short, and no later row is known: one *descending* answer is asked for. If its last row is before
   ``at``, the buckets from ``at`` on are whole and the list ends there. If its first row is, nothing is left.
4. It is one bucket and full: `ties` splits the bucket, or lets the server count it between two readings.

`schedule` cuts the time between several workers: intervals are disjoint and cover what is unread, and only the
interval's own reader moves ``at``, so no row is given twice. `closing` asks what is left at the end, and `plan`
speaks the protocol of all plans. `interval` takes the query's own bounds, `request` writes what is asked, `bound` says from
where, `timestamps` reads the rows, `server_profile` keeps what answers taught, `delivery` hands rows out, and
`checkpoint` says where a scan resumes.

**The rule of evidence.** A bucket is complete only

(a) by one answer without ``$skip`` that begins before the bucket and also holds a later one, in either direction of
    order. An answer is a prefix of one order: what stands before its last bucket is all there;
(b) by a split over RobotName, JobKey, MachineId, Level or ProcessName, which never change in a log. Each part is
    complete by (a), and so is the remainder, "none of these values", which is asked last. Where the server honours
    ``(part or TimeStamp gt end)``, any later row shows that the part is complete. ``eq``, ``ne``, ``or`` and ``lt`` are not documented:
    each is believed only after it has shown a row that it must show;
(c) by a sandwich: rows, one count of the bucket, rows again. A row lives in one interval of time, so what both
    readings saw existed at the count. If it is as many as the count, there was nothing else. A list of one short
    bucket is read in both directions of order, and each answer must count as many rows as both show: one of the counts
    lies between the readings. Two requests are not enough: a server that caps its pages below ``$top``, and counts the
    page alone or no further than its cap, sends the same part twice with a count that fits. A third request, for a row
    after as many by ``$skip``, finds it: a count of the page is 0 there, and where the list goes on a row comes. One row
    alone needs none.

An empty answer says that nothing follows; it completes no bucket. The place of a row in another answer, a short page,
a page's own count, equal counts around one reading and a count that reaches the window say nothing: one deletion
between two requests makes each of them wrong. What none of (a) to (c) shows is `Unprovable`, or `WindowOverflow` where
it is more than the window, with the checkpoint before it. ``report.proof`` is the weakest kind of all buckets.

**Why a scan is exact.** Take a row that exists from the first request to the last. It lies in one interval and one
bucket. That bucket was returned by an answer, or by parts, that held all rows of it which existed then, this one among
them; or it was counted with the others. It was returned once, because ``at`` passes it once.

**Servers that lie.** Each answer is held against its request: rows more than a unit below the bound, buckets that do
not rise (or fall), the user's own filter. Once a scan the order is asked for in the other direction: a server that
ignores it cannot agree with both. A bucket is asked for a bounded number of times. An exact reading ends with a count:
where it is higher than the rows given, the sections that differ are read again, twice at most. Rows found then are
late if all that were counted at first had been given. Otherwise, and where the count stays higher, it is `NotProven`.
The count proves nothing: as many deletions hide as many losses.

**What it assumes.** An answer without ``$skip`` is a prefix of one order of the matching rows, and shows a row if there
is one, and more than one if there are. TimeStamps and the split properties never change. A row is visible in one interval of time, on every replica
that answers. ``tie_unit`` is not finer than the precision of sorting. ``ne`` or ``eq null`` reaches rows without a value.

**What it cannot do.** Prove a bucket of more rows than a page that no honoured filter parts, and that is larger than the
window, or holds rows alike in every byte, or cannot be counted alone. Prove a list that is one bucket of a server that
does not count. Notice rows that a server never shows, or shows twice in one answer: true repeats exist; or that it cuts a
list of one bucket and its count alike, also by ``$skip``. Give rows that come late, after their time was read; `export`
reads closed intervals again the next time.
"""

from __future__ import annotations
