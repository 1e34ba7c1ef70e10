"""The demo: the usual loops and this client read the same list of an emulator.

``naive_loops`` are the usual loops. ``readers`` compares what each reader got with what exists. ``demo`` prints the table.
"""

from __future__ import annotations
