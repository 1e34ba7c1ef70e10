"""Lists with an integer Id, each row once, whatever is added or deleted meanwhile.

A key is an Id, negated where the newest come first, so that keys always rise. A bucket is all rows of one key: one row,
but for the items of linked queues, which come once for each folder.

**Assumed** of a server: an answer without ``$skip`` begins with the lowest key above its bound and leaves none out, and
holds more than one row if there are; an Id never changes; a row is visible from its creation to its deletion, on every
replica that answers.

**States.** ``FIRST`` asks for one page alone. A short page whose own count says that it is all ends a plain reading, and
proves nothing. Else ``BOUND`` asks for the largest key M, and ``RANGES`` reads what is left below M, several ranges at
once. An exact reading then asks for one count more (``COUNT``). Each of them ends in ``DONE``.

**Invariant.** The keys up to M are cut into disjoint ranges, each of them covered, open or asked for. A key is covered
once its rows, all of them, lie in pages that were given out or wait for their turn. An answer to ``Id gt a and Id le M``
covers the keys from a up to its last one; of a linked queue up to the one before, because the page may end in the middle
of the last key's rows. It says nothing about what another range covers already, so that no row is given twice.

**Why nothing is missing.** Each covered key is followed by a later one in the answer that covers it, or is itself a
unique Id of that answer. No key that was seen is larger than M, or the server ignores its order, which is an error. The
answer that shows M holds up to fifty Ids, which must fall: one row alone would not show an order that is ignored. In a
linked queue, the answer that shows M also shows an earlier key, or M's rows are read by folder. An answer that is empty
below M is asked for again: then M was deleted. Rows that are added get larger Ids than M, or are late.

Where a linked queue holds the rows of M alone, it is enough that the first answer showed the same rows, and that each of
the two counts as many. Two requests are not enough: a server that caps its pages below ``$top``, and counts the page
alone or no further than its cap, sends the same part twice with a count that fits. A third request, for a row after as many
by ``$skip``, finds it: a count of the page is 0 there, and where the list goes on a row comes. One row alone needs none.

**Equal Ids** that fill a page are read by (Id, OrganizationUnitId), which is unique: each answer covers the folders up to
its last, and the rows without a folder are asked for at the end. A row's place in a list never shows that it is the last.

**The last count** finds faulty servers, and proves nothing. Where it is more than was given, the stretch that differs is
looked for by halves and read again, twice at most. Rows that appear there are late if the first count had no room for
them: they are reported, and the proof stands. A row that was counted first and seen only at the end,
or counted and never seen, is `NotProven`.

**In this room.** ``plan`` speaks the protocol of all plans, ``scan`` holds the states. ``bound`` asks for M, ``ranges``
keeps what is open and ``coverage`` what is answered, ``requests`` writes what is asked, ``keys`` holds answers against
that. ``equal_ids`` and ``last_count`` do what their paragraphs say, ``evidence`` gathers the proof, ``delivery`` hands
pages out, ``checkpoint`` is where a reading resumes.

**What it cannot do:** find a row that the server hides from every answer and every count, or after which it cuts a list of
one Id and its count alike, also by ``$skip``; tell a row that is added late, below a key that was covered, from one that
never was; read equal Ids that show no folder and fill a page.
"""

from __future__ import annotations
