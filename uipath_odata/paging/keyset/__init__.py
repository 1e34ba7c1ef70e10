"""Lists with an integer Id: each row once, whatever is added or deleted meanwhile.

A *key* is an Id. It is negated if the newest rows come first, so that keys always rise. A *bucket* is all rows with one key: one
row, except for the items of linked queues, which come once for each folder.

**Assumed of a server.** An answer without ``$skip`` begins with the lowest key above its bound, leaves none out, and has more than
one row if there are more. An Id never changes. A row is visible from its creation to its deletion, on every replica that answers.

**States.** ``FIRST`` asks for one page. If the page is short and its own count says that this is all, a plain reading ends there,
and proves nothing. Otherwise ``BOUND`` asks for the largest key M, and ``RANGES`` reads the rest below M, in several ranges at the
same time. An exact reading then asks for one more count (``COUNT``). Every reading ends in ``DONE``.

**Invariant.** The keys up to M are cut into disjoint ranges, and each range is covered, open or asked for. A key is *covered* if
all of its rows are in pages that were returned or wait for their turn. An answer to ``Id gt a and Id le M`` covers the keys from a
up to its last key. In a linked queue it covers them up to the key before its last, because the page may end in the middle of the
last key's rows. An answer covers nothing that another range has covered, so no row is returned twice.

**Why no row is missing.** A covered key is followed by a later key in the answer that covers it, or it is a unique Id of that
answer. If a key is larger than M, the server ignores its order, which is an error. The answer with M has up to fifty Ids, which must
fall: a single row would not show that an order is ignored. In a linked queue, the answer with M also has an earlier key, or M's rows
are read by folder.

If the rows of M are the whole list of a linked queue, two answers must agree: both have the same rows, and each counts as many. Two
requests are not enough. A server may cap its pages below ``$top``, and count only the page, or no further than its cap: then it sends
the same part twice, with a count that fits. A third request, for a row after these by ``$skip``, finds such a server: either its count
is 0, or a row comes. A single row needs no third request.

If the answer to a range up to M is empty, the range is asked for once more, because M was seen: if it is empty again, M was deleted.
Rows that are added meanwhile get larger Ids than M, or are late.

**Equal Ids** that fill a page are read by (Id, OrganizationUnitId), which is unique. Each answer covers the folders up to its last.
Rows without a folder are asked for at the end. The place of a row in a list never shows that it is the last.

**The last count** finds faulty servers, and proves nothing. If it is larger than the number of returned rows, the range that
differs is searched for by halves and read again, at most twice. If the first count had no room for the rows that appear there, they
are late: they are reported, and the proof stands. A row that was counted first and seen only at the end, or counted and never seen,
raises `NotProven`.

**Modules.** ``plan`` implements the protocol of all plans, and ``scan`` has the states. ``bound`` asks for M. ``ranges`` has what
is open, ``coverage`` what is covered. ``requests`` writes the requests, and ``keys`` checks answers against them. ``equal_ids`` and
``last_count`` do what their paragraphs say. ``evidence`` collects the proof, ``delivery`` returns pages, and ``checkpoint`` says
where a reading resumes.

**What it cannot do:**

- find a row that the server hides from every answer and every count;
- notice a server that cuts a list of one Id and its count alike, also by ``$skip``;
- tell a row that is added late, below a key that was covered, from one that never existed;
- read equal Ids that show no folder and fill a page.
"""

from __future__ import annotations
