"""What starts jobs without a request: schedules, and queue triggers.

``cron`` and ``time_zones`` read the times of a schedule, ``schedules`` plans and starts it. ``queue_triggers`` says how many jobs a
queue needs. ``test_schedules`` start ``test_runs``, with one job per test case. Nothing starts during ``maintenance``.
"""

from __future__ import annotations
