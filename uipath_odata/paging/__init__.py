"""Plans: which request is next, and when a list is complete. State machines without I/O.

``plan`` is the protocol of every plan. ``planner`` chooses one from ``plan_kinds`` and the ``limits`` of the list: ``keyset`` (by
Id), ``window`` (RobotLogs by time), ``offset`` (the user's own order), ``unpaged`` (one answer) or ``empty`` (no row can match).
``split`` reads a long filter in several requests, ``narrowed`` drops rows that a filter should have excluded, and ``fallback``
chooses another plan if the server refuses one. ``checks`` compares rows with their request. ``steps`` runs a reading inside a plan.
``selected`` has the properties that a plan reads besides the user's. ``checkpoint`` says where a stream stopped.
"""

from __future__ import annotations
