"""The state, and what it is made of.

``schema`` reads the API's facts and the ``undocumented`` operations; ``store`` keeps rows in SQLite; ``values`` turns JSON
to columns and back, ``json_values`` tells objects from lists; ``ticks`` are moments; ``places`` says which
folders see a row; ``robot_logs`` and ``linked_queues`` are the sets that differ; ``nupkg`` reads packages; ``files`` and
``snapshots`` keep the state; ``demo/`` is the demo tenant.
"""

from __future__ import annotations
