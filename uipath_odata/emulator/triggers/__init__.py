"""What starts jobs by itself: schedules by the clock, queue triggers by the items that wait.

``cron`` and ``time_zones`` read what a schedule says of times, ``schedules`` plans and fires it, ``queue_triggers`` counts the
jobs that a queue wants. ``test_schedules`` start ``test_runs``, a job for each test case; nothing starts in ``maintenance``.
"""

from __future__ import annotations
