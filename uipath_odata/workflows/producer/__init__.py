"""Producers: rows become items of a queue, each once.

``sources`` gives rows of anything iterable, of files and of Arrow tables, numbered from 1. ``new_item`` makes an item of a row
or says why not. ``adding`` sends items in chunks; ``chunk`` reads what an answer says of each, ``existing`` what the queue
itself says once an answer was lost, and ``added`` is the result. ``add_one`` adds a single
item.

The invariant: a row is decided once, as added, duplicate, rejected or undecided. A row is sent again only where its queue
refuses a Reference that it has, so that it cannot become a second item.
"""

from __future__ import annotations
