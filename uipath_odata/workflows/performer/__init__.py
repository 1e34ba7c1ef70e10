"""Performers: take the items of a queue one at a time, and give each one result.

An item that this performer takes is in one of these states:

- *asked for*: StartTransaction is sent. It is never repeated. If its answer is lost, an item that it may have taken is adopted only
  if no other program can have taken it. Otherwise OutcomeUnknown names the candidates. A cancellation waits for the answer.
- *taken*: the item is InProgress, so that no other performer gets it. It is processed inside ``async with item``.
- *ending*: its result is sent. If that answer is lost, the client reads the item. Either it has ended with this result, or it is
  still InProgress and the result is sent again. The server refuses a second result (409).
- *ended*; or *undecided*, if the server cannot be asked for half a minute: OutcomeUnknown names the item.

The invariant: one answer of the server gave the item to this performer, or no other program can have it. Each taken item gets one
result, or is named in an error. So no item is processed twice or lost in silence. If the performer is killed, its item stays
InProgress until Orchestrator calls it Abandoned (24 hours).

``outcome`` says what is sent for each result, and what a read item tells. ``taking`` and ``ending`` are the two requests and their
lost answers. ``transaction_item`` is the item that handlers get. ``work`` yields one item at a time, and ``perform`` processes
several. ``idle`` and ``draining`` say when they wait and when they stop.
"""

from __future__ import annotations
