"""Performers: items of a queue are taken one at a time and each is brought to one result.

An item of ours is in one of these states:

- *asked for*: StartTransaction is under way. It is never repeated. If its answer is lost, an item that it may have taken is
  adopted only where it can be nobody else's; otherwise OutcomeUnknown names the candidates. A cancellation waits for the answer.
- *taken*: the server has it InProgress, so that no other performer gets it. It is worked on in ``async with item``.
- *ending*: its result is under way. If that answer is lost, the item is read: it has ended as we said, or it is still
  InProgress and the result is sent again, which the server refuses (409) once one has arrived.
- *ended*, or *undecided* where the server cannot be asked for half a minute: OutcomeUnknown names the item.

The invariant: an item that is worked on was given to this performer by one answer of the server, or is nobody else's; each
taken item gets one result, or is named in an error. So no item is worked on twice or lost in silence. One whose performer is
killed stays InProgress until Orchestrator calls it Abandoned (24 hours).

``outcome`` says what is sent for each end, and what a read item tells. ``taking`` and ``ending`` are the two requests and
their lost answers, ``transaction_item`` the item as handlers see it. ``work`` gives one at a time and ``perform`` works on
several; ``idle`` and ``draining`` say when they wait and stop.
"""

from __future__ import annotations
