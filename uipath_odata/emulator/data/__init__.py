"""The emulator's state, and what it is made of.

``schema`` reads the API's facts, and the ``undocumented`` operations. ``store`` keeps rows in SQLite. ``values`` converts between
JSON and columns, ``json_values`` tells objects from lists, and ``ticks`` are date-times. ``places`` says which folders have a row.
``robot_logs`` and ``linked_queues`` are the sets that work differently. ``nupkg`` reads packages. ``files`` loads and saves the
state; ``snapshots`` bring an earlier state back. ``demo/`` is the demo tenant.
"""

from __future__ import annotations
