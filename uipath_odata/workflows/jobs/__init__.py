"""Processes and their runs.

``process`` starts them, by what ``starts/`` has. ``run`` is one job from its start to its end, ``waiting`` waits for several.
All waits of a client share one ``poller``, whose ``poll_schedule`` says when it asks for what. ``log_follower`` gives each log
once. ``arguments`` are what goes in and comes out, large ones in ``job_files``; ``finished_job`` is what a wait returns.
"""

from __future__ import annotations
