"""The demo: loops as people write them and this client, all reading the emulator.

``naive_loops`` are those loops, ``readers`` compares each reader with what exists, ``demo`` prints the table.
"""

from __future__ import annotations
