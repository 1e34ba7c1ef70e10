"""Producers: add rows to a queue, each once.

``sources`` reads rows of any iterable, of files and of Arrow tables, numbered from 1. ``new_item`` makes an item of a row, or says
why not. ``adding`` sends items in chunks. ``chunk`` reads the result of each item from an answer. ``existing`` reads from the queue
which items it has, after a lost answer. ``added`` is the result. ``add_one`` adds a single item.

The invariant: each row is decided once, as added, duplicate, rejected or undecided. A row is sent again only if its queue refuses
a Reference that it already has, so that it cannot become a second item.
"""

from __future__ import annotations
