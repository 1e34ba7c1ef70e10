"""Processes and their runs.

``process`` starts them, with ``starts/``. ``run`` is one job from its start to its end; ``waiting`` waits for several. All waits
of a client share one ``poller``, whose ``poll_schedule`` says when it asks for which jobs, and ``poll_pace`` how fast. ``log_follower`` yields each log once.
``arguments`` are inputs and outputs, and ``job_files`` has large ones. ``finished_job`` is the result of a wait.
"""

from __future__ import annotations
