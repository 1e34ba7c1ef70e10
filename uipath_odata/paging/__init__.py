"""Pure plans: which request is next, and when a list is complete. State machines without I/O.

``plan`` is what every plan speaks. ``planner`` chooses one, from ``plan_kinds`` and the ``limits`` of the list: ``keyset`` (by Id),
``window`` (RobotLogs by time), ``offset`` (the user's own order), ``unpaged`` (one answer) or ``empty`` (none can match);
``split`` reads a long filter in parts, ``narrowed`` drops rows that a filter should have, ``fallback`` reads another way
if the server refuses. ``checks`` compares rows with their request, ``steps`` runs a reading inside a plan, ``selected`` has
the properties that a plan reads besides the user's, and ``checkpoint`` says where a stream stopped.
"""

from __future__ import annotations
