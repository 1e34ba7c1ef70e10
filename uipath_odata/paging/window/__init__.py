"""RobotLogs of any number, each row once, and why that is exact.

**The problem.** ``$skip`` cannot go beyond 10,000 logs. So a scan moves a bound: ``TimeStamp gt b`` in ascending order is all that
Orchestrator documents, and all that a scan relies on. Logs have no key (their Id is 0), and many have the same TimeStamp. A
*bucket* is all rows of one ``tie_unit`` (a millisecond). The server may order a bucket differently in each answer, and may round
or cut a bound within it. So a scan returns a whole bucket or none of it.

**States.** An `interval_scan` has ``at`` and ``end``. *Invariant*: every row before ``at`` was returned once, and none from ``at``
on. Each request asks from one unit before the bucket of ``at``. The client drops rows outside of the interval. There are four
kinds of answers:

1. It has a later bucket. All buckets before its last one are returned, and ``at`` moves to the last one. Rows that were held back
   there must come again in the next answer. If none does, the scan asks from further back, and once more.
2. Rows before ``at`` fill the page (servers with a finer clock). The bound moves closer, as long as the answer still has a row
   below ``at``.
3. It is short, and no later row is known. One *descending* answer is asked for. If its last row is before ``at``, the buckets from
   ``at`` on are complete, and the list ends there. If its first row is before ``at``, nothing is left.
4. It is one bucket and full. `ties` splits the bucket, or lets the server count it between two readings.

`schedule` divides the time among several workers. Their intervals are disjoint and cover what is unread. Only the reader of an
interval moves its ``at``, so no row is returned twice. `closing` sends the last requests, `section_count` compares the
server's count with what was read, and `plan` implements the protocol of all plans. `interval` takes the query's own bounds, `request` writes the requests, and `bound` says from where they ask. `timestamps`
reads the rows, `server_profile` has what answers showed about the server, `delivery` returns rows, and `checkpoint` says where a
scan resumes.

**The rule of evidence.** A bucket is complete only

(a) by one answer without ``$skip`` that begins before the bucket and also has a later one, in either direction of order. An answer
    is a prefix of one order: what is before its last bucket is complete;
(b) by a split over RobotName, JobKey, MachineId, Level or ProcessName, which never change in a log. Each part is complete by (a),
    and so is the remainder, "none of these values", which is asked last. If the server honours ``(part or TimeStamp gt end)``, any
    later row shows that the part is complete. ``eq``, ``ne``, ``or`` and ``lt`` are not documented: each is believed only after it
    has shown a row that it must show;
(c) by a sandwich: rows, one count of the bucket, rows again. A row exists in one interval of time. So the rows of both readings
    existed at the count, too. If they are as many as the count, there was nothing else. A list of one short bucket is read in both
    directions of order, and each answer must count as many rows as both have: one of the counts is between the readings. Two
    requests are not enough. A server may cap its pages below ``$top``, and count only the page, or no further than its cap: then
    it sends the same part twice, with a count that fits. A third request, for a row after these by ``$skip``, finds such a
    server: either its count is 0, or a row comes. A single row needs no third request.

An empty answer says that nothing follows; it completes no bucket. The place of a row in another answer, a short page, a page's own
count, equal counts around one reading and a count that reaches the window prove nothing: one deletion between two requests makes
each of them wrong. What none of (a) to (c) proves is `Unprovable`, or `WindowOverflow` if it is more than the window, with the
checkpoint before it. ``report.proof`` is the weakest kind of all buckets.

**Why a scan is exact.** Take a row that exists from the first request to the last. It is in one interval and one bucket. That
bucket was returned by an answer, or by parts, that had all of its rows, this one among them; or the row was counted with the
others. It was returned once, because ``at`` passes it once.

**Faulty servers.** Each answer is checked against its request: no row more than a unit below the bound, buckets that rise (or
fall), the user's own filter. Once per scan, the order is asked for in the other direction: a server that ignores it cannot agree with
both. A bucket is asked for a limited number of times. An exact reading ends with a count. If it is larger than the number of
returned rows, the sections that differ are read again, at most twice. Rows that are found then are late, if all rows of the first
count had been returned. Otherwise, or if the count stays larger, the result is `NotProven`. The count itself proves nothing: as many
deletions hide as many losses.

**What it assumes.** An answer without ``$skip`` is a prefix of one order of the matching rows. It has a row if there is one, and more
than one if there are more. TimeStamps and the split properties never change. A row is visible in one interval of time, on every
replica that answers. ``tie_unit`` is not finer than the precision of sorting. ``ne`` or ``eq null`` finds rows without a value.

**What it cannot do:**

- prove a bucket of more rows than a page that no honoured filter splits, if it is also larger than the window, has rows that are
  alike in every byte, or cannot be counted by itself;
- prove a list that is one bucket, if the server does not count;
- notice rows that a server never sends, or sends twice in one answer: real duplicates exist;
- notice a server that cuts a list of one bucket and its count alike, also by ``$skip``;
- return rows that come late, after their time was read; `export` reads closed intervals again the next time.
"""

from __future__ import annotations
